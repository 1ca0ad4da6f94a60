"""Threads that want one lock, and read the clock themselves around everything they do with it.

Prints one JSON line a thread: its native id and ``[wanted, got, released, away]`` of every round, in ns;
``away``: how often it had to leave its core between ``wanted`` and ``got`` though it could have gone on.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import threading
import time

ROUNDS = 150
clock = time.perf_counter_ns
account_lock = getattr(threading, sys.argv[1])()
BUSY = sys.argv[2] == "busy"
readings: dict[int, list[tuple[int, int, int, int]]] = {}
stop = False


def driven_off() -> int:
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw


def work(seed: int) -> None:
    chance = random.Random(seed)
    mine = []
    for _ in range(ROUNDS):
        time.sleep(chance.random() * 0.003)
        before = driven_off()
        wanted = clock()
        account_lock.acquire()
        got = clock()
        away = driven_off() - before
        time.sleep(chance.random() * 0.003)
        released = clock()
        account_lock.release()
        mine.append((wanted, got, released, away))
    readings[threading.get_native_id()] = mine


def compute() -> None:
    while not stop:
        sum(range(100))


threads = [threading.Thread(target=work, args=(n,), name=f"worker-{n}") for n in range(3)]
if BUSY:
    threading.Thread(target=compute, name="busy").start()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
stop = True
for tid, mine in readings.items():
    print(json.dumps([tid, mine]))
