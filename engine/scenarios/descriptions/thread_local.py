"""threading.local keeps a value for each thread; an ordinary variable is one for all."""

from __future__ import annotations

from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.parameter import integer, real
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import View


def read(view: View) -> Reading:
    students = view["students"]
    # the end of a line may come after another thread's text: only digits would make it another number
    own = view.printed(r"thread (\d+): shared student \d+, own student \1(?!\d)")
    shared = view.printed(r"thread \d+: shared student (\d+), own")
    main_has = view.printed(r"of its own: (True|False)")
    threads = [row for row in view.workers if row.name.startswith("thread ")]
    last = shared[0] if shared else "?"
    figures = {"own": len(own), "same": shared.count(last), "last": last}
    detail = (
        f"threads that found their own value: {len(own)}; {shared.count(last)} found {last} in the shared one"
    )
    kept = len(own) == students == len(threads) and main_has == ["False"]
    # All of them write before the first one reads, unless the machine holds one back.
    overwritten = len(set(shared)) == 1
    answer = "own" if kept else "last" if not own else None
    if kept and view["pause_s"] == 0:
        return Reading(not_applicable("parameters", "nobody waits before reading"), answer, figures)
    if kept and not overwritten:
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail) if kept else fails(detail), answer, figures)


SCENARIO = Scenario(
    id="thread_local",
    read=read,
    expected="own",
    parameters=(integer("students", 2, 50), real("pause_s", 0.0, 2.0, "s")),
    change={"students": 10},
    expected_after_change="own",
)
