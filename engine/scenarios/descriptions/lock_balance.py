"""A lock keeps a shared balance right, and threads wait for it."""

from __future__ import annotations

from engine.model import State
from engine.scenarios.intervals import beside, together
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: Two threads that were together for less than this need not have met: the switch interval is 5 ms.
MEETING_NS = 20_000_000
#: Two threads that ran in turns for so long have met, unless there is no lock between them.
MET_NS = 200_000_000


def read(view: View) -> Reading:
    customers = [row for row in view.workers if row.name.startswith("customer")]
    lock = next((row for row in view.locks if row.name == "lock"), None)
    printed = view.printed(r"balance: (-?\d+)")
    if lock is None or not printed:
        return Reading(fails("there is no lock or no balance in the recording"))
    balance = printed[-1]
    used = view.lock_figures[lock.id]
    waits, waited_ns, taken = used.contended, used.wait_ns, used.acquisitions
    figures = {"balance": balance, "waits": waits, "waited_ms": waited_ns / 1e6, "taken": taken}
    detail = f"balance {balance}, times the lock was taken: {taken}, waits for it: {waits}"
    answer = "wrong" if balance != "0" else "waits" if waits else "never"
    if balance == "0" and waits:
        return Reading(holds(detail), answer, figures)
    alive = [row.within(*_ALIVE) for row in customers]
    lengths, living, running = beside(alive, [row.within(State.RUNNING) for row in customers])
    ran_ns = int(lengths[(living > 1) & (running > 0)].sum())
    if balance == "0" and together(alive) < MEETING_NS:
        return Reading(not_applicable("parameters", "the threads hardly met"), answer, figures)
    if balance == "0" and ran_ns < MET_NS:
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(fails(detail), answer, figures)


_ALIVE = tuple(state for state in State if State.STARTING < state <= State.UNOBSERVED)

SCENARIO = Scenario(
    id="lock_balance",
    read=read,
    expected="waits",
    parameters=(integer("threads", 2, 8), integer("rounds", 1_000, 1_000_000)),
    change={"threads": 8},
    expected_after_change="waits",
)
