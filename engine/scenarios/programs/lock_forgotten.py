"""A thread takes a lock and fails before it gives it back; another thread wants the lock."""

import threading
import time

WITH_STATEMENT = False
WORK_S = 0.2

printer = threading.Lock()


def careless():
    printer.acquire()
    time.sleep(WORK_S)
    raise RuntimeError("out of paper")


def careful():
    with printer:
        time.sleep(WORK_S)
        raise RuntimeError("out of paper")


def patient():
    print("waiting for the printer")
    with printer:
        print("printing")


def main():
    first = threading.Thread(target=careful if WITH_STATEMENT else careless, name="first")
    second = threading.Thread(target=patient, name="second")
    first.start()
    second.start()
    second.join()
    print("done")


if __name__ == "__main__":
    main()
