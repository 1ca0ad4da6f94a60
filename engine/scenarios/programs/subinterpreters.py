"""Two threads count at the same time, each in an interpreter of its own within this process."""

import sys
import threading
import time

ROUNDS = 6_000_000

CODE = f"""
count = 0
while count < {ROUNDS}:
    count += 1
"""


def run_in_interpreter():
    if sys.version_info >= (3, 14):
        from concurrent import interpreters

        interpreter = interpreters.create()
        interpreter.exec(CODE)
        interpreter.close()
    else:
        import _interpreters

        number = _interpreters.create()
        _interpreters.run_string(number, CODE)
        _interpreters.destroy(number)


def main():
    if sys.version_info < (3, 13):
        print("this program needs Python 3.13 or later")
        return
    threads = [threading.Thread(target=run_in_interpreter, name=f"counter {number}") for number in (1, 2)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"both have counted: {time.perf_counter() - start:.2f} s", flush=True)


if __name__ == "__main__":
    main()
