"""By hand in the window: real programs, one thread let go at a time."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.recording import save
from engine.scenarios import get
from engine.schedule.document import lines
from engine.schedule.explorer import Progress, Result
from engine.schedule.failure import Failure
from engine.schedule.schedule import Choice, Grain, Schedule
from gui.by_hand import hand, words
from gui.by_hand.hand import FEW, few_rounds
from gui.by_hand.view import ByHandView
from gui.interpreters import Interpreter
from gui.language import Languages
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import Theme
from tests.helpers.build_session import example

LONG_MS = 120_000

RACE = """\
import threading

balance = 100

def add(amount):
    global balance
    seen = balance
    balance = seen + amount

threads = [threading.Thread(target=add, args=(n,), name=f"adder {n}") for n in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert balance == 103, f"balance is {balance}"
"""

LOCKS = """\
import threading

a, b = threading.Lock(), threading.Lock()

def work(first, second):
    with first:
        with second:
            pass

one = threading.Thread(target=work, args=(a, b), name="one")
two = threading.Thread(target=work, args=(b, a), name="two")
one.start()
two.start()
one.join()
two.join()
"""


SAFE = """\
import threading

balance = 0
lock = threading.Lock()

def add(amount):
    global balance
    for _ in range(1):
        with lock:
            balance = balance + amount

threads = [threading.Thread(target=add, args=(n,)) for n in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


PROCESSES = """\
import multiprocessing

context = multiprocessing.get_context("fork")
ours, theirs = context.Pipe()

def work(pipe):
    pipe.recv()

if __name__ == "__main__":
    worker = context.Process(target=work, args=(theirs,), name="worker")
    worker.start()
    spawned = multiprocessing.get_context("forkserver").Process(target=print, name="other")
    spawned.start()
    spawned.join()
    ours.send(1)
    worker.join()
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step may take long on a busy machine; that a thread is outside is not what these tests are about."""
    monkeypatch.setattr(hand, "PATIENCE_S", 30.0)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Iterator[ByHandView]:
    view = ByHandView(theme)
    qtbot.addWidget(view)
    view.resize(1100, 700)
    view.show()
    yield view
    view.hand.close()


def begin(qtbot: QtBot, view: ByHandView, folder: Path, text: str) -> None:
    script = folder / "program.py"
    script.write_text(text)
    view.hand.start_script(script, (), sys.executable)
    settle(qtbot, view)
    assert view.hand.state.threads


def settle(qtbot: QtBot, view: ByHandView) -> None:
    qtbot.waitUntil(lambda: not view.hand.busy, timeout=LONG_MS)


def ended(view: ByHandView) -> str:
    """How the run ended; empty while it has not."""
    return view.hand.state.ended.kind if view.hand.state.ended is not None else ""


def go(qtbot: QtBot, view: ByHandView, number: int, grain: Grain = Grain.ACCESS) -> None:
    view.grain = grain
    press(view, number)
    settle(qtbot, view)


def press(view: ByHandView, digit: int) -> None:
    QTest.keyClick(view, Qt.Key(Qt.Key.Key_0.value + digit))


def until_two_are_started(qtbot: QtBot, view: ByHandView) -> None:
    go(qtbot, view, 0, Grain.BLOCKED)
    assert [t.state for t in view.hand.state.threads] == ["blocked", "held", "held"]


def until_read(qtbot: QtBot, view: ByHandView, number: int) -> None:
    while not view.hand.state.thread(number).loaded:
        go(qtbot, view, number)


def test_a_lost_update_is_made_by_hand_and_undone(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, RACE)
    assert "held" in view.headline.text()
    until_two_are_started(qtbot, view)
    assert "balance = 100" in view.shared.text()
    until_read(qtbot, view, 1)
    until_read(qtbot, view, 2)
    assert "has loaded balance = 100" in view.cards[1].loaded.text()
    assert "has loaded balance = 100" in view.cards[2].loaded.text()
    marked = {number for mark in view.code.view.marks.values() for number in mark.tracks}
    assert {1, 2} <= marked
    before = view.hand.choices
    go(qtbot, view, 1, Grain.BLOCKED)
    assert "balance = 101" in view.shared.text()
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, view)
    assert view.hand.choices == before
    assert "has loaded balance = 100" in view.cards[1].loaded.text(), "the same state again"
    for number in (1, 2, 0):
        go(qtbot, view, number, Grain.BLOCKED)
    assert view.hand.state.ended is not None
    assert view.hand.state.ended.kind == "check"
    assert "balance is 102" in view.headline.text()
    assert "wrote balance: 102" in view.log.toPlainText()
    assert not any(card.possible for card in view.cards)
    assert view.undo(), "also after the end"
    settle(qtbot, view)
    assert view.hand.state.ended is None


@pytest.mark.skipif(sys.platform != "linux", reason="processes are controlled on Linux")
def test_processes_have_their_own_threads_to_choose_from(
    qtbot: QtBot, view: ByHandView, tmp_path: Path
) -> None:
    begin(qtbot, view, tmp_path, PROCESSES)
    assert not [one for one in view.headings if one.isVisible()]
    while len(view.hand.state.threads) < 2:
        go(qtbot, view, 0, Grain.LINE)
    assert [one.text() for one in view.headings] == ["Main process", "Process worker"]
    assert [card.name.text() for card in view.cards] == ["MainThread", "worker"]
    go(qtbot, view, 1, Grain.BLOCKED)
    assert view.cards[1].next.text() == "until something comes out of theirs"
    assert not view.cards[1].possible
    assert "① worker waits until something comes out of theirs" in view.headline.text()
    go(qtbot, view, 0, Grain.BLOCKED)
    assert "other" in view.free.text()
    assert view.cards[0].next.text() == "until worker ends"
    go(qtbot, view, 1, Grain.BLOCKED)
    assert view.headings[1].text() == "Process worker (has ended)"
    go(qtbot, view, 0, Grain.BLOCKED)
    assert ended(view) == "ok"


def test_choices_of_another_program_open_that_program(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    (tmp_path / "race").mkdir()
    begin(qtbot, view, tmp_path / "race", RACE)
    until_two_are_started(qtbot, view)
    until_read(qtbot, view, 1)
    choices = view.hand.choices
    file = tmp_path / "lost.schedule.json"
    view.hand.save("the lost update", file)
    settle(qtbot, view)
    begin(qtbot, view, tmp_path, LOCKS)
    view.load(file)
    settle(qtbot, view)
    assert view.hand.choices == choices
    assert view.hand.source == RACE
    assert view.hand.state.thread(1).loaded == {"balance": "100"}
    assert "the lost update" in view.title.text()


def test_a_deadlock_is_announced_with_its_circle(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, LOCKS)
    until_two_are_started(qtbot, view)
    for number in (1, 2):
        while view.hand.state.thread(number).line != 7:
            go(qtbot, view, number, Grain.LINE)
    for number in (1, 2):
        while number in view.hand.state.enabled:
            go(qtbot, view, number)
    assert view.hand.state.deadlock is not None
    text = view.headline.text()
    assert text.startswith("Deadlock:")
    assert "① one" in text
    assert "② two" in text
    assert "has it" in view.cards[1].next.text()


def test_a_click_is_a_step(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, RACE)
    QTest.mouseClick(view.cards[0], Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert [(c.thread, c.grain) for c in view.hand.choices] == [(0, Grain.ACCESS)]


def test_who_cannot_go_does_not_go(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, RACE)
    until_two_are_started(qtbot, view)
    count = len(view.hand.choices)
    press(view, 0)  # waits for the others
    press(view, 7)  # is not there
    settle(qtbot, view)
    assert len(view.hand.choices) == count


def test_the_class_votes(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, RACE)
    until_two_are_started(qtbot, view)
    count = len(view.hand.choices)
    view.set_voting(True)
    press(view, 1)
    press(view, 2)
    assert [card.votes.value() for card in view.cards[:3]] == [0, 1, 1]
    assert not view.count_votes(), "as many for both"
    view.cards[2].votes.setValue(12)
    QTest.keyClick(view, Qt.Key.Key_Return)
    settle(qtbot, view)
    assert [c.thread for c in view.hand.choices[count:]] == [2]
    assert [card.votes.value() for card in view.cards[:3]] == [0, 0, 0], "a new vote"


def test_choices_are_saved_and_run_again(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, RACE)
    until_two_are_started(qtbot, view)
    until_read(qtbot, view, 1)
    choices, state = view.hand.choices, view.hand.state
    path = tmp_path / "lost.schedule.json"
    view.hand.save("the lost update", path)
    settle(qtbot, view)
    assert "the lost update" in path.read_text()
    begin(qtbot, view, tmp_path, RACE)
    assert not view.hand.choices
    view.load(path)
    settle(qtbot, view)
    assert view.hand.choices == choices
    assert view.hand.state.shared == state.shared
    assert view.hand.state.threads == state.threads


def test_a_file_that_is_no_schedule_is_told(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, RACE)
    path = tmp_path / "foreign.json"
    path.write_text("{}")
    with qtbot.waitSignal(view.failed, timeout=LONG_MS):
        view.load(path)
    assert view.hand.running


def test_nobody_goes_through_a_hundred_thousand_rounds_by_hand() -> None:
    scenario = get("race_balance")
    values = few_rounds(scenario, scenario.checked({}))
    assert values["rounds"] == FEW
    assert few_rounds(scenario, scenario.checked({"rounds": 5000}))["rounds"] == 5000, "as somebody wanted it"


def test_grains_are_told_in_both_languages(qtbot: QtBot, view: ByHandView) -> None:
    languages = Languages("zh_CN")
    try:
        assert words.grain_text(Grain.LINE) == "行"
    finally:
        languages.close()
    assert words.grain_text(Grain.LINE) == "Line"


def test_in_the_window_it_takes_the_place_of_the_timeline_and_goes_with_its_page(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    languages = Languages("en")
    window = MainWindow(theme, languages, settings, [Interpreter(sys.executable, "this")])
    window.show()
    qtbot.waitExposed(window)
    script = tmp_path / "program.py"
    script.write_text(RACE)
    window.open_path(script)
    window.actions_["by_hand"].trigger()
    view = window.by_hand.view
    settle(qtbot, view)
    assert window.stack.currentWidget() is view
    assert not window.side.isVisible()
    assert view.hand.state.enabled == (0,)
    assert window.top.title.full_text == "program.py"
    QTest.mouseClick(view.leave_button, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.script_page
    assert not view.hand.running
    assert window.side.isVisible()
    window.list.choose("race_balance")
    window.actions_["by_hand"].trigger()
    english = window.book.texts("race_balance").title
    assert window.top.title.full_text == english
    languages.choose("zh_CN")  # the title, too, changes while the program is held
    chinese = window.book.texts("race_balance").title
    assert chinese != english
    qtbot.waitUntil(lambda: window.top.title.full_text == chinese, timeout=LONG_MS)
    languages.choose("en")
    settle(qtbot, view)
    window.close()
    languages.close()
    window.deleteLater()


def test_a_recording_that_carries_a_schedule_is_stepped_with_it(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    script = tmp_path / "program.py"
    script.write_text(RACE)
    session = example(tmp_path / "session")
    told = json.loads((session.folder / "session.json").read_text())
    (session.folder / "session.json").write_text(json.dumps({**told, "script": str(script), "scenario": ""}))
    recording = save(session.folder, tmp_path / "run.lockstep").path
    choices = (Choice(0, Grain.LINE), Choice(0, Grain.LINE))
    Schedule(choices, script=str(script), name="two lines").save(recording)
    languages = Languages("en")
    window = MainWindow(theme, languages, settings, [Interpreter(sys.executable, "this")])
    window.show()
    qtbot.waitExposed(window)
    window.open_path(recording)
    qtbot.waitUntil(lambda: window.document.origin.scheduled == recording, timeout=LONG_MS)
    window.actions_["by_hand"].trigger()
    view = window.by_hand.view
    qtbot.waitUntil(lambda: view.hand.choices == choices, timeout=LONG_MS)
    settle(qtbot, view)
    assert window.stack.currentWidget() is view
    assert view.undo()
    settle(qtbot, view)
    assert view.hand.choices == choices[:1]
    window.close()
    languages.close()
    window.deleteLater()


def test_a_schedule_that_breaks_it_is_found_and_opened_for_stepping(
    qtbot: QtBot, view: ByHandView, tmp_path: Path
) -> None:
    begin(qtbot, view, tmp_path, RACE)
    QTest.mouseClick(view.search_button, Qt.MouseButton.LeftButton)
    assert view.search.running
    qtbot.waitUntil(lambda: not view.search.running, timeout=LONG_MS)
    settle(qtbot, view)
    assert view.headline.text().startswith("Found after")
    assert "a check that fails" in view.headline.text()
    assert view.script
    assert view.decisive
    assert not view.hand.choices, "at its beginning"
    assert "⇄" in view.chosen.text()
    while view.next_choice():
        settle(qtbot, view)
    assert view.hand.choices == view.script
    assert ended(view) == "check"
    assert "balance is" in view.headline.text()
    QTest.keyClick(view, Qt.Key.Key_Left)
    settle(qtbot, view)
    assert ended(view) == ""
    QTest.keyClick(view, Qt.Key.Key_Right)
    settle(qtbot, view)
    assert ended(view) == "check"


def test_where_none_is_found_it_says_what_was_covered(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, SAFE)
    view.toggle_search()
    qtbot.waitUntil(lambda: not view.search.running, timeout=LONG_MS)
    assert view.headline.text().startswith("Nothing breaks it: all schedules")
    assert not view.script


def test_one_is_told_as_one() -> None:
    result = Result(
        failure=None,
        run=None,
        schedules=1,
        seconds=0.5,
        switches=1,
        fewest=False,
        complete=True,
        unbounded=False,
        covered="",
        why_not="",
        preemptions=1,
        seed=0,
        variables=(),
    )
    texts = [
        words.result_text(result),
        words.result_text(replace(result, complete=False)),
        words.result_text(replace(result, failure=Failure("check", "no"))),
        words.progress_text(Progress(1, 0.5, "")),
        *lines(result),
    ]
    for text in texts:
        assert not re.search(r"\b1 (schedules|preemptions|forced switches|were)\b", text), text
    assert "at most 1 preemption are" in texts[0]
    assert "1 forced switch." in texts[2]


def test_looking_can_be_stopped(qtbot: QtBot, view: ByHandView, tmp_path: Path) -> None:
    begin(qtbot, view, tmp_path, SAFE.replace("range(1)", "range(40)"))
    with qtbot.waitSignal(view.search.progressed, timeout=LONG_MS):
        view.toggle_search()
    view.toggle_search()
    qtbot.waitUntil(lambda: not view.search.running, timeout=LONG_MS)
    assert "this proves nothing" in view.headline.text()
    assert view.hand.state.enabled == (0,), "the run by hand is where it was"


def test_at_instructions_it_says_whether_this_python_would_switch_there(
    qtbot: QtBot, view: ByHandView, tmp_path: Path
) -> None:
    begin(qtbot, view, tmp_path, RACE)
    until_two_are_started(qtbot, view)
    QTest.mouseClick(view.grains.buttons()[2], Qt.MouseButton.LeftButton)
    assert view.grain is Grain.INSTRUCTION
    seen: set[bool | None] = set()
    while 1 in view.hand.state.enabled:
        press(view, 1)
        settle(qtbot, view)
        thread = view.hand.state.thread(1)
        if 1 in view.hand.state.enabled:
            seen.add(thread.by_itself)
            text = view.cards[1].next.text()
            assert ("does not switch here" in text) == (thread.by_itself is False)
            assert ("may switch here" in text) == (thread.by_itself is True)
    assert False in seen, "between reading and writing no CPython from 3.10 on switches"
