"""A clock ticks beside one long computation: a single call in C, or a loop in Python."""

import threading
import time

WORK = "one call"
NUMBERS = 20_000_000
TICK_S = 0.005


def compute():
    start = time.perf_counter()
    if WORK == "one call":
        sum(range(NUMBERS))
    else:
        total = 0
        for number in range(NUMBERS // 4):
            total += number
    print(f"computed for {(time.perf_counter() - start) * 1000:.0f} ms", flush=True)


def main():
    worker = threading.Thread(target=compute, name="computing")
    worst, last = 0.0, time.perf_counter()
    worker.start()
    while worker.is_alive():
        time.sleep(TICK_S)
        now = time.perf_counter()
        worst, last = max(worst, now - last), now
    print(f"longest gap {worst * 1000:.0f} ms", flush=True)


if __name__ == "__main__":
    main()
