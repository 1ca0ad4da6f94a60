"""Three threads that hash large buffers (outside the GIL) and do a little Python between."""

import hashlib
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
SIZE = 1 << 20


def work(until: float) -> None:
    data = bytes(SIZE)
    while time.perf_counter() < until:
        digest = hashlib.sha256(data).hexdigest()
        sum(ord(letter) for letter in digest * 10)


until = time.perf_counter() + SECONDS
threads = [threading.Thread(target=work, args=(until,), name=f"hash-{n}") for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
