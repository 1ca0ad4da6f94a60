"""A parent starts a child process with an argument; both print their process numbers."""

import os
import time
from multiprocessing import Process, parent_process

NAME = "test"
WORK_S = 0.3


def run(name):
    print(f"child {name} is process {os.getpid()}, its parent is {parent_process().pid}", flush=True)
    time.sleep(WORK_S)


def main():
    print(f"parent is process {os.getpid()}", flush=True)
    child = Process(target=run, args=(NAME,), name="child")
    child.start()
    print(f"the parent knows the child as {child.pid}", flush=True)
    child.join()
    print(f"the child has ended with exit code {child.exitcode}")


if __name__ == "__main__":
    main()
