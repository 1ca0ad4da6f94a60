"""A thread looks for a number and returns as soon as it has found it."""

import threading
import time

SECRET = 3
LAST = 10
STEP_S = 0.1


def search():
    for number in range(1, LAST + 1):
        print(f"trying {number}")
        time.sleep(STEP_S)
        if number == SECRET:
            print("found")
            return
    print("not found")


def main():
    thread = threading.Thread(target=search, name="searcher")
    thread.start()
    thread.join()
    print(f"alive: {thread.is_alive()}")


if __name__ == "__main__":
    main()
