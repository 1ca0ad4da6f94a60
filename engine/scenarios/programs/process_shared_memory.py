"""Two processes count in one number that lies in memory which both share."""

import multiprocessing
from multiprocessing.sharedctypes import RawValue

LOCKED = False
ROUNDS = 1_000_000


def count_up(counter, lock, together):
    together.wait()
    for _ in range(ROUNDS):
        if LOCKED:
            with lock:
                counter.value += 1
        else:
            counter.value += 1


def main():
    counter = RawValue("q", 0)
    lock, together = multiprocessing.Lock(), multiprocessing.Barrier(2)
    processes = [
        multiprocessing.Process(target=count_up, args=(counter, lock, together), name=f"counter {number}")
        for number in (1, 2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print(f"counted: {counter.value}", flush=True)


if __name__ == "__main__":
    main()
