"""One process writes into a queue, another reads from it and never stops by itself."""

import queue
import time
from multiprocessing import JoinableQueue, Process

ITEMS = 3
PAUSE_S = 0.2


def write(items):
    for number in range(1, ITEMS + 1):
        print(f"put item {number}", flush=True)
        items.put(number)
        time.sleep(PAUSE_S)


def read(items):
    while True:
        number = items.get()
        print(f"got item {number}", flush=True)
        items.task_done()


def main():
    items = JoinableQueue()
    try:
        items.get(block=False)
    except queue.Empty:
        print("nothing there yet", flush=True)
    writer = Process(target=write, args=(items,), name="writer")
    reader = Process(target=read, args=(items,), name="reader")
    writer.start()
    reader.start()
    writer.join()
    items.join()
    reader.terminate()
    reader.join()
    print(f"the reader's exit code: {reader.exitcode}")


if __name__ == "__main__":
    main()
