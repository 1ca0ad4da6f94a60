"""What a recording shows of one piece of work done in six ways: who computed, or waited, at once."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import State
from engine.scenarios.outcome import fails, holds, not_applicable, too_disturbed
from engine.scenarios.phases import AT_ONCE, COMPUTING, HARDLY, TOGETHER, WANTED, Shared
from engine.scenarios.scenario import Reading
from engine.scenarios.view import Row, View
from engine.scenarios.ways import Times, judge_io, judge_network, seconds

#: Processes that take less of the best time without them are faster, and not by chance.
FASTER = 0.85


@dataclass(frozen=True)
class Ways:
    """Who did the pieces, by way, and the ``times`` that the program printed, in seconds.

    ``processes`` are the main threads of ``children``.
    """

    times: Times
    threads: Shared
    children: list[Row]
    processes: Shared
    process_pool: Shared
    tasks: list[Row]


def ways(view: View) -> Ways | None:
    """None when not every way was seen."""
    times = seconds(view)
    pieces, servers = view["pieces"], [row for row in view.children if row.name == "web server"]
    children = [row for row in view.children if view.threads_of(row) and row not in servers]
    workers = [view.main_of(row) for row in children]
    tasks = [row for row in view.tasks if view.coroutine_of(row).startswith("piece_async")]
    if times is None or len(view.workers) < pieces or len(workers) <= pieces or len(tasks) != pieces:
        return None
    threads, processes = Shared(view.workers[:pieces]), Shared(workers[:pieces])
    return Ways(times, threads, children[:pieces], processes, Shared(workers[pieces:]), tasks)


def read_cpu(view: View) -> Reading:
    """Computing: only several interpreters compute at the same moment, however much that gains here."""
    seen = ways(view)
    if seen is None:
        return Reading(fails("not all six ways were seen"))
    threads = seen.threads.share_at_once(*COMPUTING)
    shares = [seen.processes.share_at_once(*COMPUTING)]
    if len(seen.process_pool.rows) > 1:
        shares.append(seen.process_pool.share_at_once(*COMPUTING))
    alone = min(seen.times[way] for way in ("one_after_the_other", "threads", "thread_pool", "coroutines"))
    several = min(seen.times["processes"], seen.times["process_pool"])
    figures = {**seen.times, "at_once_percent": 100 * max(shares), "threads_percent": 100 * threads}
    detail = (
        f"two processes at once for {min(shares):.0%} of their time or more, two threads for {threads:.0%}; "
        f"the best with processes {several:.2f} s, the best without {alone:.2f} s"
    )
    if view.machine.free_threaded:
        return Reading(not_applicable("free_threaded"), None, figures)
    if view.machine.cpus < 2:
        return Reading(not_applicable("one_core"), None, figures)
    if view.gil_problem:
        return Reading(not_applicable("no_gil_view", view.gil_problem), None, figures)
    if threads >= TOGETHER or seen.threads.outside_share >= 0.5:
        return Reading(fails(detail), None, figures)
    if Shared(seen.children).one_by_one(view):
        return Reading(fails(f"{detail}; one was waited for before the next began"), None, figures)
    if min(shares) < AT_ONCE or threads >= TOGETHER / 2 or seen.threads.contended_share < WANTED:
        return Reading(too_disturbed("chance", detail), None, figures)
    return Reading(holds(detail), "processes", figures, "" if several < FASTER * alone else "processes_less")


def read_io(view: View) -> Reading:
    """Waiting, judged by the times: nothing of it needs a core."""
    times = seconds(view)
    if times is None:
        return Reading(fails("not all six ways were seen"))
    return judge_io(times, view.machine, view.values)


def read_network(view: View) -> Reading:
    """Fetching pages: the waits of threads lie side by side, and so do those of coroutines."""
    seen = ways(view)
    if seen is None:
        return Reading(fails("not all six ways were seen"))
    judged = judge_network(seen.times, view.machine, view.values)
    tasks = Shared(seen.tasks)
    threads_share = seen.threads.share_at_once(State.IO)
    tasks_share = tasks.share_at_once(State.SUSPENDED)
    detail = (
        f"two threads or more waited for {threads_share:.0%} of their time, two coroutines or more for "
        f"{tasks_share:.0%}; {judged.outcome.detail}"
    )
    if judged.outcome.reason == "parameters":
        return judged
    if seen.threads.one_by_one(view) or tasks.alive_at_once_share < HARDLY:
        return Reading(fails(f"{detail}; one was done before the next began"), None, judged.figures)
    # Who waits for a core, the GIL or its turn would have waited with the others: that is chance.
    busy = (
        seen.threads.share_at_once(State.IO, *COMPUTING, State.WAIT_CPU, State.WAIT_GIL),
        tasks.share_at_once(State.SUSPENDED, State.READY, State.RUNNING),
    )
    apart = [
        each.alive_at_once_share > 0.5 and share < WANTED / 3
        for each, share in zip((seen.threads, tasks), busy, strict=True)
    ]
    if any(apart):  # together, and yet they never waited together
        return Reading(fails(detail), None, judged.figures)
    if judged.answer is None or min(threads_share, tasks_share) < WANTED:
        return Reading(too_disturbed("chance", detail), None, judged.figures)
    return Reading(holds(detail), judged.answer, judged.figures)
