"""Playing and stepping through a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.agent.layout import Wait
from engine.model import MarkKind, State, TrackKind
from engine.moment import moment_at
from engine.narrative import narrate
from engine.steps import What
from engine.steps.telling import Telling
from gui import sentences, step_sentences
from gui.document import Document, Origin, Phase
from gui.language import Languages
from gui.main_window import MainWindow
from gui.player.player import LONGEST_TICK_NS, Player
from gui.player.scrubber import Scrubber
from gui.player.speeds import SPEEDS, nearest, next_speed, speed_text
from gui.player.steps import Detail, StepList
from gui.settings import Settings
from gui.theme import Theme
from gui.timeline.viewport import Viewport
from tests.helpers.synthetic_store import MS, START_NS, StoreBuilder, contended, contended_builder

SOON_MS = 60_000


class Clock:
    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def player(recorded: Document, clock: Clock) -> Iterator[Player]:
    viewport = Viewport(recorded)
    viewport.resize(1000, 400)
    player = Player(recorded, viewport, StepList(recorded, recorded), recorded, clock)
    player._timer.setInterval(10**8)  # the tests tick
    yield player
    player.pause()


def pass_time(player: Player, clock: Clock, ms: float) -> None:
    clock.ns += round(ms * MS)
    player.tick()


def test_it_plays_as_fast_as_it_says_and_stops_at_the_end(
    player: Player, recorded: Document, clock: Clock
) -> None:
    player.set_speed(0.1)
    player.play()
    assert recorded.cursor_ns == START_NS
    pass_time(player, clock, 100)
    assert recorded.cursor_ns == START_NS + 10 * MS
    for _ in range(100):
        pass_time(player, clock, 100)
    assert recorded.cursor_ns == recorded.store.end_ns
    assert not player.playing
    player.toggle()
    assert recorded.cursor_ns == START_NS, "from the beginning again"


def test_the_slowest_speed_moves_less_than_a_nanosecond_a_tick_and_still_moves(
    player: Player, recorded: Document, clock: Clock
) -> None:
    player.set_speed(SPEEDS[0])
    player.play()
    for _ in range(1000):
        pass_time(player, clock, 0.005)
    assert recorded.cursor_ns == START_NS + 500


def test_a_machine_that_slept_does_not_jump(player: Player, recorded: Document, clock: Clock) -> None:
    player.set_speed(1.0)
    player.play()
    pass_time(player, clock, 3_600_000)
    assert recorded.cursor_ns == START_NS + LONGEST_TICK_NS


def test_a_range_is_repeated(player: Player, recorded: Document, clock: Clock) -> None:
    recorded.set_range((START_NS + 100 * MS, START_NS + 110 * MS))
    player.set_looping(True)
    player.set_speed(0.1)
    player.play()
    assert recorded.cursor_ns == START_NS + 100 * MS
    seen = []
    for _ in range(4):
        pass_time(player, clock, 75)
        seen.append((recorded.now_ns - START_NS) / MS)
    assert seen == [107.5, 105.0, 102.5, 100.0]
    assert player.playing


def test_a_cursor_put_elsewhere_is_where_playing_goes_on(
    player: Player, recorded: Document, clock: Clock
) -> None:
    player.set_speed(0.1)
    player.play()
    recorded.set_cursor(START_NS + 200 * MS)
    pass_time(player, clock, 100)
    assert recorded.cursor_ns == START_NS + 210 * MS


def test_live_it_waits_at_the_end_for_what_comes(player: Player, recorded: Document, clock: Clock) -> None:
    recorded.set_phase(Phase.RUNNING)
    end = recorded.store.end_ns
    recorded.set_cursor(end - MS)
    player.set_speed(1.0)
    player.play()
    pass_time(player, clock, 50)
    assert recorded.cursor_ns == end
    assert player.playing
    recorded.store._now_ns = end + 30 * MS  # it grew
    pass_time(player, clock, 10)
    assert recorded.cursor_ns == end + 10 * MS


def test_steps_go_on_and_back_by_one(player: Player, recorded: Document) -> None:
    times = player.steps.steps()["time"].tolist()
    player.next_step()
    assert recorded.cursor_ns == times[0]
    player.next_step()
    player.next_step()
    assert (recorded.cursor_ns, player.step_number) == (times[2], (3, len(times)))
    player.previous_step()
    assert recorded.cursor_ns == times[1]
    player.last_step()
    assert recorded.cursor_ns == times[-1]
    player.next_step()
    assert recorded.cursor_ns == times[-1], "there is none behind the last"
    player.first_step()
    player.previous_step()
    assert recorded.cursor_ns == times[0]


def test_a_step_from_between_two_goes_to_the_next_to_either_side(player: Player, recorded: Document) -> None:
    times = player.steps.steps()["time"].tolist()
    recorded.set_cursor(times[4] + 1)
    player.next_step()
    assert recorded.cursor_ns == next(t for t in times if t > times[4] + 1)
    recorded.set_cursor(times[4] + 1)
    player.previous_step()
    assert recorded.cursor_ns == times[4]


def test_five_hundred_back_are_five_hundred_events(player: Player, recorded: Document) -> None:
    recorded.show(contended(spans_a_thread=1000), Origin("long"), Phase.LOADED)
    player.steps.choose(Detail.ALL, False)
    player.last_step()
    last, many = player.step_number
    assert last == many > 600
    for _ in range(500):
        player.previous_step()
    assert player.step_number[0] == many - 500


def test_the_steps_of_one_track_are_its_own(player: Player, recorded: Document) -> None:
    recorded.select(3, 2)
    player.steps.choose(Detail.KEY, True)
    steps = player.steps.steps()
    assert set(steps["track"].tolist()) == {3}
    player.first_step()
    player.next_step()
    assert recorded.selection is not None
    assert recorded.selection.track == 3


def test_marks_are_jumped_to(player: Player, recorded: Document) -> None:
    builder = contended_builder()
    builder.mark(3, 50, MarkKind.WARNING, "one")
    builder.mark(3, 150, MarkKind.WARNING, "two")
    recorded.show(builder.store(), Origin(""), Phase.LOADED)
    player.next_mark()
    assert recorded.cursor_ns == START_NS + 50 * MS
    player.next_mark()
    assert recorded.cursor_ns == START_NS + 150 * MS
    player.previous_mark()
    assert recorded.cursor_ns == START_NS + 50 * MS


def test_steps_that_cost_too_much_wait_until_they_are_asked_for(
    qtbot: QtBot, player: Player, recorded: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.player.steps.LIVE_COST_MS", -1.0)
    recorded.show(recorded.store, Origin(), Phase.RUNNING)
    steps = player.steps
    steps.steps()
    told: list[int] = []
    steps.changed.connect(lambda: told.append(len(steps.steps())))
    recorded.note_growth(False)
    qtbot.waitUntil(lambda: not steps._later.isActive())
    assert not told
    player.last_step()
    assert player.on_step
    recorded.set_phase(Phase.ENDED)
    assert told == [len(steps.steps())]


def test_ticks_come_bit_by_bit_and_a_step_does_not_wait_for_them(
    qtbot: QtBot, player: Player, recorded: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.steps.events.SLICE", 2)
    monkeypatch.setattr("gui.player.steps.SLICE_MS", 0.001)
    steps = player.steps
    steps.refresh()
    before = len(steps.known())
    qtbot.waitUntil(lambda: not steps._stale)
    found = steps.known().tolist()
    assert before < len(found)
    steps.refresh()
    steps.known()
    assert steps.steps().tolist() == found


def test_nothing_to_play_is_nothing_played(document: Document, clock: Clock) -> None:
    player = Player(document, Viewport(document), StepList(document, document), document, clock)
    player.play()
    player.next_step()
    player.next_mark()
    assert not player.playing
    assert document.cursor_ns is None


def test_speeds() -> None:
    assert SPEEDS[0] == 1e-4
    assert SPEEDS[-1] == 10
    assert [speed_text(s) for s in (1e-4, 3e-3, 0.01, 0.3, 1, 10)] == [
        "1/10,000×", "3/1,000×", "1/100×", "3/10×", "1×", "10×",
    ]  # fmt: skip
    assert nearest(0.012) == 0.01
    assert nearest(float("nan")) == 0.01
    assert next_speed(10, 1) == 10
    assert next_speed(10, -1) == 3


def test_the_line_shows_where_it_is_and_goes_where_it_is_clicked(
    qtbot: QtBot, theme: Theme, recorded: Document, player: Player
) -> None:
    scrubber = Scrubber(theme, recorded, player)
    qtbot.addWidget(scrubber)
    scrubber.resize(600, 20)
    scrubber.show()
    qtbot.waitUntil(lambda: 2 <= len(scrubber.ticks()) <= 30)
    half = START_NS + 206 * MS
    x = scrubber.x_of(half)
    QTest.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPointF(x, 10).toPoint())
    assert recorded.cursor_ns is not None
    assert abs(recorded.cursor_ns - half) < 2 * MS


# --- in the window -----------------------------------------------------------------------------


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> Iterator[MainWindow]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    languages = Languages("en")
    window = MainWindow(theme, languages, settings, [])
    window.resize(1280, 720)
    window.show()
    qtbot.waitExposed(window)
    window.document.show(contended(), Origin("Three threads"), Phase.LOADED)
    window.show_timeline()
    yield window
    window.close()
    languages.close()
    window.deleteLater()


def test_keys_step_and_play(qtbot: QtBot, window: MainWindow) -> None:
    player, document = window.player.player, window.document
    window.activateWindow()
    window.timeline.canvas.setFocus()
    qtbot.waitUntil(window.timeline.canvas.hasFocus, timeout=SOON_MS)
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_Right)
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_PageDown)
    assert player.step_number[0] == 2
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_Left)
    assert player.step_number[0] == 1
    with qtbot.waitSignal(document.moment_changed, timeout=SOON_MS):
        QTest.keyClick(window.timeline.canvas, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: window.sentence.kicker.text().startswith("Step 2 of"), timeout=SOON_MS)
    assert document.telling is not None
    assert window.sentence.headline.text() == step_sentences.headline(
        document.store, document.telling, document.store.start_ns
    )
    before = document.cursor_ns
    player.set_speed(0.01)  # slow: it must not come to the end before the second press
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_Space)
    assert player.playing
    qtbot.waitUntil(lambda: document.cursor_ns != before, timeout=SOON_MS)
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_Space)
    assert not player.playing


def test_the_speed_is_remembered(window: MainWindow, settings: Settings) -> None:
    window.player.player.set_speed(3.0)
    assert settings.speed == 3.0


def test_every_step_has_a_sentence_in_both_languages(window: MainWindow, qtbot: QtBot) -> None:
    player, document = window.player.player, window.document
    player.steps.choose(Detail.ALL, False)
    seen: dict[str, set[str]] = {}
    for language in ("en", "zh_CN"):
        window.languages.choose(language)
        player.first_step()
        for _ in range(40):
            document._make_moment()
            assert document.telling is not None
            text = step_sentences.headline(document.store, document.telling, document.store.start_ns)
            assert text
            assert "{" not in text
            seen.setdefault(language, set()).add(text)
            player.next_step()
    assert any("worker-1" in text and "GIL" in text for text in seen["zh_CN"])
    assert not seen["en"] & seen["zh_CN"]


def test_a_remote_steps_wherever_the_focus_is(qtbot: QtBot, window: MainWindow) -> None:
    window.player.project(True)
    window.activateWindow()
    window.top.run_button.setFocus()
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert window.player.player.step_number[0] == 1
    assert window.document.cursor_ns is not None
    window.player.project(False)


def test_states_of_the_legend_are_told(window: MainWindow) -> None:
    """The sentence and the moment are of one time."""
    player, document = window.player.player, window.document
    for _ in range(10):
        player.next_step()
        document._make_moment()
        assert document.telling is not None
        assert document.moment is not None
        assert document.telling.time_ns == document.moment.time_ns == document.cursor_ns
        doing = document.moment.doing.get(document.telling.track)
        assert (doing.state if doing is not None else State.NONE) == document.telling.state


WAITING = """\
import threading, time
def work():
    time.sleep(0.05)
