"""Depth-first search through a program's schedules, leaving out those that only reorder independent steps.

Without a bound: dynamic partial-order reduction (C. Flanagan, P. Godefroid, "Dynamic Partial-Order
Reduction for Model Checking Software", POPL 2005) with sleep sets (P. Godefroid, 1996).  After every
run, where two steps of different threads do not commute, the other order is put down to be tried.

With a bound on preemptions (M. Musuvathi, S. Qadeer, "Iterative Context Bounding for Systematic Testing
of Multithreaded Programs", PLDI 2007): the same with conservative points in addition, at the beginning
of the block of steps that the earlier one stands in, and without sleep sets (K. E. Coons, M. Musuvathi,
K. S. McKinley, "Bounded Partial-Order Reduction", OOPSLA 2013).

Among an event loop's ready tasks every order is tried, each overtaking counting as a preemption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.agent.gate_effects import ACQUIRE, CHANGES, IGNORED, JOIN, RELEASE, WRITE_MODE, depend
from engine.schedule.runs import Run, Step

Accesses = tuple[tuple[str, int, int], ...]
#: Runs one schedule: what the agent's rule is asked for, and what it is likely to be asked for next → what
#: came of the first.
Execute = Callable[[dict[str, Any], Iterable[dict[str, Any]]], Run]


@dataclass(slots=True)
class _Node:
    """A state on the path being searched, and what is to be tried from it."""

    step: Step
    spent: int
    backtrack: set[int] = field(default_factory=set)
    done: dict[int, Accesses] = field(default_factory=dict)
    sleep: dict[int, Accesses] = field(default_factory=dict)
    #: what has been told beforehand, and how many were done then
    told: dict[int, int] = field(default_factory=dict)

    def cost(self, chosen: int) -> int:
        if self.step.task:
            return int(chosen != 0)
        return int(not self.step.free and chosen != self.step.previous)


class Search:
    """All schedules, or all with at most ``bound`` forced switches.

    ``next`` runs one; ``exhausted`` tells when there are no more; ``sound`` whether nothing has
    happened that makes "all" untrue (``why_not`` says what).
    """

    def __init__(self, execute: Execute, bound: int | None) -> None:
        self._execute = execute
        self._bound = bound
        self._path: list[_Node] = []
        self._past = _Past()
        self._started = False
        self.exhausted = False
        self.left_out = False
        self.runs = 0
        self.sleeping = 0
        self.why_not = ""
        self.strayed: Run | None = None

    @property
    def sound(self) -> bool:
        return not self.why_not

    def next(self) -> Run | None:
        """Run the next schedule; None when there is none."""
        if self.exhausted:
            return None
        if not self._started:
            self._started = True
            run = self._execute({"prefix": []}, ())
            self._extend(run, 0, {})
        else:
            found = self._choose()
            if found is None:
                self.exhausted = True
                return None
            depth, alternative = found
            del self._path[depth + 1 :]
            node = self._path[depth]
            sleep = self._sleep_for(node, alternative)
            run = self._execute(self._request(depth, alternative), self._coming(depth, alternative))
            if not self._same(run, depth):
                self.strayed = run
                self.why_not = self.why_not or "the program did not do the same again"
                node.done[alternative] = ()
                self.runs += 1
                return run
            self._extend(run, depth, sleep)
        self.runs += 1
        if run.kind == "asleep":
            self.sleeping += 1
        elif run.kind in ("limit", "stuck", "died", "diverged"):
            self.why_not = self.why_not or _REASONS[run.kind]
        if run.processes > 1 or run.free:
            self.why_not = self.why_not or "other processes took part"
        if run.unfair:
            self.why_not = self.why_not or "a thread ran on and on, and others were given a turn"
        self._race(run)
        return run

    # --- where to go next -------------------------------------------------------------------------

    def _choose(self) -> tuple[int, int] | None:
        """The deepest state with something left to try, and that."""
        for depth in range(len(self._path) - 1, -1, -1):
            node = self._path[depth]
            if len(node.backtrack) == len(node.done):
                continue
            for alternative in sorted(node.backtrack - node.done.keys()):
                if alternative in node.sleep:
                    continue
                if self._bound is not None and node.spent + node.cost(alternative) > self._bound:
                    self.left_out = True
                    continue
                return depth, alternative
        return None

    def _request(self, depth: int, alternative: int) -> dict[str, Any]:
        node = self._path[depth]
        return {
            "prefix": [one.step.chosen for one in self._path[:depth]] + [alternative],
            "sleep": [[number, list(what)] for number, what in self._sleep_for(node, alternative).items()],
            "known": node.step.serials,
        }

    def _coming(self, depth: int, alternative: int) -> Iterator[dict[str, Any]]:
        """What will be asked for some time after this, as far as is known before it has run; each once."""
        for at in range(depth, -1, -1):
            node = self._path[at]
            if len(node.backtrack) == len(node.done):
                continue
            for other in sorted(node.backtrack - node.done.keys()):
                if other in node.sleep:
                    continue
                if self._bound is None:
                    # Who sleeps in the others depends on what this one does.
                    if at != depth and node.told.get(other) != len(node.done):
                        node.told[other] = len(node.done)
                        yield self._request(at, other)
                    break
                if at == depth and other == alternative:
                    continue
                if other not in node.told and node.spent + node.cost(other) <= self._bound:
                    node.told[other] = 0
                    yield self._request(at, other)

    def _sleep_for(self, node: _Node, alternative: int) -> dict[int, Accesses]:
        if self._bound is not None or node.step.task:
            return {}
        return {
            number: what
            for number, what in {**node.sleep, **node.done}.items()
            if number != alternative and what is not None
        }

    def _same(self, run: Run, depth: int) -> bool:
        """Whether the run went through the same states up to ``depth`` as the path."""
        steps = run.steps
        if len(steps) <= depth:
            return False
        first = depth if steps[:depth] == self._past.steps[:depth] else 0
        for node, step in zip(self._path[first : depth + 1], steps[first:], strict=False):
            old = node.step
            if old.enabled != step.enabled or old.previous != step.previous or old.task != step.task:
                return False
        return all(
            node.step.place == step.place and node.step.chosen == step.chosen
            for node, step in zip(self._path[first:depth], steps[first:], strict=False)
        )

    def _extend(self, run: Run, depth: int, sleep: dict[int, Accesses]) -> None:
        """Take the states of ``run`` from ``depth`` on into the path."""
        steps = run.steps
        if depth < len(self._path):
            node = self._path[depth]
            node.step = steps[depth]
            node.done[steps[depth].chosen] = steps[depth].accesses
        spent = self._path[depth].spent + self._path[depth].cost(steps[depth].chosen) if self._path else 0
        first = depth + 1 if self._path else 0
        known = self._path[depth].step.serials if self._path else 0
        if self._path and sleep:
            sleep = _left(sleep, steps[depth].accesses, known)
        for step in steps[first:]:
            node = _Node(step, spent)
            node.done[step.chosen] = step.accesses
            node.backtrack.add(step.chosen)
            node.sleep = sleep
            if step.task:
                node.backtrack.update(step.enabled)
            self._path.append(node)
            spent += node.cost(step.chosen)
            if sleep:
                sleep = _left(sleep, step.accesses, known)

    # --- which steps do not commute -----------------------------------------------------------------

    def _race(self, run: Run) -> None:
        steps = run.steps
        past = self._past
        for at in range(past.back_to_common(steps), len(steps)):
            step = steps[at]
            actor = step.actor
            if not step.accesses and not past.moved:  # most, where threads are held at every instruction
                past.ran(actor, at)
                continue
            clock = past.now(actor)
            kinds = {kind for kind, _, _ in step.accesses}
            if "moved" in kinds:
                past.move(at)
            if "woken" in kinds:
                _join(clock, past.moved_clock)
            if not step.task:
                for earlier in past.table.racing(actor, step.accesses, clock, past.last(actor)):
                    self._put_down(steps, earlier, at, actor, clock)
            _join(clock, past.moved_clock)
            for earlier in past.table.ordered(actor, step.accesses):
                _join(clock, past.table.clocks[earlier])
            clock[actor] = at
            past.add(at, actor, step.accesses, clock)
        for actor, accesses in run.blocked:
            clock = past.now(actor)
            for earlier in past.table.racing(actor, accesses, clock, past.last(actor)):
                self._put_down(steps, earlier, len(steps), actor, clock)

    def _put_down(
        self,
        steps: Sequence[Step],
        earlier: int,
        later: int,
        actor: int,
        clock: dict[int, int],
    ) -> None:
        """``actor``'s step at ``later`` does not commute with that at ``earlier``: try it before that."""
        self._add(steps, earlier, later, actor, clock)
        if self._bound is not None:
            block = earlier
            while block > 0 and steps[block - 1].actor == steps[earlier].actor:
                block -= 1
            if block != earlier:
                self._add(steps, block, later, actor, clock)

    def _add(self, steps: Sequence[Step], at: int, later: int, actor: int, clock: dict[int, int]) -> None:
        node = self._path[at]
        step = steps[at]
        if step.task:
            return
        if actor in step.enabled:
            node.backtrack.add(actor)
            return
        leading = {steps[k].actor for k in range(at + 1, later) if clock.get(steps[k].actor, -1) >= k} & set(
            step.enabled
        )
        if leading:
            if not leading & node.backtrack:
                node.backtrack.add(min(leading))
            return
        node.backtrack.update(step.enabled)


