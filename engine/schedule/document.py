"""What exploring came to, as JSON (docs/formats.md, ``explore.json``) and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.counted import counted
from engine.schedule.explorer import Result
from engine.schedule.runs import Run, Step
from engine.schedule.server import Place
from engine.schedule.shared import numbers
from engine.version import VERSION

SCHEMA, SCHEMA_VERSION = "lockstep-explore", 1
#: Steps that are listed for people.
_MOST_LINES = 40


def document(result: Result) -> dict[str, Any]:
    """``explore --json``."""
    run, failure = result.run, result.failure
    return {
        "schema": SCHEMA,
        "version": SCHEMA_VERSION,
        "lockstep": VERSION,
        "found": result.found,
        "kind": failure.kind if failure is not None else None,
        "message": failure.message if failure is not None else "",
        "schedules": result.schedules,
        "seconds": round(result.seconds, 3),
        "switches": result.switches if result.found else None,
        "fewest": result.fewest if result.found else None,
        "complete": result.complete,
        "unbounded": result.unbounded,
        "covered": result.covered,
        "why_not": result.why_not,
        "preemptions": result.preemptions,
        "seed": result.seed,
        "variables": numbers(result.variables),
        "steps": [] if run is None else [_step(run, step, result.places) for step in run.steps],
        "schedule": None if result.schedule is None else result.schedule.document(),
    }


def _step(run: Run, step: Step, places: dict[int, Place]) -> dict[str, Any]:
    place = places.get(step.place, Place())
    return {
        "thread": step.actor,
        "name": run.threads[step.actor] if step.actor < len(run.threads) else "",
        "task": step.chosen if step.task else None,
        "forced": step.forced,
        "file": place.file,
        "line": place.line,
        "function": place.function,
        "text": place.text,
    }


def lines(result: Result) -> Iterator[str]:
    """The same for people."""
    rate = result.schedules / result.seconds if result.seconds else 0
    if result.failure is None:
        yield f"nothing found: {result.covered}"
        if result.why_not:
            yield f"not complete: {result.why_not}"
    else:
        yield f"found ({result.failure.kind}): {result.failure.message}"
        fewest = ", the fewest there can be" if result.fewest else ""
        yield f"{counted(result.switches, 'forced switch', 'forced switches')}{fewest}; the schedule:"
        yield from _steps(result)
    took = f"{result.seconds:.1f} s ({rate:.0f}/s)"
    yield f"{counted(result.schedules, 'schedule')} in all, in {took}, seed {result.seed}"


def _steps(result: Result) -> Iterator[str]:
    assert result.run is not None
    run = result.run
    shown = 0
    actor = -1
    for step in run.steps:
        place = result.places.get(step.place, Place())
        changed = step.actor != actor or step.task
        if not changed and not place.text:
            continue
        if shown == _MOST_LINES:
            yield "   …"
            return
        shown += 1
        mark = "→" if step.forced else " "
        name = run.threads[step.actor] if step.actor < len(run.threads) else f"thread {step.actor}"
        if step.task:
            what = f"takes ready task {step.chosen + 1} of {len(step.enabled)}"
        else:
            what = f"line {place.line}: {place.text}" if place.line else "goes on"
        yield f" {mark} {name:20} {what}"
        actor = step.actor
