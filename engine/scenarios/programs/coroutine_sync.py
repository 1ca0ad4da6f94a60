"""Coroutines meet: at a lock, at a semaphore, at an event, and at a queue."""

import asyncio

WORK_S = 0.1


async def use(guard):
    async with guard:
        await asyncio.sleep(WORK_S)


async def start(event):
    await asyncio.sleep(WORK_S)
    event.set()


async def make(items):
    await asyncio.sleep(WORK_S)
    await items.put("item")


async def main():
    lock, permits = asyncio.Lock(), asyncio.Semaphore(2)
    event, items = asyncio.Event(), asyncio.Queue()
    await asyncio.gather(
        *(asyncio.create_task(use(lock), name=f"lock user {n}") for n in (1, 2, 3)),
        *(asyncio.create_task(use(permits), name=f"permit user {n}") for n in (1, 2, 3)),
        asyncio.create_task(event.wait(), name="runner"),
        asyncio.create_task(start(event), name="starter"),
        asyncio.create_task(items.get(), name="consumer"),
        asyncio.create_task(make(items), name="producer"),
    )
    print("everybody is done", flush=True)


asyncio.run(main())
