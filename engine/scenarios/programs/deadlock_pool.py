"""Tasks of a thread pool hand in more tasks to the same pool, and wait for them."""

import threading
from concurrent.futures import ThreadPoolExecutor

WORKERS = 2
ORDERS = 2

pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="worker")
everybody_is_here = threading.Barrier(min(WORKERS, ORDERS))


def pack(number):
    return f"order {number} is packed"


def handle(number):
    everybody_is_here.wait()
    packing = pool.submit(pack, number)
    return packing.result()


def main():
    orders = [pool.submit(handle, number) for number in range(1, ORDERS + 1)]
    for order in orders:
        print(order.result(), flush=True)
    pool.shutdown()


if __name__ == "__main__":
    main()
