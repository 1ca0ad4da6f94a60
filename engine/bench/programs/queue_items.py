"""A hundred thousand items go through a queue from one thread to another."""

from __future__ import annotations

import queue
import threading
import time


def produce(items: queue.Queue[int | None]) -> None:
    for number in range(100_000):
        items.put(number)
    items.put(None)


def consume(items: queue.Queue[int | None]) -> None:
    while items.get() is not None:
        pass


def once() -> float:
    items: queue.Queue[int | None] = queue.Queue()
    threads = [
        threading.Thread(target=produce, args=(items,)),
        threading.Thread(target=consume, args=(items,)),
    ]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


for _ in range(2):
    print(f"elapsed {once() * 1000:.3f}", flush=True)