_REASONS = {
    "limit": "a run took too many steps",
    "stuck": "a thread did not come back",
    "died": "the program was ended from outside, or ended itself",
    "diverged": "the program did not do the same again",
}


class _Past:
    """What the steps of a run come after, from the first on; goes back to any of them, since the next run has
    its beginning in common with this one."""

    def __init__(self) -> None:
        self.steps: tuple[Step, ...] = ()
        self.table = _Table()
        #: When nobody can go on the clock moves: after everything before, before everything after.  A thread
        #: that it wakes could not have gone on earlier; one that waited for a lock then, could.
        self.moved: list[tuple[int, dict[int, int]]] = []
        #: By thread: what its steps that others could notice come after; the same of what started it; when
        #: it ran at all.
        self._clocks: dict[int, list[tuple[int, dict[int, int]]]] = {}
        self._begun: dict[int, list[tuple[int, dict[int, int]]]] = {}
        self._ran: dict[int, list[int]] = {}

    def back_to_common(self, steps: tuple[Step, ...]) -> int:
        """Forget all from the first step on that is another in ``steps``, which are gone through next; gives
        that step."""
        common = _common(self.steps, steps)
        self.steps = steps
        for stack in (self.moved, *self._clocks.values(), *self._begun.values()):
            while stack and stack[-1][0] >= common:
                stack.pop()
        for ran in self._ran.values():
            while ran and ran[-1] >= common:
                ran.pop()
        self.table.back_to(common)
        return common

    @property
    def moved_clock(self) -> dict[int, int]:
        return self.moved[-1][1] if self.moved else {}

    def last(self, actor: int) -> int:
        """The last step of a thread, -1 where there is none."""
        ran = self._ran.get(actor)
        return ran[-1] if ran else -1

    def now(self, actor: int) -> dict[int, int]:
        """What the next step of ``actor`` comes after: a copy, its own last step included."""
        stack = self._clocks.get(actor) or self._begun.get(actor)
        clock = dict(stack[-1][1]) if stack else {}
        last = self.last(actor)
        if last >= 0:
            clock[actor] = last
        return clock

    def ran(self, actor: int, at: int) -> None:
        """A step that nobody could notice."""
        ran = self._ran.get(actor)
        if ran is None:
            self._ran[actor] = [at]
        else:
            ran.append(at)

    def move(self, at: int) -> None:
        """The clock has moved before this step."""
        moved = {actor: ran[-1] for actor, ran in self._ran.items() if ran}
        for stack in self._clocks.values():
            if stack:
                _join(moved, stack[-1][1])
        self.moved.append((at, moved))

    def add(self, at: int, actor: int, accesses: Accesses, clock: dict[int, int]) -> None:
        """The step ``at``, which comes after ``clock``; that is not to be changed any more."""
        self._clocks.setdefault(actor, []).append((at, clock))
        self.ran(actor, at)
        self.table.add(at, actor, accesses, clock)
        for kind, number, mode in accesses:
            if kind == "T" and mode == WRITE_MODE and number != actor:
                stack = self._begun.setdefault(number, [])
                begun = dict(stack[-1][1]) if stack else {}
                _join(begun, clock)
                stack.append((at, begun))


