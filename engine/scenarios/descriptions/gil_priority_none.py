"""Whoever computes gets about the same share of the GIL: there are no priorities."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    shares = [int(share) for share in view.printed(r"(?:important|ordinary \d+): (\d+) percent")]
    if len(shares) != view["threads"]:
        return Reading(fails(f"shares printed: {len(shares)}"))
    fair = 100 / view["threads"]
    figures = {"important": shares[0], "least": min(shares), "most": max(shares), "fair": fair}
    detail = f"the first one had {shares[0]} %, the others {min(shares)} to {max(shares)} %"
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if min(shares) > 0.5 * fair and max(shares) < 1.5 * fair:
        return Reading(holds(detail), "equal", figures)
    return Reading(too_disturbed("chance", detail), None, figures)


SCENARIO = Scenario(
    id="gil_priority_none",
    read=read,
    expected="equal",
    parameters=(integer("threads", 2, 8), real("seconds", 0.3, 3.0, "s")),
    change={"threads": 5},
    expected_after_change="equal",
)
