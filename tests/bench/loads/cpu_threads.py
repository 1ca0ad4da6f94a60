"""Three threads that only compute."""

import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0


def work(until: float) -> int:
    total = 0
    while time.perf_counter() < until:
        for number in range(1000):
            total += number * number
    return total


until = time.perf_counter() + SECONDS
threads = [threading.Thread(target=work, args=(until,), name=f"cpu-{n}") for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
