"""A greedy thread takes the lock again and again; a modest one looks now and then whether it is free."""

import threading
import time

PAUSE_S = 0.0
GREEDY_ROUNDS = 30
HOLD_S = 0.02
LOOK_S = 0.005

lock = threading.Lock()
ready = threading.Barrier(2)


def greedy():
    for number in range(GREEDY_ROUNDS):
        with lock:
            if number == 0:
                ready.wait()
            time.sleep(HOLD_S)
        if PAUSE_S:
            time.sleep(PAUSE_S)


def modest():
    ready.wait()
    looks = 1
    while not lock.acquire(blocking=False):
        time.sleep(LOOK_S)
        looks += 1
    print(f"the modest one has it, after {looks} looks", flush=True)
    lock.release()


def main():
    threads = [threading.Thread(target=work, name=work.__name__) for work in (greedy, modest)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
