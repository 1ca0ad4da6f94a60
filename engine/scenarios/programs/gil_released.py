"""Computes SHA-256 of many buffers: first in one thread, then shared among several."""

import hashlib
import threading
import time

THREADS = 2
BUFFER_BYTES = 4_194_304
TOTAL_MB = 1200


def hash_buffers(data, buffers):
    for _ in range(buffers):
        hashlib.sha256(data).digest()


def hash_in(threads_wanted):
    data = bytes(BUFFER_BYTES)
    share = TOTAL_MB * 1024 * 1024 // BUFFER_BYTES // threads_wanted
    threads = [threading.Thread(target=hash_buffers, args=(data, share)) for _ in range(threads_wanted)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"threads: {threads_wanted}, seconds: {time.perf_counter() - start:.2f}")


def main():
    hash_in(1)
    hash_in(THREADS)


if __name__ == "__main__":
    main()
