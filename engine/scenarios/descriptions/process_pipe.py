"""A pipe carries messages both ways; receiving waits for sending."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import ArrowKind, State
from engine.scenarios.outcome import fails, holds
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    child = next((row for row in view.children if view.threads_of(row)), None)
    if child is None:
        return Reading(fails("the child was not seen"))
    messages = view.arrows(ArrowKind.MESSAGE)
    to_child = [a for a in messages if view.process_of(int(a["to_track"])).id == child.id]
    back = [a for a in messages if view.process_of(int(a["from_track"])).id == child.id]
    waited_ns = view.main.total(State.IO, reason=Wait.READ) + view.main.total(State.WAIT)
    asked, answered = view.printed(r"(\d+) squared is"), view.printed(r"squared is (\d+)")
    right = [int(number) ** 2 == int(square) for number, square in zip(asked, answered, strict=False)]
    figures = {"sent": len(to_child), "received": len(back), "waited_s": waited_ns / 1e9}
    detail = f"messages to the child: {len(to_child)}, back: {len(back)}, right answers: {sum(right)}"
    questions = view["questions"]
    in_order = all(a["to_time"] >= a["from_time"] for a in messages)
    whole = len(to_child) == questions + 1 and len(back) == questions == sum(right)
    return Reading(holds(detail) if whole and in_order else fails(detail), "waits", figures)


SCENARIO = Scenario(
    id="process_pipe",
    read=read,
    expected="waits",
    parameters=(integer("questions", 1, 50), real("think_s", 0.0, 1.0, "s")),
    change={"think_s": 0.4},
    expected_after_change="waits",
)
