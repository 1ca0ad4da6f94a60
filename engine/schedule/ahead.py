"""Runs the schedules that are likely to be asked for next while one is being waited for."""

from __future__ import annotations

import itertools
import json
import os
import select
import time
from collections.abc import Iterable
from typing import Any

from engine.schedule.server import Server

#: Results that wait to be asked for; older ones are forgotten and run again.
MOST_KEPT = 2_000
#: So many of those that may come are looked at.
_MOST_COMING = 16
#: Lanes, however many cores there are.
_MOST_LANES = 4

Result = dict[str, Any]


def lanes() -> int:
    """As many runs as can go on side by side here."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_LANES, usable))


class Asked:
    """One run on one lane, from the request to what came of it."""

    def __init__(self, server: Server, lane: int, request: dict[str, Any], timeout_s: float) -> None:
        self._server = server
        self.lane = server.lanes[lane]
        self.number = server.ask(lane, **request)
        self._timeout_s = timeout_s
        self.deadline = time.monotonic() + timeout_s
        self._pid = 0
        self.result: Result | None = None

    def take(self, timeout_s: float) -> None:
        """Take in what the run has told; sets ``result`` at its end.

        ``kind`` is "stuck" when it said nothing for too long (it is ended then), "died" when it told nothing.
        """
        event = self.lane.event(timeout_s)
        if event is None:
            if self.lane.ended or not self._server.alive:
                self.result = {"kind": "died", "detail": {"message": "the server ended"}}
            elif time.monotonic() >= self.deadline:
                self._server.kill_run(self._pid)
                self.result = {"kind": "stuck", "detail": {}, "pid": self._pid}
            return
        kind = event["event"]
        if kind == "taken" and event["run"] == self.number:
            self._pid = event["pid"]
            self.deadline = time.monotonic() + self._timeout_s
        elif kind == "done" and event["run"] == self.number:
            self.result = event
        elif kind == "died" and event["pid"] == self._pid:
            self.result = {"kind": "died", "detail": event}
        elif kind == "broken" and self._pid:
            self.result = {"kind": "died", "detail": {"message": event["message"]}}


class Ahead:
    """``result`` gives what comes of one request; of the requests named as likely to come, as many are
    run meanwhile as there are lanes free.  What is asked for, and what it gives, is the same with any
    number of lanes."""

    def __init__(self, server: Server, timeout_s: float) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._done: dict[str, Result] = {}
        self._flying: dict[str, Asked] = {}

    def result(self, request: dict[str, Any], coming: Iterable[dict[str, Any]] = ()) -> Result:
        key = json.dumps(request)
        if len(self._server.lanes) == 1:
            coming = ()
        following = itertools.islice(coming, _MOST_COMING)
        while True:
            found = self._done.pop(key, None)
            if found is not None:
                return found
            if key not in self._flying:
                self._start(key, request)
            while len(self._flying) < len(self._server.lanes):
                after = next(following, None)
                if after is None:
                    break
                name = json.dumps(after)
                if name not in self._done and name not in self._flying:
                    self._start(name, after)
            self._wait()

    def _start(self, key: str, request: dict[str, Any]) -> None:
        """Where a lane is free."""
        busy = [one.lane for one in self._flying.values()]
        for number, lane in enumerate(self._server.lanes):
            if lane not in busy:
                self._flying[key] = Asked(self._server, number, request, self._timeout_s)
                return

    def _wait(self) -> None:
        """Until some lane tells something, or has said nothing for too long."""
        flying = list(self._flying.items())
        if len(flying) == 1:
            flying[0][1].take(max(0.0, flying[0][1].deadline - time.monotonic()))
        else:
            told = [asked for _, asked in flying if asked.lane.pending]
            if not told:
                left = min(asked.deadline for _, asked in flying) - time.monotonic()
                ready = select.select([asked.lane.reports for _, asked in flying], [], [], max(0.0, left))[0]
                told = [
                    asked for _, asked in flying
                    if asked.lane.reports in ready or time.monotonic() >= asked.deadline
                ]  # fmt: skip
            for asked in told:
                asked.take(0.0)
        for key, asked in flying:
            if asked.result is not None:
                del self._flying[key]
                self._done[key] = asked.result
                if len(self._done) > MOST_KEPT:
                    del self._done[next(iter(self._done))]
