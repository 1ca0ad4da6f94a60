"""Some workers greet, take a nap and say goodbye, each in a process of its own."""

import time
from multiprocessing import Process

WORKERS = 5
NAP_S = 1.0


def worker(number):
    print(f"worker {number}: hello", flush=True)
    time.sleep(NAP_S)
    print(f"worker {number}: goodbye", flush=True)


def main():
    processes = []
    for number in range(1, WORKERS + 1):
        process = Process(target=worker, args=(number,), name=f"worker {number}")
        process.start()
        processes.append(process)
    for process in processes:
        process.join()
    print("all workers are done")


if __name__ == "__main__":
    main()