def _common(ours: tuple[Step, ...], theirs: tuple[Step, ...]) -> int:
    """How many steps two runs have in common."""
    low, high = 0, min(len(ours), len(theirs))
    while low < high:
        middle = (low + high + 1) // 2
        if ours[low:middle] == theirs[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class _Table:
    """Who used what when, in one run: lists of (at, serial, mode) in the order of time, for each kind by
    thread."""

    def __init__(self) -> None:
        self.by_kind: dict[str, dict[int, list[_Use]]] = {}
        self.clocks: dict[int, dict[int, int]] = {}
        self.all: dict[int, list[_Use]] = {}

    def back_to(self, at: int) -> None:
        """Forget what was used from then on."""
        for by_actor in (self.all, *self.by_kind.values()):
            for uses in by_actor.values():
                while uses and uses[-1][0] >= at:
                    uses.pop()

    def add(self, at: int, actor: int, accesses: Accesses, clock: dict[int, int]) -> None:
        self.clocks[at] = clock
        counted = False
        for kind, serial, mode in dict.fromkeys(accesses):
            if kind not in IGNORED:
                counted = True
                self.by_kind.setdefault(kind, {}).setdefault(actor, []).append((at, serial, mode))
        if counted:
            self.all.setdefault(actor, []).append((at, 0, WRITE_MODE))

    def _conflicts(self, actor: int, accesses: Accesses) -> Iterator[tuple[int, Iterator[tuple[int, bool]]]]:
        """For each other thread, and kind: its earlier steps that do not commute with this one, the latest
        first, and whether the two could be next to each other."""
        for kind, serial, mode in dict.fromkeys(accesses):
            if kind in IGNORED:
                continue
            if kind == "*":
                for other, uses in self.all.items():
                    if other != actor:
                        yield other, ((at, True) for at, _, _ in reversed(uses))
                continue
            for other, uses in self.by_kind.get("*", {}).items():
                if other != actor:
                    yield other, ((at, True) for at, _, _ in reversed(uses))
            for other, uses in self.by_kind.get(kind, {}).items():
                if other != actor:
                    yield other, _not_commuting(uses, serial, mode)

    def ordered(self, actor: int, accesses: Accesses) -> Iterable[int]:
        """Earlier steps that this one comes after (of each thread the last will do)."""
        found: dict[int, int] = {}
        for other, conflicts in self._conflicts(actor, accesses):
            for at, _ in conflicts:
                if at > found.get(other, -1):
                    found[other] = at
                break
        return found.values()

    def racing(self, actor: int, accesses: Accesses, clock: dict[int, int], last: int) -> set[int]:
        """Earlier steps that this one could have come before.

        Those since the thread's own last step (at every state between, one of them was the latest),
        and the latest before that which is not ordered before it anyway.
        """
        found: set[int] = set()
        latest = -1
        for other, conflicts in self._conflicts(actor, accesses):
            done = clock.get(other, -1)
            for at, together in conflicts:
                if at <= done or at <= latest:  # and so are all before it
                    break
                if not together:
                    continue
                if at <= last:
                    latest = at
                    break
                found.add(at)
        if latest >= 0:
            found.add(latest)
        return found


#: When, which object, how.
_Use = tuple[int, int, int]


def _not_commuting(uses: list[_Use], serial: int, mode: int) -> Iterator[tuple[int, bool]]:
    changes = mode in CHANGES
    for at, other_serial, other_mode in reversed(uses):
        if not (changes or other_mode in CHANGES):
            continue
        if serial and other_serial and serial != other_serial:
            continue
        yield at, {mode, other_mode} not in _NEVER_TOGETHER


_NEVER_TOGETHER = ({ACQUIRE, RELEASE}, {WRITE_MODE, JOIN})


def _join(clock: dict[int, int], other: dict[int, int]) -> None:
    for actor, at in other.items():
        if at > clock.get(actor, -1):
            clock[actor] = at


def _left(sleep: dict[int, Accesses], done: Accesses, known: int) -> dict[int, Accesses]:
    """Those that still sleep after a step."""
    return {number: what for number, what in sleep.items() if not depend(list(what), list(done), known)}
