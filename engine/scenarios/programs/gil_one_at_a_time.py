"""Several threads compute: some count in Python, some sort with C code."""

import random
import threading
import time

COUNTERS = 2
SORTERS = 2
WORK_S = 0.8


def count(until):
    rounds = 0
    while time.perf_counter() < until:
        rounds += 1


def sort(until):
    numbers = [random.random() for _ in range(20_000)]
    while time.perf_counter() < until:
        sorted(numbers)


def main():
    until = time.perf_counter() + WORK_S
    threads = [threading.Thread(target=count, args=(until,), name=f"counter {n}") for n in range(COUNTERS)]
    threads += [threading.Thread(target=sort, args=(until,), name=f"sorter {n}") for n in range(SORTERS)]
    wall, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"seconds passed: {wall:.2f}, seconds computed: {cpu:.2f}")


if __name__ == "__main__":
    main()
