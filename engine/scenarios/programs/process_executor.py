"""Maps a small function over many numbers in a pool of processes: one by one, then in chunks."""

import time
from concurrent.futures import ProcessPoolExecutor

ITEMS = 1_000
CHUNK = 100
WORKERS = 2


def square(number):
    return number * number


def measure(pool, chunk):
    start = time.perf_counter()
    total = sum(pool.map(square, range(ITEMS), chunksize=chunk))
    each = (time.perf_counter() - start) / ITEMS
    print(f"chunks of {chunk}: {each * 1e6:.1f} microseconds a number, sum {total}", flush=True)


def main():
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        pool.submit(square, 1).result()
        measure(pool, 1)
        measure(pool, CHUNK)


if __name__ == "__main__":
    main()
