"""Three threads that are to rest at the same time, started in a way that may be mistaken."""

import threading
import time

MISTAKE = "target=rest()"
THREADS = 3
REST_S = 0.2


def rest():
    time.sleep(REST_S)
    print(f"rested in {threading.current_thread().name}", flush=True)


def main():
    threads = []
    for number in range(1, THREADS + 1):
        if MISTAKE == "target=rest()":
            thread = threading.Thread(target=rest(), name=f"worker {number}")
        else:
            thread = threading.Thread(target=rest, name=f"worker {number}")
        if MISTAKE == "run()":
            thread.run()
            continue
        thread.start()
        if MISTAKE == "join in the loop":
            thread.join()
        threads.append(thread)
    for thread in threads:
        thread.join()
    print("all have rested", flush=True)


if __name__ == "__main__":
    main()
