"""Hikers of different speeds wait for each other at each hut."""

import threading
import time

HIKERS = 3
HUTS = 2
STEP_S = 0.15

hut = threading.Barrier(HIKERS)


def hike(speed):
    for number in range(1, HUTS + 1):
        time.sleep(speed * STEP_S)
        print(f"{threading.current_thread().name} is at hut {number}")
        hut.wait()


def main():
    hikers = [
        threading.Thread(target=hike, args=(number,), name=f"hiker {number}")
        for number in range(1, HIKERS + 1)
    ]
    for hiker in hikers:
        hiker.start()
    for hiker in hikers:
        hiker.join()
    print("all have arrived")


if __name__ == "__main__":
    main()
