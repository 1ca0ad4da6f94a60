"""Makes a failing schedule short: as few forced switches as possible."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engine.schedule.runs import Run

#: Runs one schedule → its run when it fails in the same way, else None; raises Enough when time is up.
Attempt = Callable[[dict[str, Any], Iterable[dict[str, Any]]], Run | None]


class Enough(Exception):
    """There is no time left."""


def shrunk(run: Run, attempt: Attempt) -> Run:
    """The best found by joining blocks of steps of one thread and by leaving blocks out.

    Every improvement has fewer forced switches, or as many and fewer steps.
    """
    best = run
    if run.has_tasks:
        return _tasks(run, attempt)
    improved = True
    try:
        while improved and best.switches:
            improved = False
            requests: list[dict[str, Any]] = [
                {"rule": "blocks", "blocks": blocks} for blocks in _candidates(_blocks(best))
            ]
            for number, request in enumerate(requests):
                found = attempt(request, requests[number + 1 :])
                if found is not None and _size(found) < _size(best):
                    best = found
                    improved = True
                    break
    except Enough:
        pass
    return best


def _size(run: Run) -> tuple[int, int]:
    return run.switches, len(run.steps)


def _blocks(run: Run) -> list[list[int]]:
    return [[actor, len(list(same))] for actor, same in itertools.groupby(step.actor for step in run.steps)]


def _candidates(blocks: Sequence[Sequence[int]]) -> list[list[list[int]]]:
    """Without the last blocks; with a thread's next block brought up to this one, or put off to the next."""
    found = [[list(one) for one in blocks[:count]] for count in range(len(blocks))]
    for at, (actor, count) in enumerate(blocks):
        for later in range(at + 1, len(blocks)):
            if blocks[later][0] == actor:
                if later > at + 1:
                    joined = [list(one) for one in blocks]
                    joined[at] = [actor, count + blocks[later][1]]
                    del joined[later]
                    found.append(joined)
                    put_off = [list(one) for one in blocks]
                    put_off[later] = [actor, count + blocks[later][1]]
                    del put_off[at]
                    found.append(put_off)
                break
    return found


def _tasks(run: Run, attempt: Attempt) -> Run:
    """Take decisions back to the default one by one, from the last."""
    best = run
    try:
        for at in range(len(run.steps) - 1, 0, -1):
            if at < len(best.steps) and best.steps[at].forced:
                found = attempt({"prefix": best.choices[:at]}, ())
                if found is not None and _size(found) < _size(best):
                    best = found
    except Enough:
        pass
    return best
