"""Three ways in which a task is cancelled: by hand, by a time-out, and because a sibling fails."""

import asyncio

WORK_S = 2.0
PATIENCE_S = 0.2


async def work():
    try:
        await asyncio.sleep(WORK_S)
        print("done", flush=True)
    finally:
        print(f"{asyncio.current_task().get_name()}: cleaning up", flush=True)


async def fail():
    await asyncio.sleep(PATIENCE_S)
    raise RuntimeError("out of paper")


async def by_hand():
    task = asyncio.create_task(work(), name="cancelled by hand")
    await asyncio.sleep(PATIENCE_S)
    task.cancel()
    await asyncio.wait([task])


async def by_timeout():
    task = asyncio.create_task(work(), name="timed out")
    try:
        await asyncio.wait_for(task, PATIENCE_S)
    except asyncio.TimeoutError:
        print("time is up", flush=True)


async def by_sibling():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work(), name="sibling")
            group.create_task(fail(), name="failing")
    except ExceptionGroup as errors:
        print(f"the group failed: {errors.exceptions[0]}", flush=True)


async def main():
    await by_hand()
    await by_timeout()
    if hasattr(asyncio, "TaskGroup"):
        await by_sibling()


asyncio.run(main())
