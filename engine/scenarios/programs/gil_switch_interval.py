"""Two threads count side by side, with a switch interval of one's own choosing."""

import sys
import threading
import time

INTERVAL_MS = 5.0
THREADS = 2
WORK_S = 1.0


def count(until):
    rounds = 0
    while time.perf_counter() < until:
        rounds += 1


def main():
    print(f"the interval was {sys.getswitchinterval() * 1000:g} ms")
    sys.setswitchinterval(INTERVAL_MS / 1000)
    until = time.perf_counter() + WORK_S
    threads = [threading.Thread(target=count, args=(until,), name=f"counter {n + 1}") for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"the interval is {sys.getswitchinterval() * 1000:g} ms")


if __name__ == "__main__":
    main()
