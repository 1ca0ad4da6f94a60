"""A cook makes dishes; waiters wait for them with a Condition."""

import threading
import time

WAITERS = 2
DISHES = 6
COOK_S = 0.1

dishes = []
counter = threading.Condition()


def serve():
    while True:
        with counter:
            counter.wait_for(lambda: dishes)
            dish = dishes.pop(0)
        if dish == "closed":
            break
        print(f"served: {dish}", flush=True)


def main():
    waiters = [threading.Thread(target=serve, name=f"waiter {number}") for number in range(1, WAITERS + 1)]
    for waiter in waiters:
        waiter.start()
    for number in range(1, DISHES + 1):
        time.sleep(COOK_S)
        with counter:
            dishes.append(f"dish {number}")
            counter.notify()
    for _ in waiters:
        with counter:
            dishes.append("closed")
            counter.notify()
    for waiter in waiters:
        waiter.join()


if __name__ == "__main__":
    main()
