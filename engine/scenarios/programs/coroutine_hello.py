"""A coroutine greets, waits without blocking, and goes on."""

import asyncio

WAIT_S = 1.0


async def main():
    print("Hello")
    await asyncio.sleep(WAIT_S)
    print("World")


asyncio.run(main())
