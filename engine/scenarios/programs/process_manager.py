"""Two processes write into one list, which a manager keeps for them."""

import multiprocessing
import os
import time

WRITERS = 2
ITEMS = 100


def write(shared):
    start = time.perf_counter()
    for number in range(ITEMS):
        shared.append(number)
    each = (time.perf_counter() - start) / ITEMS
    print(f"process {os.getpid()}: {each * 1e6:.0f} microseconds an item", flush=True)


def main():
    with multiprocessing.Manager() as manager:
        shared = manager.list()
        writers = [
            multiprocessing.Process(target=write, args=(shared,), name=f"writer {number}")
            for number in range(1, WRITERS + 1)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        print(f"items: {len(shared)}", flush=True)

    own = []
    start = time.perf_counter()
    for number in range(ITEMS):
        own.append(number)
    print(f"own list: {(time.perf_counter() - start) / ITEMS * 1e6:.2f} microseconds an item", flush=True)


if __name__ == "__main__":
    main()
