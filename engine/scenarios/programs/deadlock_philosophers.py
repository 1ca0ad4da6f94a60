"""Philosophers at a round table each need the two forks beside them."""

import threading
import time

PHILOSOPHERS = 5
THINK_S = 0.1
ORDERED = False

forks = [threading.Lock() for _ in range(PHILOSOPHERS)]


def dine(left, right):
    first, second = sorted((left, right)) if ORDERED else (left, right)
    with forks[first]:
        print(f"{threading.current_thread().name} has fork {first + 1}")
        time.sleep(THINK_S)
        with forks[second]:
            print(f"{threading.current_thread().name} eats")


def main():
    philosophers = [
        threading.Thread(
            target=dine,
            args=(number, (number + 1) % PHILOSOPHERS),
            name=f"philosopher {number + 1}",
        )
        for number in range(PHILOSOPHERS)
    ]
    for philosopher in philosophers:
        philosopher.start()
    for philosopher in philosophers:
        philosopher.join()
    print("all have eaten")


if __name__ == "__main__":
    main()
