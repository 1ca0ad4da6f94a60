"""A blocking call in one coroutine keeps all others from going on."""

from __future__ import annotations

import numpy as np

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    tickers = [row for row in view.tasks if row.name.startswith("ticker")]
    naps = view.main.sleep_calls
    if len(tickers) != view["tickers"] or not len(naps):
        return Reading(fails(f"tickers seen: {len(tickers)}, naps: {len(naps)}"))
    nap = naps[np.argmax(naps["end"] - naps["start"])]
    blocked = np.array([[nap["start"], nap["end"]]], np.int64)
    length = int(nap["end"] - nap["start"])
    steps = sum(view.inside(row.within(State.RUNNING), blocked) for row in tickers)
    ready = sum(view.inside(row.within(State.READY), blocked) for row in tickers) / (length * len(tickers))
    figures = {
        "nap_s": length / 1e9,
        "ready_percent": 100 * ready,
        "line": view.line_of(int(nap["location"])),
    }
    detail = f"while line {figures['line']} slept, the tickers were ready {ready:.0%} of the time"
    # Before it is due a tick is suspended by its own will: on average half a tick, at most one.
    expected = 1 - view["tick_s"] / view["nap_s"]
    if expected < 0.2:
        return Reading(not_applicable("parameters", "the nap is no longer than a tick"), None, figures)
    answer = "frozen" if steps == 0 else "go_on"
    shown = answer == "frozen" and ready > expected - 0.05 and figures["line"] > 0
    return Reading(holds(detail) if shown else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="coroutine_blocking",
    read=read,
    expected="frozen",
    parameters=(
        integer("tickers", 1, 20),
        real("tick_s", 0.02, 1.0, "s"),
        integer("ticks", 1, 100),
        real("nap_s", 0.05, 3.0, "s"),
    ),
    change={"tickers": 10},
    expected_after_change="frozen",
)
