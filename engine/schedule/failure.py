"""What counts as found, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.schedule.runs import Run

CHECK, EXCEPTION, DEADLOCK, DIFFERS = "check", "exception", "deadlock", "differs"


@dataclass(frozen=True)
class Failure:
    """``kind``: check (an assertion or the scenario's check), exception, deadlock, differs; ``message``: one
    sentence in English; ``what``: failures with the same ``kind`` and ``what`` are the same."""

    kind: str
    message: str
    what: str = ""


def failure_of(run: Run, wrong: str = "", first: Mapping[str, str] | None = None) -> Failure | None:
    """What is wrong with ``run``; None when nothing is.

    ``wrong``: a regular expression that the output must not match; ``first``: final values of variables
    that must not differ.
    """
    detail = run.detail
    if run.kind in (CHECK, EXCEPTION):
        where = f" in line {detail['line']}" if "line" in detail else ""
        text = f": {detail['message']}" if detail.get("message") else ""
        message = f"{detail.get('name')} fails with {detail.get('exception')}{text}{where}"
        return Failure(run.kind, message, str(detail.get("exception")))
    if run.kind == "died" and detail.get("signal"):
        return Failure(EXCEPTION, f"the program is ended by signal {detail['signal']}", "signal")
    if run.kind == DEADLOCK:
        return _deadlock(run)
    if run.kind != "ok":
        return None
    if wrong:
        found = re.search(wrong, run.output, re.MULTILINE)
        if found:
            return Failure(CHECK, f"it says {found.group(0).strip() or 'nothing'!r}", "output")
    if first is not None:
        for name, value in sorted(run.values.items()):
            if name in first and first[name] != value:
                return Failure(DIFFERS, f"{name} ends as {value}, in another order as {first[name]}", name)
    return None


def _deadlock(run: Run) -> Failure:
    cycle = list(run.detail.get("cycle", ()))
    waiting = {row["thread"]: row for row in run.detail.get("waiting", ())}
    if cycle:
        links = [
            f"{_name(run, number)} waits for {_wait(waiting[number])}, which {_name(run, after)} has"
            for number, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
            if number in waiting
        ]
        return Failure(DEADLOCK, "; ".join(links), "cycle")
    workers = [row for row in waiting.values() if row.get("wait", {}).get("sort") not in ("join", "exit")]
    links = [
        f"{_name(run, row['thread'])} waits for {_wait(row)}, and nobody is left to end that"
        for row in workers
    ]
    return Failure(DEADLOCK, "; ".join(links) or "every thread waits", "lost")


def _wait(row: Mapping[str, object]) -> str:
    wait = row.get("wait")
    if not isinstance(wait, Mapping):
        return "something"
    line = f" (line {row['line']})" if row.get("line") else ""
    if wait["sort"] == "join":
        return f"the end of {wait['name']}{line}"
    return f"the {wait['sort']} {wait['name']}".rstrip() + line


def _name(run: Run, number: int) -> str:
    return run.threads[number] if number < len(run.threads) else f"thread {number}"
