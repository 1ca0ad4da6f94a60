"""A pool gets three tasks; one of them fails, and nobody asks for its result."""

import time
from multiprocessing import Pool

ASK = False
WORK_S = 0.2


def divide(number):
    time.sleep(WORK_S)
    print(f"12 / {number} is {12 / number}", flush=True)


def main():
    with Pool(2) as pool:
        results = [pool.apply_async(divide, args=(number,)) for number in (2, 0, 3)]
        pool.close()
        pool.join()
        if ASK:
            for result in results:
                result.get()
    print("all is well")


if __name__ == "__main__":
    main()
