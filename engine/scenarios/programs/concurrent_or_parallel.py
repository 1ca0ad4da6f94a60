"""Two pairs of threads: one pair waits, the other hashes large blocks of memory."""

import hashlib
import threading
import time

NAP_S = 0.4
BLOCKS = 25

block = bytes(16 * 1024 * 1024)


def nap():
    time.sleep(NAP_S)


def hash_blocks():
    for _ in range(BLOCKS):
        hashlib.sha256(block).digest()


def both(work, name):
    threads = [threading.Thread(target=work, name=f"{name} {number}") for number in (1, 2)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{name}: {time.perf_counter() - start:.2f} s", flush=True)


def main():
    both(nap, "napping")
    both(hash_blocks, "hashing")


if __name__ == "__main__":
    main()
