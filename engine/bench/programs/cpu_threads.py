"""Three threads that only compute."""

import threading
import time


def work() -> int:
    total = 0
    for number in range(1_500_000):
        total += number * number
    return total


def once() -> float:
    threads = [threading.Thread(target=work) for _ in range(3)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


for _ in range(3):
    print(f"elapsed {once() * 1000:.3f}", flush=True)
