"""Runs the schedules that are likely to be asked for next while one is being waited for."""

from __future__ import annotations

import itertools
import json
import os
import select
import time
from collections.abc import Iterable, Iterator
from typing import Any

from engine.schedule.server import Server

#: Results that wait to be asked for; older ones are forgotten and run again.
MOST_KEPT = 2_000
#: So many of those that may come are looked at.
_MOST_COMING = 16
#: Longer requests wait until their lane is free: its pipe takes no more.
_MOST_WAITING_BYTES = 30_000
#: Lanes, however many cores there are.
_MOST_LANES = 4

Result = dict[str, Any]


def lanes() -> int:
    """As many runs as can go on side by side here."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_LANES, usable))


class Asked:
    """One run on one lane, from the request to what came of it.  Another may wait there behind it."""

    def __init__(self, server: Server, lane: int, request: str, timeout_s: float) -> None:
        self._server = server
        self.lane = server.lanes[lane]
        self.number = server.ask_encoded(lane, request)
        self._timeout_s = timeout_s
        self.deadline = time.monotonic() + timeout_s
        self._pid = 0
        self.result: Result | None = None

    def is_first(self) -> None:
        """Nothing else goes on in the lane any more."""
        self.deadline = time.monotonic() + self._timeout_s

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
            self.is_first()
        elif kind == "done" and event["run"] == self.number:
            self.result = event
        elif kind == "died" and event["pid"] == self._pid:
            self.result = {"kind": "died", "detail": event}
        elif kind == "broken" and self._pid:
            self.result = {"kind": "died", "detail": {"message": event["message"]}}


class Ahead:
    """``result`` gives what comes of one request; of the requests named as likely to come, as many are
    run meanwhile as there is room for in the lanes.  What is asked for, and what it gives, is the same with
    any number of lanes."""

    def __init__(self, server: Server, timeout_s: float) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._done: dict[str, Result] = {}
        #: by lane, the one that runs first
        self._flying: list[dict[str, Asked]] = [{} for _ in server.lanes]
        #: so many runs are in a lane ahead, and at most: it has its next one before it is done with one
        self._depth, self._most = (2, 3) if server.queues else (1, 1)

    def result(self, request: dict[str, Any], coming: Iterable[dict[str, Any]] = ()) -> Result:
        key = json.dumps(request)
        found = self._done.pop(key, None)
        if found is None and not any(key in lane for lane in self._flying):
            self._start(key)
        following = itertools.islice(coming, _MOST_COMING if len(self._flying) > 1 else 0)
        self._fill(following)
        while found is None:
            self._wait()
            found = self._done.pop(key, None)
            self._fill(following)
        return found

    def _fill(self, following: Iterator[dict[str, Any]]) -> None:
        """Start what may be asked for, where there is room."""
        while len(self._flying) > 1 and min(map(len, self._flying)) < self._depth:
            after = next(following, None)
            if after is None:
                return
            key = json.dumps(after)
            if len(key) > _MOST_WAITING_BYTES and all(self._flying):
                return
            if key not in self._done and not any(key in lane for lane in self._flying):
                self._start(key)

    def _start(self, key: str) -> None:
        """In the lane that has least to do."""
        number = min(range(len(self._flying)), key=lambda one: len(self._flying[one]))
        while self._flying[number] and (
            len(self._flying[number]) >= self._most or len(key) > _MOST_WAITING_BYTES
        ):
            self._wait()
            number = min(range(len(self._flying)), key=lambda one: len(self._flying[one]))
        self._flying[number][key] = Asked(self._server, number, key, self._timeout_s)

    def _wait(self) -> None:
        """Until some lane tells something, or has said nothing for too long."""
        first = [next(iter(lane.values())) for lane in self._flying if lane]
        told = [asked for asked in first if asked.lane.pending]
        if not told:
            left = min(asked.deadline for asked in first) - time.monotonic()
            ready = select.select([asked.lane.reports for asked in first], [], [], max(0.0, left))[0]
            told = [
                asked for asked in first if asked.lane.reports in ready or time.monotonic() >= asked.deadline
            ]
        for asked in told:
            asked.take(0.0)
        for lane in self._flying:
            for key, asked in list(lane.items())[:1]:
                if asked.result is None:
                    continue
                del lane[key]
                for after in lane.values():
                    after.is_first()
                    break
                self._done[key] = asked.result
                if len(self._done) > MOST_KEPT:
                    del self._done[next(iter(self._done))]
