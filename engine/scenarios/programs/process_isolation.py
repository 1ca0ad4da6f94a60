"""Several child processes work; one of them crashes."""

import ctypes
import time
from multiprocessing import Process

SIBLINGS = 2
STEPS = 6
STEP_S = 0.1


def work():
    for _ in range(STEPS):
        time.sleep(STEP_S)
    print("finished my work", flush=True)


def crash():
    time.sleep(3 * STEP_S)
    print("reading from address 0", flush=True)
    print(ctypes.c_byte.from_address(0).value)


def main():
    children = [Process(target=work, name=f"sibling {number}") for number in range(1, SIBLINGS + 1)]
    children.append(Process(target=crash, name="crasher"))
    for child in children:
        child.start()
    for child in children:
        child.join()
        print(f"{child.name} ended with exit code {child.exitcode}", flush=True)


if __name__ == "__main__":
    main()
