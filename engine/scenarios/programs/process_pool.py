"""Hands more tasks to a pool of processes than it has workers."""

import os
import time
from multiprocessing import Pool

WORKERS = 4
TASKS = 5
STEP_S = 0.2


def work(number):
    print(f"task {number} begins in process {os.getpid()}", flush=True)
    time.sleep(number * STEP_S)
    print(f"task {number} ends", flush=True)


def main():
    print(f"parent process {os.getpid()}", flush=True)
    pool = Pool(WORKERS)
    for number in range(1, TASKS + 1):
        pool.apply_async(work, args=(number,))
    print("waiting for all tasks", flush=True)
    pool.close()
    pool.join()
    print("all tasks are done")


if __name__ == "__main__":
    main()
