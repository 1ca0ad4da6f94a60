"""Three threads divide; two of them meet a zero, and one of those is prepared for it."""

import threading
import time

STEP_S = 0.15
STEPS = 4


def divide(numbers):
    for number in numbers:
        time.sleep(STEP_S)
        print(f"{threading.current_thread().name}: {12 / number}")


def divide_carefully(numbers):
    try:
        divide(numbers)
    except ZeroDivisionError as error:
        print(f"{threading.current_thread().name}: caught {error}")


def main():
    good = [number + 1 for number in range(STEPS)]
    bad = [2, 0, *good]
    threads = [
        threading.Thread(target=divide, args=(good,), name="good"),
        threading.Thread(target=divide, args=(bad,), name="careless"),
        threading.Thread(target=divide_carefully, args=(bad,), name="careful"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("the program goes on")


if __name__ == "__main__":
    main()
