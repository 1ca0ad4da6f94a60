"""Function calls and nothing else."""

import time


def fibonacci(number: int) -> int:
    return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


for _ in range(5):
    begin = time.perf_counter()
    fibonacci(27)
    print(f"elapsed {(time.perf_counter() - begin) * 1000:.3f}", flush=True)
