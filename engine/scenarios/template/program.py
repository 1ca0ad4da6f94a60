"""Two people take a rest, one after the other or at the same time."""

import threading
import time

PEOPLE = 2
REST_S = 0.3


def rest():
    time.sleep(REST_S)


def main():
    threads = [threading.Thread(target=rest, name=f"person {number}") for number in range(1, PEOPLE + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("everybody has rested")


if __name__ == "__main__":
    main()
