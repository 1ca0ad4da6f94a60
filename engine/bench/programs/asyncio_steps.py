"""Two hundred tasks of two hundred steps each."""

import asyncio
import time


async def work() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


async def main() -> None:
    for _ in range(5):
        begin = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(200)))
        print(f"elapsed {(time.perf_counter() - begin) * 1000:.3f}", flush=True)


asyncio.run(main())
