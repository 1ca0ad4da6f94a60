"""Four threads add to one number under one lock."""

import threading
import time

lock = threading.Lock()
balance = 0


def work() -> None:
    global balance
    for _ in range(50_000):
        with lock:
            balance += 1


def once() -> float:
    threads = [threading.Thread(target=work) for _ in range(4)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


for _ in range(3):
    print(f"elapsed {once() * 1000:.3f}", flush=True)
