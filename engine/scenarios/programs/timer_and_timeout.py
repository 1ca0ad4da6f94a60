"""Waits that do not last for ever: a Timer, join with a timeout, acquire with a timeout."""

import threading
import time

WORK_S = 0.8
PATIENCE_S = 0.2

lock = threading.Lock()


def work():
    with lock:
        time.sleep(WORK_S)
    print("work done", flush=True)


def remind():
    print("the timer rings", flush=True)


def main():
    worker = threading.Thread(target=work, name="worker")
    worker.start()
    timer = threading.Timer(PATIENCE_S, remind)
    timer.start()
    worker.join(timeout=PATIENCE_S)
    print(f"after join, worker alive: {worker.is_alive()}", flush=True)
    got_it = lock.acquire(timeout=PATIENCE_S)
    print(f"after acquire, got the lock: {got_it}", flush=True)
    if got_it:
        lock.release()
    timer.join()
    worker.join()


if __name__ == "__main__":
    main()
