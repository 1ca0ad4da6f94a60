"""A thread asks for tiny replies, first alone, then beside threads that only compute."""

import threading
import time
from multiprocessing import Pipe, Process

BUSY = 1
REQUESTS = 30
WORK_S = 0.001

done = threading.Event()


def echo(connection):
    while True:
        message = connection.recv()
        if message is None:
            break
        time.sleep(WORK_S)
        connection.send(message)


def compute():
    count = 0
    while not done.is_set():
        for _ in range(10_000):
            count += 1


def ask(connection, when):
    times = []
    for number in range(REQUESTS):
        start = time.perf_counter()
        connection.send(number)
        connection.recv()
        times.append(time.perf_counter() - start)
    times.sort()
    print(f"{when}: {times[len(times) // 2] * 1000:.2f} ms a reply", flush=True)


def main():
    ours, theirs = Pipe()
    server = Process(target=echo, args=(theirs,), name="server")
    server.start()
    ask(ours, "alone")
    busy = [threading.Thread(target=compute, name=f"computing {number}") for number in range(1, BUSY + 1)]
    for thread in busy:
        thread.start()
    ask(ours, "beside")
    done.set()
    for thread in busy:
        thread.join()
    ours.send(None)
    server.join()


if __name__ == "__main__":
    main()
