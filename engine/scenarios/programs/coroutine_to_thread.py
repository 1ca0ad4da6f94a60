"""Several coroutines tick while a blocking call runs in a thread of its own."""

import asyncio
import time

TICKERS = 3
TICK_S = 0.1
TICKS = 12
NAP_S = 0.8


async def tick():
    for _ in range(TICKS):
        await asyncio.sleep(TICK_S)


def nap():
    time.sleep(NAP_S)


async def work():
    await asyncio.sleep(2 * TICK_S)
    print("time for a nap")
    await asyncio.get_running_loop().run_in_executor(None, nap)
    print("awake again")


async def main():
    tickers = [asyncio.create_task(tick(), name=f"ticker {number}") for number in range(1, TICKERS + 1)]
    worker = asyncio.create_task(work(), name="worker")
    await asyncio.gather(worker, *tickers)


asyncio.run(main())
