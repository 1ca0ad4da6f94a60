"""A clock ticks while a long computation is done: by itself, by a thread, by a process."""

import threading
import time
from multiprocessing import Process

ROUNDS = 6_000_000
TICK_S = 0.01


def compute():
    count = 0
    while count < ROUNDS:
        count += 1


def tick(still_busy):
    """Ticks until the work is done; gives the longest time between two ticks."""
    worst, last = 0.0, time.perf_counter()
    while still_busy():
        time.sleep(TICK_S)
        now = time.perf_counter()
        worst, last = max(worst, now - last), now
    return worst


def inline():
    waiting = [compute]

    def work_if_there_is_any():
        if waiting:
            waiting.pop()()
            return True
        return False

    return tick(work_if_there_is_any)


def beside(make):
    worker = make(target=compute, name=f"computing {make.__name__}")
    worker.start()
    worst = tick(worker.is_alive)
    worker.join()
    return worst


def main():
    print(f"inline: longest gap {inline() * 1000:.0f} ms", flush=True)
    print(f"thread: longest gap {beside(threading.Thread) * 1000:.0f} ms", flush=True)
    print(f"process: longest gap {beside(Process) * 1000:.0f} ms", flush=True)


if __name__ == "__main__":
    main()
