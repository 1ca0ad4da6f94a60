"""A child process calls sys.exit in the middle of its work; so does one of its threads before."""

import atexit
import sys
import threading
import time
from multiprocessing import Process

EXIT_CODE = 3
WORK_S = 0.2


def leave_thread():
    print("the thread calls sys.exit", flush=True)
    sys.exit(EXIT_CODE)


def work():
    atexit.register(print, "atexit ran", flush=True)
    thread = threading.Thread(target=leave_thread, name="leaver")
    thread.start()
    thread.join()
    print("the child goes on", flush=True)
    try:
        time.sleep(WORK_S)
        sys.exit(EXIT_CODE)
    finally:
        print("finally ran", flush=True)


def main():
    child = Process(target=work, name="child")
    child.start()
    child.join()
    print(f"the child's exit code: {child.exitcode}")


if __name__ == "__main__":
    main()
