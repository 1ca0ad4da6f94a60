"""notify wakes those who wait now; who comes later waits for ever.  An Event remembers."""

from __future__ import annotations

from engine.agent.layout import Wait
from engine.model import EndKind
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import choice, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Row, View

STANDSTILL_NS = 3_000_000_000


def _named(view: View, name: str) -> Row | None:
    return next((row for row in view.workers if row.name == name), None)


def _missed(view: View) -> bool:
    """The listener began to wait when the speaker was over already, and nobody else can wake it.

    Or it has been waiting for seconds since the speaker ended: it came just before its end.
    """
    speaker, listener = _named(view, "speaker"), _named(view, "listener")
    if speaker is None or listener is None or speaker.ended is EndKind.RUNNING:
        return False
    waits = listener.calls(Wait.CONDITION)
    if not len(waits) or view.printed("heard"):
        return False
    return int(max(waits["start"][-1], waits["end"][-1] - STANDSTILL_NS)) > speaker.end_ns


def read(view: View) -> Reading:
    speaker, listener = _named(view, "speaker"), _named(view, "listener")
    if speaker is None or listener is None:
        return Reading(fails("the two threads were not seen"))
    heard = bool(view.printed("heard"))
    waits = listener.calls(Wait.CONDITION)
    line = view.line_of(int(waits["location"][-1])) if len(waits) else 0
    late_s = (listener.sleeps[-1, 1] - speaker.start_ns) / 1e9 if len(listener.sleeps) else 0.0
    figures = {"line": line, "late_s": late_s}
    if view["kind"] != "condition":
        detail = "the listener heard it" if heard else "the listener did not hear it"
        return Reading(holds(detail) if heard else fails(detail), "heard" if heard else "waits", figures)
    if _missed(view):
        return Reading(holds(f"the listener waits at line {line} for ever"), "waits", figures)
    if heard and view["late_s"] == 0:
        return Reading(not_applicable("parameters", "the listener was there in time"), "heard", figures)
    if heard:
        return Reading(too_disturbed("chance", "the speaker came later than the listener"), None, figures)
    return Reading(fails("the listener neither heard it nor waited too late"), None, figures)


SCENARIO = Scenario(
    id="lost_wakeup",
    read=read,
    expected="waits",
    parameters=(choice("kind", "condition", "condition with flag", "event"), real("late_s", 0.0, 2.0, "s")),
    change={"kind": "event"},
    expected_after_change="heard",
    is_over=_missed,
)
