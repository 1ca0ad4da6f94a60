"""Hungry customers wait at a counter with a Condition until there is a dish."""

import threading
import time

CHECK = "if"
CUSTOMERS = 2
COOK_S = 0.3

dishes = []
counter = threading.Condition()


def eat():
    with counter:
        if CHECK == "if":
            if not dishes:
                counter.wait()
        else:
            while not dishes:
                counter.wait()
        dish = dishes.pop()
    print(f"eaten: {dish}", flush=True)


def cook():
    for number in range(1, CUSTOMERS + 1):
        time.sleep(COOK_S)
        with counter:
            dishes.append(f"dish {number}")
            counter.notify_all()


def main():
    threads = [threading.Thread(target=eat, name=f"customer {n}") for n in range(1, CUSTOMERS + 1)]
    threads.append(threading.Thread(target=cook, name="cook"))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"dishes left: {len(dishes)}", flush=True)


if __name__ == "__main__":
    main()
