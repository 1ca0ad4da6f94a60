"""What the window shows, and where in it one looks."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.model import State
from gui.document import Document, Origin, Phase
from tests.helpers.synthetic_store import MS, START_NS


def test_the_cursor_stays_within_the_run(recorded: Document) -> None:
    recorded.set_cursor(0)
    assert recorded.cursor_ns == START_NS
    recorded.set_cursor(2**62)
    assert recorded.cursor_ns == START_NS + 412 * MS


def test_selecting_puts_the_cursor_into_the_span_unless_it_is_there(recorded: Document) -> None:
    spans = recorded.store.spans(3)
    recorded.select(3, 2)
    assert recorded.cursor_ns == int(spans["start"][2])
    inside = int(spans["start"][2]) + 10
    recorded.set_cursor(inside)
    recorded.select(3, 2)
    assert recorded.cursor_ns == inside
    recorded.select(3, 10**6)
    assert recorded.selection is not None
    assert recorded.selection.index == 2


def test_one_moment_for_many_changes(qtbot: QtBot, recorded: Document) -> None:
    qtbot.waitUntil(lambda: recorded.moment is not None)
    made = []
    recorded.moment_changed.connect(lambda: made.append(recorded.moment))
    with qtbot.waitSignal(recorded.moment_changed):
        for ms in range(20):
            recorded.set_cursor(START_NS + ms * MS)
    assert len(made) == 1
    assert made[0] is not None
    assert made[0].time_ns == START_NS + 19 * MS


def test_the_moment_names_the_holder_that_the_gil_track_names(qtbot: QtBot, recorded: Document) -> None:
    for ms in (20, 100, 230, 400):
        with qtbot.waitSignal(recorded.moment_changed):
            recorded.set_cursor(START_NS + ms * MS)
        assert recorded.moment is not None
        holder = recorded.moment.holder(1)
        assert holder == recorded.store.holder_at(1, START_NS + ms * MS)
        assert recorded.moment.doing[holder].state is State.RUNNING


def test_a_range_is_ordered_and_clipped(recorded: Document) -> None:
    recorded.set_range((START_NS + 30 * MS, START_NS - 5))
    assert recorded.range == (START_NS, START_NS + 30 * MS)
    recorded.set_range((START_NS, START_NS))
    assert recorded.range is None


def test_clearing_forgets_everything(qtbot: QtBot, recorded: Document) -> None:
    recorded.select(3, 1)
    recorded.set_range((START_NS, START_NS + 5 * MS))
    recorded.clear()
    assert recorded.phase is Phase.EMPTY
    assert recorded.selection is None
    assert recorded.range is None
    assert recorded.cursor_ns is None
    with qtbot.waitSignal(recorded.moment_changed):
        pass
    assert recorded.moment is None


def test_a_flood_is_told_at_a_pace_and_its_end_at_once(qtbot: QtBot, recorded: Document) -> None:
    store = recorded.store
    recorded.show(store, Origin(), Phase.RUNNING)
    told: list[Phase] = []
    recorded.grew_paced.connect(lambda: told.append(recorded.phase))
    for _ in range(50):
        recorded.note_growth(False)
    assert len(told) == 1
    qtbot.waitUntil(lambda: len(told) == 2)
    recorded.note_growth(False)
    recorded.set_phase(Phase.ENDED)
    assert len(told) == 3
    recorded.note_growth(False)
    assert len(told) == 4
