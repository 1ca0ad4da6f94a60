"""Coroutines count together; between reading and writing stands an await."""

import asyncio

AWAIT = "sleep"
TASKS = 2
ROUNDS = 100

count = 0


async def pause(filled, free_lock):
    if AWAIT == "filled queue":
        await filled.get()
    elif AWAIT == "free lock":
        async with free_lock:
            pass
    elif AWAIT in ("sleep", "sleep under a lock"):
        await asyncio.sleep(0)


async def count_up(common_lock):
    global count
    filled = asyncio.Queue()
    for number in range(ROUNDS):
        filled.put_nowait(number)
    free_lock = asyncio.Lock()
    for _ in range(ROUNDS):
        if AWAIT == "sleep under a lock":
            async with common_lock:
                seen = count
                await pause(filled, free_lock)
                count = seen + 1
        else:
            seen = count
            await pause(filled, free_lock)
            count = seen + 1


async def main():
    common_lock = asyncio.Lock()
    tasks = [
        asyncio.create_task(count_up(common_lock), name=f"counter {number}") for number in range(1, TASKS + 1)
    ]
    await asyncio.gather(*tasks)
    print(f"count: {count}", flush=True)
    assert count == TASKS * ROUNDS, "somebody's counting was lost"


asyncio.run(main())
