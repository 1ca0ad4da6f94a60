"""Hands more tasks to a thread pool than it has workers."""

import time
from concurrent.futures import ThreadPoolExecutor

WORKERS = 2
TASKS = 5
TASK_S = 0.3


def work(number):
    print(f"task {number} begins")
    time.sleep(TASK_S)
    print(f"task {number} ends")
    return number * number


def main():
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        futures = [pool.submit(work, number) for number in range(1, TASKS + 1)]
        print("all tasks are handed in")
        for future in futures:
            print(f"result: {future.result()}")


if __name__ == "__main__":
    main()
