"""Counts to a large number: first in one process, then shared among several."""

import time
from multiprocessing import Process

PROCESSES = 2
ROUNDS = 20_000_000


def count(rounds):
    while rounds > 0:
        rounds -= 1


def count_in(processes_wanted):
    share = ROUNDS // processes_wanted
    processes = [Process(target=count, args=(share,)) for _ in range(processes_wanted)]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print(f"processes: {processes_wanted}, seconds: {time.perf_counter() - start:.2f}")


def main():
    count_in(1)
    count_in(PROCESSES)


if __name__ == "__main__":
    main()
