"""One computation in pieces, done in six ways."""

import asyncio
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Process

PIECES = 4
WORKERS = 2
ROUNDS = 6_000_000


def piece(rounds):
    count = 0
    while count < rounds:
        count += 1


async def piece_async(rounds):
    piece(rounds)


def one_after_the_other(task):
    for _ in range(PIECES):
        piece(task)


def start_and_join(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def threads(task):
    start_and_join([threading.Thread(target=piece, args=(task,)) for _ in range(PIECES)])


def thread_pool(task):
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(piece, [task] * PIECES))


def processes(task):
    start_and_join([Process(target=piece, args=(task,)) for _ in range(PIECES)])


def process_pool(task):
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(piece, [task] * PIECES))


def coroutines(task):
    async def all_of_them():
        await asyncio.gather(*(piece_async(task) for _ in range(PIECES)))

    asyncio.run(all_of_them())


WAYS = (one_after_the_other, threads, thread_pool, processes, process_pool, coroutines)


def compare(task):
    for way in WAYS:
        start = time.perf_counter()
        way(task)
        print(f"{way.__name__}: {time.perf_counter() - start:.3f} s", flush=True)


if __name__ == "__main__":
    compare(ROUNDS)
