"""Counts in one thread, then shares the counting among several, on a Python without a GIL."""

import sys
import threading
import time

THREADS = 2
ROUNDS = 10_000_000


def count(rounds):
    left = rounds
    while left > 0:
        left -= 1


def count_in(threads_wanted):
    share = ROUNDS // threads_wanted
    threads = [threading.Thread(target=count, args=(share,)) for _ in range(threads_wanted)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"threads: {threads_wanted}, seconds: {time.perf_counter() - start:.2f}", flush=True)


def main():
    with_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    print(f"this Python has a GIL: {with_gil}", flush=True)
    count_in(1)
    count_in(THREADS)


if __name__ == "__main__":
    main()
