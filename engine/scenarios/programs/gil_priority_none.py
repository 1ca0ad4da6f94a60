"""Threads that all want to compute for as long as they may."""

import threading
import time

THREADS = 3
SECONDS = 0.8


def compute(rounds, number, until):
    count = 0
    while time.perf_counter() < until:
        for _ in range(5_000):
            count += 1
    rounds[number] = count


def main():
    rounds = [0] * THREADS
    until = time.perf_counter() + SECONDS
    names = ["important", *(f"ordinary {number}" for number in range(1, THREADS))]
    threads = [
        threading.Thread(target=compute, args=(rounds, number, until), name=name)
        for number, name in enumerate(names)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, count in zip(names, rounds):
        print(f"{name}: {100 * count / max(1, sum(rounds)):.0f} percent", flush=True)


if __name__ == "__main__":
    main()
