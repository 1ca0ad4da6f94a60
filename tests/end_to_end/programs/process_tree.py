"""Fifty processes which start two each."""

import multiprocessing
import sys
from typing import Any

MIDDLE, LEAVES = 50, 2


def leaf() -> None:
    pass


def middle() -> None:
    children = [context.Process(target=leaf) for _ in range(LEAVES)]
    for child in children:
        child.start()
    for child in children:
        child.join()


context: Any = multiprocessing.get_context(sys.argv[1] if len(sys.argv) > 1 else "fork")

if __name__ == "__main__":
    processes = [context.Process(target=middle) for _ in range(MIDDLE)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print(sum(process.exitcode == 0 for process in processes))
