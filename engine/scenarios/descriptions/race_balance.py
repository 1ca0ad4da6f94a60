"""A balance without a lock: whether it goes wrong is up to the interpreter and to chance."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, too_disturbed
from engine.scenarios.parameter import choice, integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View

#: From here on CPython with a GIL changes threads at the start of a function, after a call, at a jump.
CHOSEN_PLACES = (3, 10)


def read(view: View) -> Reading:
    printed = view.printed(r"balance: (-?\d+)")
    if not printed:
        return Reading(fails("no balance was printed"))
    balance, version = printed[-1], ".".join(map(str, view.machine.version))
    figures = {"balance": balance, "changes": 4 * view["rounds"], "version": version}
    detail = f"balance {balance} with Python {version}, step {view['step']}"
    whole = view["step"] == "plain" and view.machine.version >= CHOSEN_PLACES
    if whole and not view.machine.free_threaded:
        return Reading(holds(detail) if balance == "0" else fails(detail), _answer(balance), figures)
    if balance == "0":
        return Reading(too_disturbed("chance", f"nothing went wrong this time: {detail}"), None, figures)
    return Reading(holds(detail), "wrong", figures)


def _answer(balance: str) -> str:
    return "right" if balance == "0" else "wrong"


SCENARIO = Scenario(
    id="race_balance",
    read=read,
    expected="right",
    parameters=(
        choice("step", "plain", "int", "function"),
        integer("rounds", 1, 1_000_000),
        real("switch_s", 0.000_001, 0.1, "s"),
    ),
    change={"step": "function"},
    expected_after_change="wrong",
)
