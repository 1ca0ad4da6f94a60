"""A child process raises SystemExit with a number, with a text, or with nothing."""

import time
from multiprocessing import Process

CODE = 5
WORK_S = 0.2


def work(code):
    try:
        time.sleep(WORK_S)
        raise SystemExit(code)
    finally:
        print(f"finally ran before the end with {code!r}", flush=True)


def main():
    codes = (CODE, "something is wrong", None)
    children = [Process(target=work, args=(code,)) for code in codes]
    for child in children:
        child.start()
    for code, child in zip(codes, children):
        child.join()
        print(f"SystemExit({code!r}): exit code {child.exitcode}", flush=True)


if __name__ == "__main__":
    main()
