"""A child process works in steps until its parent kills it."""

import os
import signal
import time
from multiprocessing import Event, Process

STEPS = 5
STEP_S = 0.1


def work(enough):
    try:
        step = 0
        while True:
            step += 1
            print(f"step {step}", flush=True)
            time.sleep(STEP_S)
            if step == STEPS:
                enough.set()
    finally:
        print("cleaning up", flush=True)


def main():
    enough = Event()
    child = Process(target=work, args=(enough,), name="child")
    child.start()
    enough.wait()
    print(f"killing process {child.pid}", flush=True)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    print(f"the child's exit code: {child.exitcode}")


if __name__ == "__main__":
    main()
