"""Two polite people meet in a corridor; each steps back for the other, again and again."""

import random
import threading
import time

WAY = "in step"
MOST_TRIES = 20

left, right = threading.Lock(), threading.Lock()
together = threading.Barrier(2)


def walk(mine, other):
    for tries in range(1, MOST_TRIES + 1):
        with mine:
            if WAY == "in step":
                together.wait()
            passed = other.acquire(blocking=False)
            if passed:
                other.release()
            if WAY == "in step":
                together.wait()
        if passed:
            print(f"passed after {tries} tries", flush=True)
            return
        if WAY != "in step":
            time.sleep(random.uniform(0.0, 0.02))
    print(f"gave up after {MOST_TRIES} tries", flush=True)


def main():
    people = [
        threading.Thread(target=walk, args=(left, right), name="Ada"),
        threading.Thread(target=walk, args=(right, left), name="Grace"),
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()


if __name__ == "__main__":
    main()
