"""Computes in a thread, and asks for the result: from a Thread, then from a Future."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

WORK_S = 0.3
NUMBER = 7


def square(number):
    time.sleep(WORK_S)
    result = number * number
    return result


def main():
    thread = threading.Thread(target=square, args=(NUMBER,), name="squarer")
    thread.start()
    thread.join()
    try:
        print(f"from the thread: {result}")
    except NameError as error:
        print(f"from the thread: {error}")

    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(square, NUMBER)
        print(f"from the future: {future.result()}")


if __name__ == "__main__":
    main()
