"""One of several threads runs into a crash in native code."""

import ctypes
import threading
import time

THREADS = 3
STEP_S = 0.1
CRASH_AFTER_S = 0.35


def work():
    while True:
        time.sleep(STEP_S)


def crash():
    time.sleep(CRASH_AFTER_S)
    print("reading from address 0", flush=True)
    print(ctypes.c_byte.from_address(0).value)


def main():
    threads = [threading.Thread(target=work, name=f"worker {number}") for number in range(1, THREADS + 1)]
    threads.append(threading.Thread(target=crash, name="crasher"))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
