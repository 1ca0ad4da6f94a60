"""Looks for a schedule that breaks a program.

In this order: the schedule without forced switches; some random ones (partial-order sampling and PCT);
a search through all schedules, whatever they switch; where that does not end soon, one through all with
no forced switch, with one, and so on up to the bound; random ones again for the time that is left.
What is found is shrunk.  ``explore`` gives a ``Result``, which says exactly what was covered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.agent.gate_drivers import PCT, POS
from engine.counted import counted
from engine.schedule.ahead import Ahead, lanes
from engine.schedule.failure import Failure, failure_of
from engine.schedule.runs import Run, Steps, run_of
from engine.schedule.schedule import TASK, Choice, Grain, Schedule
from engine.schedule.search import Search
from engine.schedule.server import Place, Server
from engine.schedule.shared import RUN_S, classes
from engine.schedule.shrink import Enough, shrunk
from engine.schedule.target import Target

PREEMPTIONS = 2
TIME_LIMIT_S = 60.0
#: Random schedules that find the shared variables, and those before the search begins.
_LOOKING, _SAMPLING = 12, 60
#: So many of the schedules to come are told beforehand.
_AHEAD = 8
#: Random schedules in which a failure is looked for once more.
_AGAIN = 200
#: Shares of the time: all schedules; shrinking, of what there is at least.
_ALL_SHARE, _SHRINK_S = 0.45, 10.0
_DEPTHS = (2, 3, 4, 6)


@dataclass(frozen=True)
class Options:
    """``preemptions``: the bound of the search by forced switches; ``seed``: of the random schedules;
    ``differs``: whether plain variables that end with different values count as found; ``grain``:
    where threads are stopped (SHARED, LINE or INSTRUCTION)."""

    preemptions: int = PREEMPTIONS
    seed: int = 0
    time_limit_s: float = TIME_LIMIT_S
    most_schedules: int = 1_000_000
    most_steps: int = 20_000
    differs: bool = True
    grain: Grain = Grain.SHARED
    variables: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Progress:
    """Told every now and then: schedules so far, in how many seconds, in which part of the search."""

    schedules: int
    seconds: float
    part: str


@dataclass(frozen=True)
class Result:
    """What exploring came to.

    ``run``: the failing run as shrunk; ``switches``: its forced switches, ``fewest`` when a search has
    shown that none with fewer fails; ``decisive``: the steps where it switches by force; ``complete``:
    nothing was found, and everything was covered that ``covered`` says; ``unbounded``: whatever the
    number of preemptions.
    """

    failure: Failure | None
    run: Run | None
    schedules: int
    seconds: float
    switches: int
    fewest: bool
    complete: bool
    unbounded: bool
    covered: str
    why_not: str
    preemptions: int
    seed: int
    variables: tuple[str, ...]
    schedule: Schedule | None = None
    decisive: tuple[int, ...] = ()
    places: dict[int, Place] = field(default_factory=dict)
    cancelled: bool = False

    @property
    def found(self) -> bool:
        return self.failure is not None


class _Found(Exception):
    def __init__(self, run: Run, failure: Failure) -> None:
        super().__init__(failure.message)
        self.run = run
        self.failure = failure


class _More(Exception):
    """Another variable turned out to be shared: the search begins again."""


class Explorer:
    """One exploration.  ``cancel`` may be called from any thread; all else from one."""

    def __init__(
        self,
        target: Target,
        options: Options = Options(),
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.target = target
        self.options = options
        self._on_progress = on_progress
        self._server: Server | None = None
        self._ahead: Ahead = None  # type: ignore[assignment]
        self._steps = Steps()
        self._begin = 0.0
        self._deadline = 0.0
        self._told = 0.0
        self.schedules = 0
        self._part = ""
        self._cancelled = False
        self._first: Run | None = None
        self._keys: set[str] | None = None
        self._complete = self._unbounded = False
        self._counted = 0
        self._why_not = self._strayed = ""
        self._learnt: set[str] = set()

    def cancel(self) -> None:
        """End soon; ``run`` gives what there is."""
        self._cancelled = True

    def run(self) -> Result:
        """Explore.  Raises LockstepError: the program cannot be run."""
        self._begin = time.monotonic()
        self._deadline = self._begin + self.options.time_limit_s
        with Server(self.target, lanes(), explored=True) as server:
            self._server, self._ahead = server, Ahead(server, RUN_S)
            found: _Found | None = None
            try:
                self._explore()
            except _Found as this:
                found = this
            except Enough:
                self._why_not = self._why_not or (
                    "it was cancelled" if self._cancelled else "there was no time for more"
                )
            run, fewest = (found.run, False) if found is not None else (None, False)
            if found is not None and not self._cancelled:
                run, fewest = self._shrink(found.run, found.failure)
            return self._result(run, found.failure if found is not None else None, fewest)

    # --- the parts ------------------------------------------------------------------------------

    def _explore(self) -> None:
        options = self.options
        self._part = "first"
        if options.variables is not None:
            self._keys = set(options.variables)
            self._first = self._judged({})
        else:
            keys = self._learnt
            looking = [{"rule": POS, "seed": options.seed + seed} if seed else {} for seed in range(_LOOKING)]
            for number, request in enumerate(looking):
                run = self._judged(request, looking[number + 1 :], learning=keys)
                self._first = self._first or run
                if not _begin_alike(self._first, run):
                    self._strayed = "the program did not do the same again"
            self._keys = keys
        while True:
            try:
                self._sample(_SAMPLING)
                self._search()
                break
            except _More:
                continue
        if not self._complete:
            self._part = "random"
            self._sample(options.most_schedules)

    def _sample(self, count: int) -> None:
        self._part = "random"
        for number in range(count):
            following = (self._random(after) for after in range(number + 1, min(number + _AHEAD, count)))
            self._judged(self._random(number), following)

    def _random(self, number: int) -> dict[str, Any]:
        """The random schedule with this number."""
        seed = self.options.seed + 1000 + number
        if number % 3 != 2:
            return {"rule": POS, "seed": seed}
        depth = _DEPTHS[number // 3 % len(_DEPTHS)]
        length = len(self._first.steps) if self._first is not None else 100
        return {"rule": PCT, "seed": seed, "depth": depth, "length": length}

    def _search(self) -> None:
        self._part = "all"
        begin = time.monotonic()
        share = (self._deadline - begin) * _ALL_SHARE
        if self._through(Search(self._judged, None), begin + share):
            self._complete = self._unbounded = True
            return
        for bound in range(self.options.preemptions + 1):
            self._part = f"preemptions {bound}"
            search = Search(self._judged, bound)
            if not self._through(search, self._deadline):
                return
            if bound == self.options.preemptions or not search.left_out:
                self._complete = True
                self._unbounded = not search.left_out
                return

    def _through(self, search: Search, deadline: float) -> bool:
        """Whether ``search`` came to its end and nothing spoilt it."""
        while not search.exhausted:
            search.next()
            if time.monotonic() > deadline:
                self._why_not = "there was no time for more"
                return False
        self._counted = search.runs
        self._why_not = search.why_not or self._strayed
        return not self._why_not

    # --- one run ------------------------------------------------------------------------------------

    def execute(self, request: dict[str, Any], coming: Iterable[dict[str, Any]] = ()) -> Run:
        """Run one schedule; counts it.  ``coming``: what is likely to be asked for next.  Raises Enough when
        time is up or somebody cancelled."""
        now = time.monotonic()
        if self._cancelled or now > self._deadline or self.schedules >= self.options.most_schedules:
            raise Enough
        self.schedules += 1
        run = run_of(self._ahead.result(self._whole(request), map(self._whole, coming)), self._steps)
        if self._on_progress is not None and now - self._told > 0.1:
            self._told = now
            self._on_progress(Progress(self.schedules, now - self._begin, self._part))
        return run

    def _whole(self, request: dict[str, Any]) -> dict[str, Any]:
        return {
            "mode": "rule",
            "stop": self.options.grain.stop,
            "keys": None if self._keys is None else sorted(self._keys),
            "most_steps": self.options.most_steps,
            # The plain run goes from the very beginning: it shows whether that is always the same.
            "alike": self._part != "first" and ("rule" in request or bool(request.get("prefix"))),
            **request,
        }

    def _judged(
        self,
        request: dict[str, Any],
        coming: Iterable[dict[str, Any]] = (),
        learning: set[str] | None = None,
    ) -> Run:
        """Run one schedule; raises _Found when it fails, _More when it shows another shared variable."""
        run = self.execute(request, coming)
        first = self._first.values if self._first is not None and self.options.differs else None
        failure = failure_of(run, self.target.wrong, first)
        if failure is not None:
            raise _Found(run, failure)
        new = classes(run)
        if learning is not None:
            learning |= new
        elif self._keys is not None and self.options.variables is None and not new <= self._keys:
            self._keys |= new
            raise _More
        return run

    # --- shrinking --------------------------------------------------------------------------------

    def _shrink(self, run: Run, failure: Failure) -> tuple[Run, bool]:
        """The failing run with the fewest forced switches found, and whether there are none with fewer."""
        self._part = "shrink"
        self._deadline = max(self._deadline, time.monotonic() + 1.0)
        self._deadline = min(self._deadline, time.monotonic() + _SHRINK_S)
        if self._keys is None:
            run = self._again(run, failure)

        def attempt(request: dict[str, Any], coming: Iterable[dict[str, Any]] = ()) -> Run | None:
            found = self.execute(request, coming)
            first = self._first.values if self._first is not None and self.options.differs else None
            again = failure_of(found, self.target.wrong, first)
            same = again is not None and (again.kind, again.what) == (failure.kind, failure.what)
            return found if same else None

        best = run
        try:
            best = shrunk(run, attempt)
            for bound in range(best.switches):
                search = Search(self.execute, bound)
                while not search.exhausted:
                    found = search.next()
                    if found is None:
                        break
                    first = self._first.values if self._first is not None and self.options.differs else None
                    again = failure_of(found, self.target.wrong, first)
                    if again is not None and (again.kind, again.what) == (failure.kind, failure.what):
                        return found, bound == 0 or self._sure
                self._sure = search.sound
            return best, best.switches == 0 or self._sure
        except Enough:
            return best, best.switches == 0

    _sure = False

    def _again(self, run: Run, failure: Failure) -> Run:
        """Found while every variable counted: find it once more with the shared ones alone."""
        self._keys = self._learnt | classes(run)
        first = self._first.values if self._first is not None and self.options.differs else None
        try:
            for seed in range(_AGAIN):
                found = self.execute({"rule": POS, "seed": seed} if seed else {})
                again = failure_of(found, self.target.wrong, first)
                if again is not None and (again.kind, again.what) == (failure.kind, failure.what):
                    return found
        except Enough:
            pass
        self._keys = None
        return run

    # --- what came of it ----------------------------------------------------------------------------

    def _result(self, run: Run | None, failure: Failure | None, fewest: bool) -> Result:
        assert self._server is not None
        names = sorted(self._learnt if self._keys is None else self._keys)
        complete = self._complete and failure is None and not self._why_not
        return Result(
            failure=failure,
            run=run,
            schedules=self.schedules,
            seconds=time.monotonic() - self._begin,
            switches=run.switches if run is not None else 0,
            fewest=fewest,
            complete=complete,
            unbounded=complete and self._unbounded,
            covered=self._covered(complete),
            why_not="" if complete or failure is not None else self._why_not,
            preemptions=self.options.preemptions,
            seed=self.options.seed,
            variables=tuple(names),
            schedule=self._schedule(run, failure) if run is not None else None,
            decisive=_decisive(run),
            places=self._server.places,
            cancelled=self._cancelled,
        )

    def _covered(self, complete: bool) -> str:
        grain = {
            Grain.SHARED: "switching at reads and writes of shared variables and at synchronisation calls",
            Grain.LINE: "switching between lines",
            Grain.INSTRUCTION: "switching at every instruction",
        }[self.options.grain]
        if not complete:
            return f"{counted(self.schedules, 'schedule')} tried, {grain}; not all there are"
        among = "" if self._unbounded else f" with at most {counted(self.options.preemptions, 'preemption')}"
        was = "was" if self._counted == 1 else "were"
        return (
            f"all schedules{among}, for these inputs, {grain}; {self._counted:,} {was} run, the others only "
            "reorder independent steps"
        )

    def _schedule(self, run: Run, failure: Failure | None) -> Schedule:
        choices = [
            Choice(TASK, position=step.chosen) if step.task else Choice(step.chosen, self.options.grain)
            for step in run.steps[1:]
        ]
        target, server = self.target, self._server
        assert server is not None
        return Schedule(
            choices=tuple(choices),
            first=self.options.grain,
            variables=None if self._keys is None else tuple(sorted(self._keys)),
            name=failure.message if failure is not None else "",
            python=".".join(map(str, server.version)),
            script="" if target.scenario else str(target.path),
            scenario=target.scenario,
            parameters=target.parameters,
            seed=target.seed,
            result=None if failure is None else {"kind": failure.kind, "message": failure.message},
        )


def _begin_alike(first: Run, second: Run) -> bool:
    """Whether two runs do the same until there is something to choose."""
    for one, other in zip(first.steps, second.steps, strict=False):
        if len(one.enabled) > 1 or len(other.enabled) > 1:
            break
        if (one.place, one.enabled, one.chosen) != (other.place, other.enabled, other.chosen):
            return False
    return True


def _decisive(run: Run | None) -> tuple[int, ...]:
    return () if run is None else tuple(at for at, step in enumerate(run.steps) if step.forced)
