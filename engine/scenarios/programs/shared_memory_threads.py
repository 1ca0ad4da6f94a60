"""Several threads append to one list."""

import threading
import time

THREADS = 4
ITEMS = 5
PAUSE_S = 0.02

basket = []


def fill(name):
    for number in range(1, ITEMS + 1):
        basket.append(f"{name}{number}")
        time.sleep(PAUSE_S)
    print(f"{name} sees {len(basket)} items in the list {id(basket)}")


def main():
    threads = [threading.Thread(target=fill, args=(chr(ord("A") + number),)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"the main thread sees {len(basket)} items in the list {id(basket)}")


if __name__ == "__main__":
    main()
