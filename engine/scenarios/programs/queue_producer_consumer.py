"""A quick producer and a slow consumer share a queue with few places."""

import queue
import threading
import time

PLACES = 3
ITEMS = 12
PRODUCE_S = 0.01
CONSUME_S = 0.08

items = queue.Queue(maxsize=PLACES)


def produce():
    for number in range(1, ITEMS + 1):
        time.sleep(PRODUCE_S)
        items.put(number)
        print(f"put item {number}")
    items.put(None)


def consume():
    while True:
        number = items.get()
        if number is None:
            break
        time.sleep(CONSUME_S)
        print(f"used item {number}")


def main():
    producer = threading.Thread(target=produce, name="producer")
    consumer = threading.Thread(target=consume, name="consumer")
    producer.start()
    consumer.start()
    producer.join()
    consumer.join()
    print("all items are used")


if __name__ == "__main__":
    main()
