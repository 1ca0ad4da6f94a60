"""A queue with few places makes a quick producer wait for a slow consumer."""

from __future__ import annotations

import numpy as np

from engine.agent.layout import Wait
from engine.model import ArrowKind, State
from engine.scenarios.intervals import most_at_once
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    producer = next((row for row in view.workers if row.name == "producer"), None)
    consumer = next((row for row in view.workers if row.name == "consumer"), None)
    if producer is None or consumer is None:
        return Reading(fails("producer and consumer were not seen"))
    full = producer.calls(Wait.QUEUE_PUT)
    full_ns = int((full["end"] - full["start"]).sum())
    empty_ns = consumer.total(State.WAIT, reason=Wait.QUEUE_GET)
    used = view.printed(r"used item (\d+)")
    in_order = used == [str(number) for number in range(1, view["items"] + 1)]
    arrows = view.arrows(ArrowKind.ITEM)
    inside = most_at_once([np.array([[a["from_time"], a["to_time"]]], np.int64) for a in arrows])
    figures = {
        "full_waits": len(full),
        "full_s": full_ns / 1e9,
        "full_percent": 100 * full_ns / max(1, producer.total()),
        "empty_s": empty_ns / 1e9,
        "used": len(used),
        "inside": min(inside, view["places"]),
    }
    detail = f"waits of the producer for a place: {len(full)}, items: {len(used)}, in order: {in_order}"
    # An item is stamped when its put or get returns: for a moment one more than the places is on its way.
    orderly = in_order and len(arrows) == view["items"] + 1 and inside <= view["places"] + 1
    answer = "waits" if len(full) else "ahead"
    if orderly and view["items"] <= view["places"] + 1:
        return Reading(not_applicable("parameters", "there is a place for every item"), answer, figures)
    if orderly and view["produce_s"] >= view["consume_s"]:
        return Reading(not_applicable("parameters", "the producer is not quicker"), answer, figures)
    if orderly and not len(full):
        # The machine held the producer back until the consumer had made room.
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail) if orderly else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="queue_producer_consumer",
    read=read,
    expected="waits",
    parameters=(
        integer("places", 1, 100),
        integer("items", 1, 200),
        real("produce_s", 0.0, 1.0, "s"),
        real("consume_s", 0.0, 1.0, "s"),
    ),
    change={"places": 100},
    expected_after_change="ahead",
)
