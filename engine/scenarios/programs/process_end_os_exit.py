"""A child process calls os._exit in the middle of its work."""

import os
import time
from multiprocessing import Process

EXIT_CODE = 4
WORK_S = 0.2


def work():
    try:
        print("the child has begun", flush=True)
        time.sleep(WORK_S)
        print("this was printed, and not flushed", end="")
        os._exit(EXIT_CODE)
    finally:
        print("finally ran", flush=True)


def main():
    child = Process(target=work, name="child")
    child.start()
    child.join()
    print(f"the child's exit code: {child.exitcode}")


if __name__ == "__main__":
    main()
