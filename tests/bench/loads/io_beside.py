"""Two threads that compute, and one that speaks with another process through pipes."""

import os
import subprocess
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0


def compute(until: float) -> int:
    total = 0
    while time.perf_counter() < until:
        for number in range(1000):
            total += number * number
    return total


def converse(until: float) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as echo:
        assert echo.stdin is not None
        assert echo.stdout is not None
        to, back = echo.stdin.fileno(), echo.stdout.fileno()
        while time.perf_counter() < until:
            os.write(to, b"hello" * 100)
            received = 0
            while received < 500:
                received += len(os.read(back, 500))
            time.sleep(0.001)
        echo.stdin.close()


until = time.perf_counter() + SECONDS
threads = [threading.Thread(target=compute, args=(until,), name=f"cpu-{n}") for n in range(2)]
threads.append(threading.Thread(target=converse, args=(until,), name="io"))
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
