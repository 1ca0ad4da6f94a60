"""Starts tasks, threads and processes that do nothing, one after the other, and takes the time."""

import asyncio
import threading
import time
from multiprocessing import Process

COUNT = 10


def nothing():
    pass


async def nothing_async():
    pass


def report(name, times):
    print(f"{name}: {min(times) * 1e6:.0f} microseconds at best", flush=True)


def start_and_join(name, make):
    times = []
    for _ in range(COUNT):
        start = time.perf_counter()
        worker = make(target=nothing)
        worker.start()
        worker.join()
        times.append(time.perf_counter() - start)
    report(name, times)


async def start_tasks():
    times = []
    for _ in range(COUNT):
        start = time.perf_counter()
        await asyncio.create_task(nothing_async())
        times.append(time.perf_counter() - start)
    report("task", times)


def main():
    asyncio.run(start_tasks())
    start_and_join("thread", threading.Thread)
    start_and_join("process", Process)


if __name__ == "__main__":
    main()
