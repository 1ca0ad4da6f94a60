"""Two threads, two locks, each has one and wants the other."""

import threading

first_lock = threading.Lock()
second_lock = threading.Lock()
both_have_one = threading.Barrier(2)


def forward() -> None:
    with first_lock:
        both_have_one.wait()
        with second_lock:
            pass


def backward() -> None:
    with second_lock:
        both_have_one.wait()
        with first_lock:
            pass


threads = [
    threading.Thread(target=forward, name="forward"),
    threading.Thread(target=backward, name="backward"),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
