"""Each thread keeps a name in a threading.local and reads it again later."""

import threading
import time

STUDENTS = 3
PAUSE_S = 0.2

shared = {"student": None}
own = threading.local()


def greet():
    time.sleep(PAUSE_S)
    print(f"{threading.current_thread().name}: shared {shared['student']}, own {own.student}")


def study(student):
    shared["student"] = student
    own.student = student
    greet()


def main():
    threads = [
        threading.Thread(target=study, args=(f"student {number}",), name=f"thread {number}")
        for number in range(1, STUDENTS + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"the main thread has one of its own: {hasattr(own, 'student')}")


if __name__ == "__main__":
    main()
