"""Sends items through a queue between threads, then through one between processes."""

import multiprocessing
import queue
import threading
import time

ITEMS = 2_000
ITEM_BYTES = 100


def consume(items, ready):
    ready.set()
    for _ in range(ITEMS):
        items.get()


def produce(items):
    item = bytes(ITEM_BYTES)
    for _ in range(ITEMS):
        items.put(item)


def measure(name, items, consumer, ready):
    consumer.start()
    ready.wait()
    start = time.perf_counter()
    produce(items)
    consumer.join()
    each = (time.perf_counter() - start) / ITEMS
    print(f"{name}: {each * 1e6:.1f} microseconds an item", flush=True)


def main():
    items, ready = queue.Queue(), threading.Event()
    thread = threading.Thread(target=consume, args=(items, ready), name="consumer thread")
    measure("between threads", items, thread, ready)

    items, ready = multiprocessing.Queue(), multiprocessing.Event()
    process = multiprocessing.Process(target=consume, args=(items, ready), name="consumer process")
    measure("between processes", items, process, ready)


if __name__ == "__main__":
    main()
