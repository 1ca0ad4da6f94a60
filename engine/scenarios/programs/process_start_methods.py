"""Starts the same child with each start method there is, and takes the time until it answers."""

import multiprocessing
import time

COUNT = 2


def answer(connection):
    connection.send("here I am")
    connection.close()


def start_one(context):
    ours, theirs = context.Pipe()
    start = time.perf_counter()
    child = context.Process(target=answer, args=(theirs,))
    child.start()
    ours.recv()
    seconds = time.perf_counter() - start
    child.join()
    return seconds


def main():
    for method in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(method)
        best = min(start_one(context) for _ in range(COUNT))
        print(f"{method}: {best * 1000:.1f} ms until the child answers", flush=True)


if __name__ == "__main__":
    main()
