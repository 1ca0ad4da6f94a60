"""Calls an async function, first without await, then with it."""

import asyncio

WAIT_S = 0.3


async def greet(name):
    print(f"Hello, {name}")
    await asyncio.sleep(WAIT_S)


async def main():
    greet("Ada")
    print("greeted Ada?")
    await greet("Grace")
    print("greeted Grace?")


asyncio.run(main())
