"""What limited a run, in one sentence, from its own figures and nothing else.

"Wanted to run" is the time in which a thread ran or waited only for the right to run (for the
GIL, for a core).  Shares are of that, or of all threads' time, as each sentence says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.analysis.lock_figures import lock_figures
from engine.analysis.source import Source
from engine.model import State, TrackKind

#: From this share on something is said to have limited the run.
MUCH = 0.2
#: Over this share not observed, nothing is said.
UNKNOWN = 0.5

_SENTENCES = {
    "nothing": "Nothing was recorded.",
    "not_seen": "Too much was not seen to say what limited the run: {unobserved:.0%} of the threads' time.",
    "deadlock": "Deadlocks: {count}. {tracks} wait for each other.",
    "deadlock_of_one": "Deadlocks: {count}. {tracks} waits for itself.",
    "gil": "Threads that wanted to run waited for the GIL {share:.0%} of that time.",
    "cores": "Threads that could run had no processor core {share:.0%} of that time.",
    "lock": "Threads waited {share:.0%} of their time for locks, most for {lock}.",
    "parallel": "Threads or processes ran at the same time, {mean:.1f} on average while any did.",
    "waiting": "Threads waited {share:.0%} of their time, for others or for input and output.",
    "running": "The program computed in one thread at a time and did not wait for long.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code``: a key of the sentences; ``data``: the figures it rests on, shares from 0 to 1.

    ``deadlock_of_one``: a thread or task that waits for what it has itself.
    """

    code: str
    data: Mapping[str, float | int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        return _SENTENCES[self.code].format(**self.data)


def verdict(source: Source) -> Verdict:
    """The sentence that fits the whole recording."""
    if source.deadlocks:
        links = source.deadlocks[0].links
        names = ", ".join(source.tracks[link.track].name for link in links if link.track in source.tracks)
        code = "deadlock" if len(links) > 1 else "deadlock_of_one"
        return Verdict(code, {"count": len(source.deadlocks), "tracks": names})
    totals = np.zeros(len(State), np.int64)
    threads = [track for track in source.tracks.values() if track.kind is TrackKind.THREAD]
    for track in threads:
        totals += source.totals(track.id)
    everything = int(totals.sum() - totals[State.NONE])
    if everything <= 0:
        return Verdict("nothing")
    unobserved = int(totals[State.UNOBSERVED]) / everything
    if unobserved > UNKNOWN:
        return Verdict("not_seen", {"unobserved": unobserved})
    working = int(totals[State.RUNNING] + totals[State.NATIVE])
    wanted = working + int(totals[State.WAIT_GIL] + totals[State.WAIT_CPU])
    gil = int(totals[State.WAIT_GIL]) / wanted if wanted else 0.0
    cores = int(totals[State.WAIT_CPU]) / wanted if wanted else 0.0
    locks = int(totals[State.WAIT_LOCK]) / everything
    worked_much = wanted / everything >= MUCH
    found: list[tuple[float, Verdict]] = []
    if worked_much and gil >= MUCH:
        found.append((gil * wanted, Verdict("gil", {"share": gil})))
    if worked_much and cores >= MUCH:
        found.append((cores * wanted, Verdict("cores", {"share": cores})))
    if locks >= MUCH:
        locks_waited = [figures.name or figures.kind for figures in lock_figures(source) if figures.wait_ns]
        found.append(
            (
                locks * everything,
                Verdict(
                    "lock",
                    {"share": locks, "lock": locks_waited[0] if locks_waited else "a lock without a name"},
                ),
            )
        )
    if found:
        return max(found, key=lambda one: one[0])[1]
    mean = _mean_at_once(source, [track.id for track in threads])
    if worked_much and mean >= 1 + MUCH:
        return Verdict("parallel", {"mean": mean})
    waits = (State.WAIT, State.SLEEP, State.IO)
    waiting = sum(int(totals[state]) for state in waits) / everything
    if waiting >= 1 - MUCH:
        return Verdict("waiting", {"share": waiting})
    return Verdict("running", {"share": working / everything})


def _mean_at_once(source: Source, threads: list[int]) -> float:
    """How many threads worked at once, averaged over the time in which at least one did."""
    starts, ends = [], []
    for track_id in threads:
        spans = source.spans(track_id)
        working = spans[np.isin(spans["state"], (int(State.RUNNING), int(State.NATIVE)))]
        starts.append(working["start"])
        ends.append(working["end"])
    if not starts:
        return 0.0
    begin, end = np.concatenate(starts), np.concatenate(ends)
    work = int((end - begin).sum())
    if not work:
        return 0.0
    times = np.concatenate([begin, end])
    steps = np.concatenate([np.ones(len(begin), np.int64), -np.ones(len(end), np.int64)])
    order = np.argsort(times, kind="stable")
    at_once = np.cumsum(steps[order])
    lengths = np.diff(times[order], append=times[order][-1])
    any_works = int(lengths[at_once > 0].sum())
    return work / any_works if any_works else 0.0
