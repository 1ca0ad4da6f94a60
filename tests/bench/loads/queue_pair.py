"""A producer and a consumer with a bounded queue between them."""

from __future__ import annotations

import queue
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0


def produce(items: queue.Queue[int | None], until: float) -> None:
    number = 0
    while time.perf_counter() < until:
        items.put(number)
        number += 1
    items.put(None)


def consume(items: queue.Queue[int | None]) -> int:
    total = 0
    while (number := items.get()) is not None:
        total += number
    return total


items: queue.Queue[int | None] = queue.Queue(maxsize=100)
until = time.perf_counter() + SECONDS
threads = [
    threading.Thread(target=produce, args=(items, until), name="producer"),
    threading.Thread(target=consume, args=(items,), name="consumer"),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