threads = [threading.Thread(target=work, name=f"worker {n}") for n in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
input()
"""


def test_a_live_run_is_stepped_through_and_no_longer_followed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    document, player = window.document, window.player.player
    document.clear()
    script = tmp_path / "waiting.py"
    script.write_text(WAITING)
    window.open_path(script)
    window.choice.choose_interpreter(window.choice.interpreters[0].path)
    window.actions_["run"].trigger()

    def both_ended() -> bool:
        player.steps.refresh()
        names = {t.id: t.name for t in document.tracks.values()}
        ended = [names[int(r["track"])] for r in player.steps.steps() if r["what"] == What.ENDS]
        return {"worker 1", "worker 2"} <= set(ended)

    qtbot.waitUntil(both_ended, timeout=SOON_MS)
    assert document.live
    port = window.timeline.viewport
    followed = [port.following]
    player.previous_step()
    followed.append(port.following)
    assert followed == [True, False]
    at = document.cursor_ns
    player.previous_step()
    assert document.cursor_ns is not None
    assert at is not None
    assert document.cursor_ns < at
    qtbot.waitUntil(lambda: document.telling is not None, timeout=SOON_MS)
    window.control.stop()
    qtbot.waitUntil(lambda: not document.live, timeout=SOON_MS)
    window.files.saved = True


@pytest.mark.parametrize(("count", "says"), [(1, "waits for itself"), (2, "wait for each other")])
def test_a_deadlock_of_one_thread_is_told_as_such(count: int, says: str) -> None:
    builder = StoreBuilder()
    process = builder.process()
    builder.track(TrackKind.GIL, "GIL", parent=process)
    threads = [builder.thread(f"worker-{n}", process, n + 1) for n in range(count)]
    for number, thread in enumerate(threads):
        owner = threads[(number + 1) % count]
        _, lock = builder.lock(f"lock-{number}", process)
        builder.span(thread, number, 1000, State.WAIT_LOCK, object=lock, owner=owner, reason=Wait.LOCK)
    store = builder.store()
    (deadlock,) = store.deadlocks
    moment = moment_at(store, builder.at(500))
    narration = narrate(store, moment, builder.at(0), builder.at(1000))
    telling = Telling(What.DEADLOCK, deadlock.time_ns, threads[0], State.WAIT_LOCK, others=tuple(threads))
    assert says in sentences.headline(narration, store)
    assert says in step_sentences.headline(store, telling)
