"""Counts to a large number: first in one thread, then shared among several."""

import threading
import time

THREADS = 3
ROUNDS = 20_000_000


def count(rounds):
    while rounds > 0:
        rounds -= 1


def count_in(threads_wanted):
    share = ROUNDS // threads_wanted
    threads = [threading.Thread(target=count, args=(share,)) for _ in range(threads_wanted)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"threads: {threads_wanted}, seconds: {time.perf_counter() - start:.2f}")


def main():
    count_in(1)
    count_in(THREADS)


if __name__ == "__main__":
    main()
