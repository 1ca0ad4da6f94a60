"""Two processes that only compute."""

import multiprocessing
import time


def work() -> int:
    total = 0
    for number in range(6_000_000):
        total += number * number
    return total


def once() -> float:
    processes = [multiprocessing.Process(target=work) for _ in range(2)]
    begin = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return time.perf_counter() - begin


if __name__ == "__main__":
    for _ in range(2):
        print(f"elapsed {once() * 1000:.3f}", flush=True)
