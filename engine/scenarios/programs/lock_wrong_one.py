"""Two threads count visitors, with locks, and still count wrong."""

import threading
import time

LOCKING = "new lock"
ROUNDS = 10
PAUSE_S = 0.01

visitors = 0
lock = threading.Lock()
other_lock = threading.Lock()


def count_one():
    global visitors
    seen = visitors
    time.sleep(PAUSE_S)
    visitors = seen + 1


def count_with_new_lock():
    my_lock = threading.Lock()
    with my_lock:
        count_one()


def count_apart():
    global visitors
    with lock:
        seen = visitors
    time.sleep(PAUSE_S)
    with lock:
        visitors = seen + 1


def count_with(a_lock):
    with a_lock:
        count_one()


def door(number):
    for _ in range(ROUNDS):
        if LOCKING == "new lock":
            count_with_new_lock()
        elif LOCKING == "two locks":
            count_with(lock if number == 1 else other_lock)
        elif LOCKING == "one side":
            if number == 1:
                count_with(lock)
            else:
                count_one()
        elif LOCKING == "read and write apart":
            count_apart()
        else:
            count_with(lock)


def main():
    doors = [threading.Thread(target=door, args=(number,), name=f"door {number}") for number in (1, 2)]
    for each in doors:
        each.start()
    for each in doors:
        each.join()
    print(f"visitors: {visitors}", flush=True)
    assert visitors == 2 * ROUNDS, "somebody was not counted"


if __name__ == "__main__":
    main()
