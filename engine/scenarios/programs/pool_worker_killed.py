"""A worker process is killed in the middle of its task, in a Pool or in a ProcessPoolExecutor."""

import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import Lock, Pool, TimeoutError

POOL = "Pool"
TASKS = 4
WORK_S = 0.2
PATIENCE_S = 1.5

lock = Lock()


def work(number):
    if number == 1:
        lock.acquire()
        time.sleep(WORK_S / 2)
        print(f"process {os.getpid()} has the lock and is killed", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(WORK_S)
    return number


def in_pool():
    with Pool(2) as pool:
        results = [pool.apply_async(work, args=(number,)) for number in range(1, TASKS + 1)]
        for number, result in enumerate(results, start=1):
            try:
                print(f"task {number}: {result.get(timeout=PATIENCE_S)}", flush=True)
            except TimeoutError:
                print(f"task {number}: no result after {PATIENCE_S} s", flush=True)


def in_executor():
    with ProcessPoolExecutor(2) as pool:
        futures = [pool.submit(work, number) for number in range(1, TASKS + 1)]
        for number, future in enumerate(futures, start=1):
            try:
                print(f"task {number}: {future.result()}", flush=True)
            except BrokenProcessPool:
                print(f"task {number}: the pool is broken", flush=True)


def main():
    if POOL == "Pool":
        in_pool()
    else:
        in_executor()
    print(f"the lock can be had: {lock.acquire(timeout=0.3)}", flush=True)


if __name__ == "__main__":
    main()
