"""What stands in the tables of figures: titles and cells, in the language of the window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from engine.analysis.tables import LongWait, Tables, TaskFigures, TrackFigures
from engine.model import LockFigures, State
from engine.store import Store
from gui import wording
from gui.durations import count, duration, moment, percent
from gui.panels.table import Cell, Column, Content, TableRow, Target
from gui.track_names import TrackNames

translate = QCoreApplication.translate

#: The order of the columns of states; those that no track was in are left out.
STATES = (
    State.RUNNING,
    State.NATIVE,
    State.WAIT_GIL,
    State.WAIT_CPU,
    State.WAIT_LOCK,
    State.WAIT,
    State.SLEEP,
    State.IO,
    State.READY,
    State.SUSPENDED,
    State.HELD,
    State.STARTING,
    State.UNOBSERVED,
)


def _ms(ns: int) -> str:
    """For the clipboard: milliseconds that a spreadsheet understands."""
    return f"{ns / 1e6:.6f}".rstrip("0").rstrip(".")


def _time(ns: int, state: State | None = None, share: float = 0.0) -> Cell:
    return Cell(duration(ns) if ns else "–", ns, _ms(ns), share, state)


def _number(number: int) -> Cell:
    return Cell(count(number), number, str(number))


def _name(text: str, tip: str = "") -> Cell:
    return Cell(text, text, tip=tip)


def _at(ns: int, store: Store) -> Cell:
    since = ns - store.start_ns
    return Cell(moment(since, 10_000), since, _ms(since))


def track_rows(found: Tables, store: Store, times: bool) -> Content:
    """Time in each state by track, and who held the GIL.  ``times`` instead of shares."""
    states = [s for s in STATES if any(int(one.totals[s]) for one in found.tracks)]
    gil = any(one.gil_ns >= 0 for one in found.tracks)
    columns = [
        Column(translate("Figures", "Track"), figures=False),
        Column(translate("Figures", "Kind"), figures=False),
        Column(translate("Figures", "Time"), translate("Figures", "How long it was there"), "ms"),
    ]
    unit = "ms" if times else ""
    columns += [
        Column(
            wording.state_word(s),
            translate("Figures", "Time in this state, of the time the track was there"),
            unit,
        )
        for s in states
    ]
    if gil:
        columns += [
            Column(
                translate("Figures", "held the GIL"),
                translate("Figures", "Of the time shown; what was not observed counts for nobody"),
                unit,
            ),
            Column(
                translate("Figures", "got the GIL"),
                translate("Figures", "How often it was seen to get the GIL"),
            ),
        ]
    names = TrackNames(store.tracks)
    rows = [_track_row(one, store, names, states, gil, times, found) for one in found.tracks]
    return Content(columns, [row for row in rows if row is not None])


def _track_row(
    one: TrackFigures,
    store: Store,
    names: TrackNames,
    states: list[State],
    gil: bool,
    times: bool,
    found: Tables,
) -> TableRow | None:
    track = store.tracks.get(one.track)
    if track is None:
        return None
    cells = [
        _name(names.of(track.id), wording.end_text(track.end)),
        _name(wording.kind_word(track.kind)),
        _time(one.life_ns),
    ]
    cells += [_part(int(one.totals[state]), one.life_ns, state, times) for state in states]
    if gil and one.gil_ns >= 0:
        length = max(1, found.end_ns - found.start_ns)
        cells += [_part(one.gil_ns, length, State.RUNNING, times), _number(one.gil_holds)]
    elif gil:
        cells += [Cell("–", -1.0, " "), Cell("–", -1.0, " ")]
    return TableRow(one.track, tuple(cells), Target(one.track))


def _part(ns: int, whole: int, state: State, times: bool) -> Cell:
    share = ns / whole if whole else 0.0
    if not ns:
        return Cell("–", 0.0, "0", 0.0, state)
    if times:
        return Cell(duration(ns), float(ns), _ms(ns), share, state, percent(share))
    return Cell(percent(share), share, f"{share:.6f}", share, state, duration(ns))


def lock_rows(found: Tables, store: Store) -> Content:
    columns = [
        Column(translate("Figures", "Lock"), figures=False),
        Column(translate("Figures", "Kind"), figures=False),
        Column(translate("Figures", "acquired"), translate("Figures", "How often somebody got it")),
        Column(
            translate("Figures", "contended"),
            translate("Figures", "How often somebody had to wait for it"),
        ),
        Column(
            translate("Figures", "waited for"),
            translate("Figures", "All waits for it together"),
            "ms",
        ),
        Column(translate("Figures", "longest wait"), "", "ms"),
        Column(translate("Figures", "by"), translate("Figures", "Who waited longest"), figures=False),
        Column(translate("Figures", "held"), translate("Figures", "All holds of it together"), "ms"),
        Column(translate("Figures", "longest hold"), "", "ms"),
    ]
    names = TrackNames(store.tracks)
    return Content(columns, [_lock_row(one, found, store, names) for one in found.locks])


def _lock_row(one: LockFigures, found: Tables, store: Store, names: TrackNames) -> TableRow:
    info = store.objects.get(one.object)
    made = wording.place_text(store, info.location) if info is not None else ""
    tip = translate("Figures", "made at {place}").format(place=made) if made else ""
    length = max(1, found.end_ns - found.start_ns)
    share = one.contended / one.acquisitions if one.acquisitions else 0.0
    contended = Cell(
        count(one.contended), one.contended, str(one.contended), tip=percent(share) if share <= 1 else ""
    )
    cells = (
        _name(names.of(one.track) or one.name or one.kind, tip),
        _name(one.kind),
        _number(one.acquisitions),
        contended,
        _time(one.wait_ns),
        _time(one.longest_wait_ns),
        _name(names.of(one.longest_wait_track) or "–"),
        _time(one.hold_ns, State.OWNED, one.hold_ns / length),
        _time(one.longest_hold_ns),
    )
    if one.longest_wait_track >= 0:
        target = Target(one.longest_wait_track, one.longest_wait_at_ns)
    else:
        target = Target(one.track, one.longest_hold_at_ns if one.longest_hold_ns else None)
    return TableRow(one.object, cells, target)


def task_rows(found: Tables, store: Store) -> Content:
    columns = [
        Column(translate("Figures", "Task"), figures=False),
        Column(translate("Figures", "Loop's thread"), figures=False),
        Column(translate("Figures", "steps"), translate("Figures", "How often the loop ran it")),
        Column(translate("Figures", "in steps"), translate("Figures", "All its steps together"), "ms"),
        Column(
            translate("Figures", "longest step"),
            translate("Figures", "For so long nothing else could run on its loop"),
            "ms",
        ),
        Column(
            translate("Figures", "held up"),
            translate("Figures", "Tasks of the same loop that were ready during its longest step"),
        ),
        Column(
            translate("Figures", "ready"),
            translate("Figures", "Could go on, but the loop was busy: all together"),
            "ms",
        ),
        Column(translate("Figures", "longest ready"), "", "ms"),
        Column(translate("Figures", "suspended"), translate("Figures", "Awaited something"), "ms"),
        Column(translate("Figures", "End"), figures=False),
    ]
    names = TrackNames(store.tracks)
    rows = [_task_row(one, store, names) for one in found.tasks if one.track in store.tracks]
    return Content(columns, rows)


def _task_row(one: TaskFigures, store: Store, names: TrackNames) -> TableRow:
    track = store.tracks[one.track]
    cells = (
        _name(names.of(track.id)),
        _name(names.of(track.parent)),
        _number(one.steps),
        _time(one.step_ns),
        _time(one.longest_step_ns),
        _number(one.held_up),
        _time(one.ready_ns),
        _time(one.longest_ready_ns),
        _time(one.suspended_ns),
        _name(wording.end_text(track.end)),
    )
    return TableRow(one.track, cells, Target(one.track, one.longest_step_at_ns if one.steps else None))


def wait_rows(found: Tables, store: Store) -> Content:
    columns = [
        Column(translate("Figures", "Track"), figures=False),
        Column(translate("Figures", "What it did"), figures=False),
        Column(translate("Figures", "Length"), "", "ms"),
        Column(translate("Figures", "From"), translate("Figures", "After the start of the run"), "ms"),
        Column(translate("Figures", "What for"), figures=False),
        Column(translate("Figures", "Who had it then"), figures=False),
    ]
    names = TrackNames(store.tracks)
    rows = [_wait_row(wait, found, store, names) for wait in found.waits if wait.track in store.tracks]
    return Content(columns, rows)


def _wait_row(wait: LongWait, found: Tables, store: Store, names: TrackNames) -> TableRow:
    length = max(1, found.end_ns - found.start_ns)
    what = "GIL" if wait.state is State.WAIT_GIL else wording.object_text(store, wait.object)
    cells = (
        _name(names.of(wait.track)),
        _name(wording.state_word(wait.state)),
        _time(wait.length_ns, wait.state, wait.length_ns / length),
        _at(wait.start_ns, store),
        _name(what),
        _name(names.of(wait.owner)),
    )
    return TableRow((wait.track, wait.start_ns), cells, Target(wait.track, wait.start_ns))


def line_rows(store: Store, found: list[tuple[int, NDArray[np.intp]]], most: int) -> Content:
    """The spans of a line of code, in the order of time; of more than ``most`` the longest.

    ``found``: track and indices of its spans there."""
    columns = [
        Column(translate("Figures", "From"), translate("Figures", "After the start of the run"), "ms"),
        Column(translate("Figures", "Length"), "", "ms"),
        Column(translate("Figures", "Track"), figures=False),
        Column(translate("Figures", "What it did"), figures=False),
    ]
    spans = np.concatenate([store.spans(track)[indices] for track, indices in found])
    tracks = np.repeat([track for track, _ in found], [len(indices) for _, indices in found])
    lengths = spans["end"] - spans["start"]
    if len(spans) > most:
        chosen = np.argpartition(lengths, -most)[-most:]
        spans, tracks, lengths = spans[chosen], tracks[chosen], lengths[chosen]
    rows, names = [], TrackNames(store.tracks)
    for at in np.argsort(spans["start"], kind="stable"):
        state, start, track = State(int(spans["state"][at])), int(spans["start"][at]), int(tracks[at])
        cells = (
            _at(start, store),
            _time(int(lengths[at])),
            _name(names.of(track)),
            _name(wording.state_word(state)),
        )
        rows.append(TableRow((track, start), cells, Target(track, start)))
    return Content(columns, rows)


def gil_text(store: Store) -> str:
    """What is known of each interpreter's GIL, over the whole run; one line."""
    parts = []
    for one in store.gil:
        if not one.observed:
            parts.append(translate("Figures", "GIL not seen: {reason}").format(reason=one.reason))
            continue
        whole = one.observed_ns + one.unobserved_ns
        text = translate(
            "Figures",
            "GIL, whole run; switches: {switches}, {missed} of them missed; {share} of the time not observed",
        )
        name = f"pid {one.pid}: " if len(store.gil) > 1 else ""
        share = one.unobserved_ns / whole if whole else 0.0
        parts.append(
            name + text.format(switches=count(one.switches), missed=count(one.missed), share=percent(share))
        )
    return " · ".join(parts)
