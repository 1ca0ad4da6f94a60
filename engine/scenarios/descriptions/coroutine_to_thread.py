"""A blocking call handed to a thread leaves the event loop free."""

from __future__ import annotations

import numpy as np

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    tickers = [row for row in view.tasks if row.name.startswith("ticker")]
    naps = [row.sleep_calls for row in view.workers if len(row.sleep_calls)]
    if len(tickers) != view["tickers"] or len(naps) != 1:
        return Reading(fails(f"tickers seen: {len(tickers)}, naps in threads: {len(naps)}"))
    begin, end = int(naps[0]["start"][0]), int(naps[0]["end"][-1])
    nap = np.array([[begin, end]], np.int64)
    ticks = sum(
        int(((row.within(State.RUNNING)[:, 0] > begin) & (row.within(State.RUNNING)[:, 1] < end)).sum())
        for row in tickers
    )
    in_main = view.inside(view.main.sleeps, nap) if len(view.main.sleeps) else 0
    figures = {"ticks": ticks, "nap_s": (end - begin) / 1e9}
    detail = f"ticks: {ticks} during a nap of {figures['nap_s']:.2f} s in another thread"
    if in_main:
        return Reading(fails("the main thread slept, too"), None, figures)
    if ticks:
        return Reading(holds(detail), "go_on", figures)
    if view["tick_s"] > 0.5 * view["nap_s"] or view["ticks"] * view["tick_s"] < 3 * view["tick_s"]:
        return Reading(not_applicable("parameters", "no tick is due during the nap"), None, figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="coroutine_to_thread",
    read=read,
    expected="go_on",
    parameters=(
        integer("tickers", 1, 20),
        real("tick_s", 0.02, 1.0, "s"),
        integer("ticks", 1, 100),
        real("nap_s", 0.05, 3.0, "s"),
    ),
)
