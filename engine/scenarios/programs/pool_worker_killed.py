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


def begin(common_lock):
    global lock
    lock = common_lock


def work(number):
    if number == 1:
        lock.acquire()
        time.sleep(WORK_S / 2)
        print(f"process {os.getpid()} has the lock and is killed", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(WORK_S)
    return number


def in_pool(lock):
    with Pool(2, begin, (lock,)) as pool:
        results = [pool.apply_async(work, args=(number,)) for number in range(1, TASKS + 1)]
        for number, result in enumerate(results, start=1):
            try:
                print(f"task {number}: {result.get(timeout=PATIENCE_S)}", flush=True)
            except TimeoutError:
                print(f"task {number}: no result after {PATIENCE_S} s", flush=True)


def in_executor(lock):
    with ProcessPoolExecutor(2, initializer=begin, initargs=(lock,)) as pool:
        futures = [pool.submit(work, number) for number in range(1, TASKS + 1)]
        for number, future in enumerate(futures, start=1):
            try:
                print(f"task {number}: {future.result()}", flush=True)
            except BrokenProcessPool:
                print(f"task {number}: the pool is broken", flush=True)


def main():
    common_lock = Lock()
    if POOL == "Pool":
        in_pool(common_lock)
    else:
        in_executor(common_lock)
    print(f"the lock can be had: {common_lock.acquire(timeout=0.3)}", flush=True)


if __name__ == "__main__":
    main()
