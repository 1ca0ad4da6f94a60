"""Several guests want to eat in a restaurant with few tables."""

import threading
import time

TABLES = 2
GUESTS = 6
MEAL_S = 0.3

tables = threading.Semaphore(TABLES)


def eat():
    with tables:
        print(f"{threading.current_thread().name} eats")
        time.sleep(MEAL_S)


def main():
    guests = [threading.Thread(target=eat, name=f"guest {number}") for number in range(1, GUESTS + 1)]
    for guest in guests:
        guest.start()
    for guest in guests:
        guest.join()
    print("all have eaten")


if __name__ == "__main__":
    main()
