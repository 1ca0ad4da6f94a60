"""Threads that end in every way a thread can."""

import sys
import threading


def leave() -> None:
    sys.exit(4)


def fail() -> None:
    raise ValueError("on purpose")


def finish() -> None:
    pass


for target in (leave, fail, finish):
    thread = threading.Thread(target=target, name=target.__name__)
    thread.start()
    thread.join()
