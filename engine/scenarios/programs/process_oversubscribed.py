"""More processes compute than the machine has cores."""

import time
from multiprocessing import Process

PROCESSES = 6
ROUNDS = 2_000_000


def compute():
    count = 0
    while count < ROUNDS:
        count += 1


def main():
    processes = [Process(target=compute, name=f"computing {number}") for number in range(1, PROCESSES + 1)]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print(f"{PROCESSES} processes together: {time.perf_counter() - start:.2f} s", flush=True)


if __name__ == "__main__":
    main()
