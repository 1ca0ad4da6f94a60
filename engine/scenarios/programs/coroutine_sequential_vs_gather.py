"""Waits for three answers: one by one, with gather, and with a TaskGroup."""

import asyncio
import time

FIRST_S = 0.3
SECOND_S = 0.2
THIRD_S = 0.4


async def answer(seconds):
    await asyncio.sleep(seconds)


async def one_by_one():
    for seconds in (FIRST_S, SECOND_S, THIRD_S):
        await answer(seconds)


async def gathered():
    await asyncio.gather(answer(FIRST_S), answer(SECOND_S), answer(THIRD_S))


async def in_group():
    async with asyncio.TaskGroup() as group:
        for seconds in (FIRST_S, SECOND_S, THIRD_S):
            group.create_task(answer(seconds))


async def main():
    ways = [one_by_one, gathered]
    if hasattr(asyncio, "TaskGroup"):
        ways.append(in_group)
    for way in ways:
        start = time.perf_counter()
        await asyncio.create_task(way(), name=way.__name__)
        print(f"{way.__name__}: {time.perf_counter() - start:.2f} s", flush=True)


asyncio.run(main())
