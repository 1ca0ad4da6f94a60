"""Many coroutines wait for a moment, all of them in one thread."""

import asyncio
import time

COROUTINES = 300
WAIT_S = 1.0


async def wait_for_answer(number):
    await asyncio.sleep(WAIT_S)
    return number


async def main():
    start = time.perf_counter()
    waits = [wait_for_answer(number) for number in range(COROUTINES)]
    answers = await asyncio.gather(*waits)
    print(f"{len(answers)} answers after {time.perf_counter() - start:.2f} s")


asyncio.run(main())
