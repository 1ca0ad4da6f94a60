"""Which scenarios there are, in the order in which they are shown."""

from __future__ import annotations

import difflib
import importlib
from dataclasses import dataclass
from functools import cache

from engine.errors import LockstepError
from engine.scenarios import own
from engine.scenarios.scenario import Scenario

#: group → ids.  The order is that of a course.
GROUPS: dict[str, tuple[str, ...]] = {
    "threads": (
        "threads_five_workers",
        "thread_create_join",
        "thread_main_and_child",
        "threads_cpu_bound",
        "threads_io_bound",
        "threads_network",
        "threads_images",
        "thread_pool",
        "thread_local",
        "shared_memory_threads",
        "thread_end_return",
        "thread_end_exception",
        "thread_end_flag",
        "thread_crash_kills_process",
        "thread_result",
        "lock_forgotten",
        "responsiveness",
        "file_io",
        "concurrent_or_parallel",
        "start_mistakes",
        "daemon_threads",
        "timer_and_timeout",
    ),
    "gil": (
        "gil_one_at_a_time",
        "gil_switch_interval",
        "gil_released",
        "gil_long_call",
        "gil_convoy",
        "gil_priority_none",
        "subinterpreters",
        "free_threaded",
    ),
    "processes": (
        "processes_five_workers",
        "process_pid_args",
        "processes_cpu_bound",
        "process_main_guard",
        "process_pool",
        "process_queue",
        "pool_lost_exception",
        "pool_worker_killed",
        "process_copies",
        "process_isolation",
        "process_end_sys_exit",
        "process_end_os_exit",
        "process_end_systemexit",
        "process_end_kill",
        "process_pipe",
        "communication_cost",
        "process_vs_thread_start",
        "process_executor",
        "process_start_methods",
        "process_shared_memory",
        "process_manager",
        "fork_with_threads",
        "process_oversubscribed",
    ),
    "coroutines": (
        "coroutine_hello",
        "coroutines_io",
        "coroutine_never_awaited",
        "coroutine_sequential_vs_gather",
        "coroutine_blocking",
        "coroutine_to_thread",
        "coroutine_cancel",
        "coroutine_sync",
        "coroutine_async_race",
    ),
    "locks": (
        "race_balance",
        "lock_balance",
        "lock_wrong_one",
        "lock_granularity",
        "semaphore",
        "event",
        "condition_producer_consumer",
        "condition_if",
        "lost_wakeup",
        "queue_producer_consumer",
        "barrier",
        "deadlock_two_locks",
        "deadlock_philosophers",
        "deadlock_pool",
        "rlock",
        "singleton_init",
        "livelock",
        "starvation",
    ),
    "compare": (
        "compare_cpu",
        "compare_io",
        "compare_network",
    ),
}


@dataclass(frozen=True)
class Broken:
    """A scenario that cannot be used, and why."""

    id: str
    error: str


def catalogue() -> list[Scenario]:
    """Every scenario that can be used, in order."""
    return list(_load()[0].values())


def reload() -> None:
    """Look at the folders of people's own scenarios again.  The next call of any function here does."""
    _load.cache_clear()


def broken() -> list[Broken]:
    """The scenarios that are left out, with the reasons."""
    return list(_load()[1])


def get(scenario: str) -> Scenario:
    """The scenario with this id.

    Raises:
        LockstepError: there is none (``scenario_unknown``), or it is broken (``scenario_broken``).
    """
    usable, left_out = _load()
    if scenario in usable:
        return usable[scenario]
    for each in left_out:
        if each.id == scenario:
            raise LockstepError("scenario_broken", scenario=scenario, detail=each.error)
    close = difflib.get_close_matches(scenario, usable, n=1)
    near = f"; did you mean {close[0]}?" if close else ""
    raise LockstepError("scenario_unknown", scenario=scenario, near=near)


@cache
def _load() -> tuple[dict[str, Scenario], tuple[Broken, ...]]:
    usable: dict[str, Scenario] = {}
    left_out: list[Broken] = []
    for group, names in GROUPS.items():
        for name in names:
            try:
                module = importlib.import_module(f"engine.scenarios.descriptions.{name}")
                usable[name] = module.SCENARIO.in_group(group)
            except Exception as error:  # one broken scenario must not take the others with it
                left_out.append(Broken(name, f"{type(error).__name__}: {error}"))
    for folder in own.found():
        name = folder.name
        try:
            if name in usable:
                raise LockstepError("scenario_broken", scenario=name, detail="there is one of that name")
            usable[name] = own.load(folder).in_group(own.GROUP)
        except LockstepError as error:
            left_out.append(Broken(name, f"{folder}: {error.data.get('detail', error)}"))
    return usable, tuple(left_out)
