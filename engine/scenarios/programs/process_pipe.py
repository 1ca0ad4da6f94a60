"""Parent and child talk through a pipe."""

import time
from multiprocessing import Pipe, Process

QUESTIONS = 4
THINK_S = 0.15


def answer(connection):
    while True:
        question = connection.recv()
        if question is None:
            break
        time.sleep(THINK_S)
        connection.send(question * question)
    connection.close()


def main():
    here, there = Pipe()
    child = Process(target=answer, args=(there,), name="child")
    child.start()
    for number in range(1, QUESTIONS + 1):
        here.send(number)
        print(f"{number} squared is {here.recv()}", flush=True)
    here.send(None)
    child.join()


if __name__ == "__main__":
    main()
