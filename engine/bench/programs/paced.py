"""Four threads that write so many records a second, for so many seconds: python paced.py RATE SECONDS

Each takes a lock of its own again and again, then sleeps until its next hundredth of a second.
Says at the end how often a lock was taken, and how long it took.
"""

import sys
import threading
import time

RATE = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
THREADS, TURNS = 4, 100
#: An acquisition and its release are two records.
BATCH = max(1, RATE // (THREADS * TURNS * 2))
taken = [0] * THREADS


def work(number: int, begin: float) -> None:
    own = threading.Lock()
    turn = 0
    while (now := time.perf_counter() - begin) < SECONDS:
        if now < turn / TURNS:
            time.sleep(turn / TURNS - now)
        for _ in range(BATCH):
            with own:
                pass
        taken[number] += BATCH
        turn += 1


begin = time.perf_counter()
threads = [threading.Thread(target=work, args=(n, begin), name=f"paced-{n}") for n in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"taken {sum(taken)} in {time.perf_counter() - begin:.2f}")
