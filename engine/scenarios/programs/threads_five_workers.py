"""Some workers greet, take a nap and say goodbye, each in a thread of its own."""

import threading
import time

WORKERS = 5
NAP_S = 1.0


def worker(number):
    print(f"worker {number}: hello")
    time.sleep(NAP_S)
    print(f"worker {number}: goodbye")


def main():
    threads = []
    for number in range(1, WORKERS + 1):
        thread = threading.Thread(target=worker, args=(number,), name=f"worker {number}")
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    print("all workers are done")


if __name__ == "__main__":
    main()
