"""Several coroutines tick; one of them calls time.sleep in between."""

import asyncio
import time

TICKERS = 3
TICK_S = 0.1
TICKS = 15
NAP_S = 0.8


async def tick():
    for _ in range(TICKS):
        await asyncio.sleep(TICK_S)


async def work():
    await asyncio.sleep(3 * TICK_S)
    print("time for a nap")
    time.sleep(NAP_S)
    print("awake again")


async def main():
    tickers = [asyncio.create_task(tick(), name=f"ticker {number}") for number in range(1, TICKERS + 1)]
    worker = asyncio.create_task(work(), name="worker")
    await asyncio.gather(worker, *tickers)


asyncio.run(main())
