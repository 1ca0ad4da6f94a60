"""Reads many small files: one after the other, in threads, and inside a coroutine."""

import asyncio
import tempfile
import threading
import time
from pathlib import Path

FILES = 400
THREADS = 4


def read_all(paths):
    for path in paths:
        path.read_bytes()


def in_threads(paths, wanted):
    threads = [
        threading.Thread(
            target=read_all, args=(paths[number::wanted],), name=f"reader {number + 1} of {wanted}"
        )
        for number in range(wanted)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"threads: {wanted}, seconds: {time.perf_counter() - start:.3f}", flush=True)


async def tick():
    while True:
        await asyncio.sleep(0)


async def read_in_coroutine(paths):
    await asyncio.sleep(0)
    read_all(paths)


async def in_coroutine(paths):
    ticker = asyncio.create_task(tick(), name="ticker")
    await asyncio.create_task(read_in_coroutine(paths), name="reader")
    ticker.cancel()


def main():
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.txt") for number in range(FILES)]
        for path in paths:
            path.write_bytes(b"some words\n" * 100)
        in_threads(paths, 1)
        in_threads(paths, THREADS)
        asyncio.run(in_coroutine(paths))


if __name__ == "__main__":
    main()
