"""The window as a whole, with real programs run in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QListView,
    QScrollArea,
    QScrollBar,
    QSplitter,
    QStackedWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.model import Deadlock, DeadlockLink, EndKind, State, TrackKind
from engine.recording import load, save
from engine.scenarios import catalogue
from engine.scenarios.lesson import LESSON
from gui.document import Document, Origin, Phase
from gui.files import dropped
from gui.lesson.choices import CLASS
from gui.main_window import MainWindow
from gui.panels.scenario_list import ALL_TAB, LESSON_TAB, ScenarioList
from gui.settings import Settings
from gui.theme import Theme
from tests.helpers.build_session import example
from tests.helpers.synthetic_store import StoreBuilder, contended

LONG_MS = 120_000


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sessions of the tests stay apart from anybody's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def write(folder: Path, text: str, name: str = "program.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def run(qtbot: QtBot, window: MainWindow, script: Path) -> Document:
    """Runs a script to its end."""
    window.open_path(script)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=LONG_MS)
    return window.document


# --- before anything runs ------------------------------------------------------------------------


def test_an_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert window.stack.currentWidget() is window.welcome
    assert "Nothing recorded" in window.status.text()
    for name in ("run", "stop", "save", "close_recording", "back", "undo", "copy_figures"):
        assert not window.actions_[name].isEnabled(), name


def test_choosing_a_scenario_shows_question_and_program(window: MainWindow) -> None:
    window.list.choose("threads_cpu_bound")
    assert window.stack.currentWidget() is window.page
    assert window.actions_["run"].isEnabled()
    assert "def count" in window.side.code.view.toPlainText()
    window.page.form._controls["threads"].setValue(4)  # type: ignore[attr-defined]
    assert "THREADS = 4" in window.side.code.view.toPlainText()


def test_every_key_is_used_once(window: MainWindow) -> None:
    from gui.actions import COMMANDS

    keys = [key for command in COMMANDS for key in command.keys]
    assert len(set(keys)) == len(keys)
    texts = window.actions_.texts()
    assert set(texts) == {command.name for command in COMMANDS}
    assert all(texts.values())


# --- running -----------------------------------------------------------------------------------


def test_a_script_runs_and_its_timeline_is_shown(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    script = write(
        tmp_path,
        "import threading, time, sys\n"
        "def work():\n"
        "    time.sleep(0.05)\n"
        "threads = [threading.Thread(target=work, name=f'w{i}') for i in range(3)]\n"
        "[t.start() for t in threads]\n"
        "[t.join() for t in threads]\n"
        "print('done')\n"
        "print('oops', file=sys.stderr)\n",
    )
    document = run(qtbot, window, script)
    names = [t.name for t in document.store.of_kind(TrackKind.THREAD)]
    assert names == ["MainThread", "w0", "w1", "w2"]
    assert document.store.of_kind(TrackKind.GIL)
    sleeper = document.store.of_kind(TrackKind.THREAD)[1]
    assert document.store.totals(sleeper.id)[State.SLEEP] >= 45_000_000
    for word in ("done", "oops"):
        qtbot.waitUntil(lambda word=word: word in window.side.output.view.toPlainText())  # type: ignore[misc]
    assert window.stack.currentWidget() is window.middle
    assert "none lost" in window.status.text()
    assert "4 threads" in window.status.text()
    assert "time.sleep" in window.side.code.view.toPlainText()
    assert window.top.title.full_text == "program.py"


def test_a_scenario_runs_with_its_parameters_and_tells_what_happened(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.list.choose("threads_five_workers")
    window.page.form._controls["workers"].setValue(3)  # type: ignore[attr-defined]
    key = next(iter(window.page.choices.rows))
    window.page.choices.rows[key].click()
    QTest.mouseClick(window.page.run_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=LONG_MS)
    assert len(window.document.store.of_kind(TrackKind.THREAD)) == 4
    qtbot.waitUntil(lambda: window.sentence.headline.text() == "What did you see?")
    window.actions_["lesson_on"].trigger()
    assert window.sentence.kicker.text()
    window.actions_["show_question"].trigger()
    assert window.stack.currentWidget() is window.page
    assert window.page.form.values()["workers"] == 3
    window.actions_["show_question"].trigger()
    assert window.stack.currentWidget() is window.middle


def test_on_a_projector_the_steps_of_the_lesson_leave_their_room_to_the_run(
    qtbot: QtBot, window: MainWindow
) -> None:
    strip = window.lesson.strip
    window.list.choose("threads_five_workers")
    QTest.mouseClick(window.page.recorded_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    qtbot.waitUntil(lambda: window.sentence.headline.text() == "What did you see?")
    assert strip.isVisible()
    window.actions_["projector"].trigger()
    assert not strip.isVisible()
    window.actions_["lesson_on"].trigger()
    qtbot.waitUntil(lambda: window.sentence.headline.text() != "What did you see?")
    assert not strip.isVisible()
    window.actions_["show_question"].trigger()
    assert strip.isVisible(), "a page has room for it"
    window.actions_["show_question"].trigger()
    window.actions_["projector"].trigger()
    assert strip.isVisible()


def test_a_lesson_from_its_question_to_what_comes_next(qtbot: QtBot, window: MainWindow) -> None:
    texts = window.book.texts("deadlock_two_locks")
    on, sentence = window.actions_["lesson_on"], window.sentence

    def quiet() -> bool:
        """Nothing of a run is to be seen, this one or another."""
        parts = (window.side.output, window.side.waits, window.timeline, window.player.bar, sentence)
        return not (any(p.isVisible() for p in parts) or window.status.label.text() or window.banners.banners)

    window.list.choose("threads_cpu_bound")
    QTest.mouseClick(window.page.recorded_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    window.list.choose("deadlock_two_locks")
    assert window.stack.currentWidget() is window.page
    assert quiet(), "the earlier run is put away"
    window.page.choices.tabs.setCurrentIndex(CLASS)
    for key in (Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_2):
        QTest.keyClick(window.page, key)
    on.trigger()
    rows = window.page.choices.rows.values()
    assert [row.result for row in rows][:2] == ["2", "1"]
    assert quiet()
    on.trigger()  # no run: the recorded one is shown
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.middle, timeout=LONG_MS)
    assert window.document.origin.scenario == "deadlock_two_locks"
    assert sentence.headline.text() == "What did you see?"
    assert not any(card.isVisible() for card in sentence.cards)
    on.trigger()
    assert "of 3 voted for it" in sentence.kicker.text()
    qtbot.waitUntil(lambda: any(card.isVisible() for card in sentence.cards))
    on.trigger()
    assert window.page.question.text() == texts.change
    assert quiet()
    changed = window.page.form.values()
    assert changed != window.book.scenario("deadlock_two_locks").checked({})
    on.trigger()  # not asked
    assert sentence.headline.text() == texts.try_next
    assert texts.where in sentence.detail.text()
    assert window.page.form.values() != changed, "put back"
    on.trigger()
    assert window.list.chosen == "coroutine_blocking", "the next one of the lesson"
    assert quiet()


def test_the_recorded_run_of_a_scenario_is_shown_without_running_anything(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.list.choose("deadlock_two_locks")
    key = next(iter(window.page.choices.rows))
    window.page.choices.rows[key].click()
    assert window.page.recorded_button.isVisibleTo(window.page)
    QTest.mouseClick(window.page.recorded_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    assert window.document.origin.scenario == "deadlock_two_locks"
    assert window.document.store.deadlocks
    qtbot.waitUntil(lambda: bool(window.sentence.headline.text()), timeout=LONG_MS)
    assert window.settings.recent == []  # it is ours, not a file of theirs


def test_a_program_that_never_ends_is_stopped(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    script = write(tmp_path, "import time\nprint('up', flush=True)\nwhile True:\n    time.sleep(0.01)\n")
    window.open_path(script)
    window.actions_["run"].trigger()
    assert not window.actions_["run"].isEnabled()
    qtbot.waitUntil(lambda: "up" in window.side.output.view.toPlainText(), timeout=LONG_MS)
    assert window.document.phase is Phase.RUNNING
    assert window.timeline.viewport.following
    window.actions_["stop"].trigger()
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=LONG_MS)
    process = window.document.store.of_kind(TrackKind.PROCESS)[0]
    assert process.end.kind is EndKind.KILLED
    assert "SIGTERM" in process.end.detail
    assert not window.timeline.viewport.following


def test_arguments_reach_the_script(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    script = write(tmp_path, "import sys\nprint(sys.argv[1:])\n")
    window.open_path(script)
    window.script_page.arguments.setText('one "two words')
    assert not window.script_page.run_button.isEnabled()
    window.actions_["run"].trigger()
    assert window.document.phase is Phase.EMPTY
    window.script_page.arguments.setText('one "two words"')
    QTest.keyClick(window.script_page.arguments, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=LONG_MS)
    qtbot.waitUntil(lambda: "['one', 'two words']" in window.side.output.view.toPlainText())


def test_input_reaches_the_program(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    script = write(tmp_path, "name = input('name? ')\nage = input('age? ')\nprint('hello', name, age)\n")
    window.open_path(script)
    window.actions_["run"].trigger()
    output = window.side.output
    for prompt, answer in (("name?", "Ada"), ("age?", "36")):
        qtbot.waitUntil(lambda p=prompt: p in output.view.toPlainText(), timeout=LONG_MS)  # type: ignore[misc]
        qtbot.waitUntil(output.input.isVisible)
        QTest.keyClicks(output.input, answer)
        QTest.keyClick(output.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=LONG_MS)
    lines = ["name? ", "age? ", "hello Ada 36"]
    qtbot.waitUntil(lambda: output.view.toPlainText().splitlines() == lines, timeout=LONG_MS)
    assert not output.input.isVisible()
    # Opened again the prompts stand on lines of their own, too, though no line break was written.
    saved = tmp_path / "asked.lockstep"
    folder = window.document.origin.session_folder
    assert folder is not None
    save(folder, saved)
    window.files.saved = True
    window.open_path(saved)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    qtbot.waitUntil(lambda: output.view.toPlainText().splitlines() == lines, timeout=LONG_MS)


def test_an_exception_is_seen_on_track_and_output(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    script = write(
        tmp_path,
        "import threading\n"
        "def bad():\n    raise ValueError('no')\n"
        "t = threading.Thread(target=bad, name='bad')\nt.start()\nt.join()\n",
    )
    document = run(qtbot, window, script)
    track = next(t for t in document.tracks.values() if t.name == "bad")
    assert track.end.kind is EndKind.FAILED
    assert "ValueError" in window.timeline.headers.subtitle(track)
    qtbot.waitUntil(lambda: "ValueError: no" in window.side.output.view.toPlainText())


def test_closing_the_window_stops_the_program(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, own_state_folder: Path
) -> None:
    script = write(tmp_path, "import time\nprint('up', flush=True)\ntime.sleep(600)\n")
    window.open_path(script)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: "up" in window.side.output.view.toPlainText(), timeout=LONG_MS)
    window.files.saved = True
    window.close()
    assert not window.control.bridge.busy
    assert not list((own_state_folder / "lockstep" / "sessions").glob("*"))


def test_a_second_run_takes_the_place_of_the_first(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    run(qtbot, window, write(tmp_path, "print('first')\n", "first.py"))
    window.files.saved = True
    run(qtbot, window, write(tmp_path, "print('second')\n", "second.py"))
    qtbot.waitUntil(lambda: "second" in window.side.output.view.toPlainText())
    assert "first" not in window.side.output.view.toPlainText()
    assert len(window.control._sessions) == 1


# --- errors are sentences ----------------------------------------------------------------------


def test_a_missing_script_is_said(window: MainWindow, tmp_path: Path) -> None:
    window.open_path(tmp_path / "nothing.py")
    assert "nothing.py is not there" in window.banners.banners[0].text
    window.open_path(tmp_path)
    assert "is a folder" in window.banners.banners[0].text


def test_a_foreign_file_is_said_and_what_was_shown_stays(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.document.show(contended(), Origin("shown"), Phase.LOADED)
    path = tmp_path / "foreign.lockstep"
    path.write_bytes(b"this is no recording at all, is it? " * 10)
    window.open_path(path)
    qtbot.waitUntil(lambda: bool(window.banners.banners))
    assert "not a Lockstep recording" in window.banners.banners[0].text
    assert window.document.origin.title == "shown"


def test_something_that_is_no_interpreter_is_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.choice.add_interpreter("/bin/true")
    window.open_path(write(tmp_path, "print(1)\n"))
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: any(b.key == "error" for b in window.banners.banners), timeout=LONG_MS)
    assert "not a Python interpreter" in window.banners.banners[-1].text
    assert window.document.phase is Phase.EMPTY
    assert window.actions_["run"].isEnabled()


# --- files -------------------------------------------------------------------------------------


def test_a_run_is_saved_and_opened_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = run(qtbot, window, write(tmp_path, "import time\ntime.sleep(0.02)\nprint('kept')\n"))
    tracks = [(t.name, t.kind) for t in document.tracks.values()]
    target = tmp_path / "run"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), ""))
    window.actions_["save"].trigger()
    saved = tmp_path / "run.lockstep"
    qtbot.waitUntil(lambda: any(b.key == "saved" for b in window.banners.banners), timeout=LONG_MS)
    assert saved.is_file()
    window.actions_["close_recording"].trigger()
    assert window.document.phase is Phase.EMPTY
    window.open_path(saved)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    assert [(t.name, t.kind) for t in window.document.tracks.values()] == tracks
    qtbot.waitUntil(lambda: "kept" in window.side.output.view.toPlainText())
    assert "time.sleep(0.02)" in window.side.code.view.toPlainText()
    assert window.settings.recent[0] == saved
    window.menus.fill_recent()
    assert window.menus.recent.actions()[0].text() == "run.lockstep"


def test_a_recording_that_was_cut_off_says_so(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(qtbot, window, write(tmp_path, "import time\nfor _ in range(50): time.sleep(0.001)\n"))
    whole = tmp_path / "whole.lockstep"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(whole), ""))
    window.actions_["save"].trigger()
    qtbot.waitUntil(whole.is_file, timeout=LONG_MS)
    cut = tmp_path / "cut.lockstep"
    cut.write_bytes(whole.read_bytes()[:-60])
    window.files.saved = True
    window.open_path(cut)
    qtbot.waitUntil(lambda: any(b.key == "truncated" for b in window.banners.banners), timeout=LONG_MS)
    assert "cut off" in window.status.text()


def test_a_window_closed_while_it_saves_closes_when_that_is_done(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(qtbot, window, write(tmp_path, "print('kept')\n"))
    target = tmp_path / "run.lockstep"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), ""))
    window.actions_["save"].trigger()
    assert window.control.saving
    assert not window.close(), "and nothing is asked: it is being saved"
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG_MS)
    assert not load(target).truncated


def test_dropping_a_script_or_a_recording_opens_it(window: MainWindow, tmp_path: Path) -> None:
    script = write(tmp_path, "print(1)\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(script))])
    window.dropEvent(
        QDropEvent(
            QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    assert window.choice.script == script.resolve()
    assert window.stack.currentWidget() is window.script_page
    assert window.script_page.title.text() == "program.py"
    assert "print(1)" in window.side.code.view.toPlainText()
    other = QMimeData()
    other.setUrls([QUrl.fromLocalFile(str(tmp_path / "picture.png"))])
    assert dropped(other) is None


# --- looks and memory --------------------------------------------------------------------------


def test_language_changes_while_it_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.list.choose("threads_cpu_bound")

    def texts() -> list[str]:
        return [
            window.list.search.placeholderText(),
            window.page.title.text(),
            window.actions_["run"].text(),
            window.status.text(),
            window.side.tabs.tabText(0),
            window.top.title.full_text,
        ]

    english = texts()
    window.actions_["chinese"].trigger()
    qtbot.waitUntil(lambda: all(a != b for a, b in zip(english, texts(), strict=True)))
    assert window.settings.language == "zh_CN"
    assert window.list.chosen == "threads_cpu_bound"
    window.actions_["english"].trigger()
    qtbot.waitUntil(lambda: texts() == english)


def test_theme_and_size_of_text_are_chosen_and_remembered(window: MainWindow, theme: Theme) -> None:
    window.document.show(contended(), Origin("x"), Phase.LOADED)
    window.show_timeline()
    light = window.grab().toImage()
    window.actions_["theme_dark"].trigger()
    assert theme.palette.dark
    assert window.grab().toImage() != light
    assert window.settings.theme == "dark"
    before = theme.px(100)
    window.actions_["larger"].trigger()
    assert theme.px(100) > before
    assert window.settings.zoom == pytest.approx(1.1)
    window.actions_["ordinary_size"].trigger()
    assert theme.px(100) == before


def test_the_projector_is_large_and_comes_back(window: MainWindow, theme: Theme) -> None:
    window.document.show(contended(), Origin("x"), Phase.LOADED)
    window.show_timeline()
    before = theme.px(100)
    window.actions_["projector"].trigger()
    assert theme.palette.name == "projector"
    assert theme.px(100) > before
    assert not window.list.isVisible()
    assert not window.side.output.isVisible()
    window.actions_["projector"].trigger()
    assert theme.palette.name == "light"
    assert theme.px(100) == before
    assert window.list.isVisible()


def test_the_list_opens_on_the_lesson_and_remembers_the_whole_catalogue(
    qtbot: QtBot, window: MainWindow, theme: Theme, settings: Settings
) -> None:
    assert window.list.visible_ids() == [step.scenario for step in LESSON]
    window.list.tabs.setCurrentIndex(ALL_TAB)
    assert window.list.visible_ids()[: len(catalogue())] == [each.id for each in catalogue()]
    again = ScenarioList(theme)
    qtbot.addWidget(again)
    again.set_entries(window.book.entries(), LESSON)
    again.show_all(settings.shown("all_scenarios"))
    assert again.all_shown
    window.list.tabs.setCurrentIndex(LESSON_TAB)
    assert not settings.shown("all_scenarios")


def test_a_copy_of_a_scenario_is_edited_and_run(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.editing.folder = tmp_path / "Lockstep"
    window.list.choose("thread_create_join")
    window.page.edit_button.click()
    (editor,) = window.editing.windows
    assert editor.field.text == window.book.scenario("thread_create_join").source(window.page.form.values())
    editor.field.moveCursor(QTextCursor.MoveOperation.End)
    editor.field.insertPlainText("print('it is the copy')\n")
    editor.run_button.click()
    qtbot.waitUntil(lambda: window.document.phase is Phase.ENDED, timeout=60_000)
    copy = tmp_path / "Lockstep" / "thread_create_join.py"
    assert window.document.origin.script == str(copy)
    assert window.list.chosen == ""
    qtbot.waitUntil(lambda: "it is the copy" in window.side.output.view.toPlainText(), timeout=60_000)
    assert window.script_page.edit_button.text() == "Edit"  # it is theirs already
    window.files.saved = True
    assert window.close()
    assert window.editing.windows == []


def test_sizes_are_remembered(window: MainWindow, settings: Settings) -> None:
    window.columns.setSizes([300, 500, 311])
    window.columns.splitterMoved.emit(300, 1)  # what a drag of a handle says
    state = window.columns.saveState()
    window.close()
    assert settings.state("columns") == state
    for name in ("window", "middle", "side"):
        assert settings.state(name) is not None


def test_sentence_and_picture_can_be_copied(qtbot: QtBot, window: MainWindow) -> None:
    window.document.show(contended(), Origin("x"), Phase.LOADED)
    window.show_timeline()
    qtbot.waitUntil(lambda: window.sentence.cards[0].isVisible())
    window.actions_["copy_figures"].trigger()
    assert "GIL" in QApplication.clipboard().text()
    window.actions_["copy_picture"].trigger()
    assert not QApplication.clipboard().image().isNull()


def test_the_sheet_of_keys_lists_every_command_with_keys(qtbot: QtBot, window: MainWindow) -> None:
    from PySide6.QtWidgets import QLabel

    from gui.actions import COMMANDS
    from gui.dialogs.keys import KeySheet

    sheet = KeySheet(window.theme, window.actions_, window)
    qtbot.addWidget(sheet)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    for command in COMMANDS:
        if command.keys:
            assert window.actions_[command.name].text() in shown


def test_single_letters_act_only_in_the_timeline(qtbot: QtBot, window: MainWindow) -> None:
    window.document.show(contended(), Origin("x"), Phase.LOADED)
    window.show_timeline()
    window.activateWindow()
    shown = window.timeline.viewport.transform
    window.list.search.setFocus()
    QTest.keyClicks(window.list.search, "wsad.,f")
    assert window.list.search.text() == "wsad.,f"
    assert window.timeline.viewport.transform == shown
    window.list.search.clear()
    window.timeline.canvas.setFocus()
    QTest.keyClick(window.timeline.canvas, Qt.Key.Key_W)
    assert window.timeline.viewport.transform.length_ns < shown.length_ns


def test_widgets_have_names_for_screen_readers(window: MainWindow) -> None:
    """Everything that the keyboard or a click can reach says what it is."""
    window.document.show(contended(), Origin("x"), Phase.LOADED)
    window.show_timeline()
    seen, silent = 0, []
    for widget in window.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or isinstance(widget.parent(), QAbstractSpinBox)
        if inner or widget.focusPolicy() is Qt.FocusPolicy.NoFocus:
            continue
        if isinstance(widget, (QScrollArea, QScrollBar, QSplitter, QStackedWidget)):
            continue
        popup = isinstance(widget, QListView) and not isinstance(widget.parent(), QComboBox)
        if popup or (isinstance(widget, QLabel) and not widget.text()):
            continue
        text = widget.text() if isinstance(widget, (QAbstractButton, QLabel)) else ""
        spoken = widget.accessibleName() or text
        if not any(letter.isalnum() for letter in spoken):
            silent.append(
                f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"
            )
        seen += 1
    assert not silent
    assert seen > 30


def test_run_stays_where_it_is_whatever_the_title(window: MainWindow) -> None:
    places = set()
    for title in ("x", "A question that is longer than there is room for in the bar at the top"):
        window.document.show(contended(), Origin(title), Phase.LOADED)
        QApplication.processEvents()
        places.add(window.top.run_button.x())
    assert len(places) == 1


def test_a_deadlock_that_was_closed_by_hand_is_not_announced_again(window: MainWindow) -> None:
    builder = StoreBuilder()
    process = builder.process()
    one, two = builder.thread("a", process, 1), builder.thread("b", process, 2)
    first, second = builder.lock("x", process)[1], builder.lock("y", process)[1]
    builder.span(one, 0, 9, State.WAIT_LOCK, object=second, owner=two)
    builder.span(two, 0, 9, State.WAIT_LOCK, object=first, owner=one)
    store = builder.store()
    links = (
        DeadlockLink(one, second, two, builder.at(0), -1),
        DeadlockLink(two, first, one, builder.at(0), -1),
    )
    store.deadlocks.append(Deadlock(builder.at(1), links))
    window.document.show(store, Origin("x"), Phase.RUNNING)
    window.document.note_growth(False)
    assert [b.key for b in window.banners.banners] == ["deadlock"]
    assert window.banners.banners[0]._brief == "Deadlock: a → y → b → x → a"
    window.banners.banners[0].close_button.click()
    window.document.note_growth(False)
    assert window.banners.banners == []
    window.document.set_phase(Phase.ENDED)


def test_a_recording_of_another_program_ends_what_was_chosen(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = example(tmp_path / "session")
    told = json.loads((session.folder / "session.json").read_text())
    (session.folder / "session.json").write_text(json.dumps({**told, "script": "own.py", "scenario": ""}))
    other = save(session.folder, tmp_path / "own.lockstep").path
    window.list.choose("threads_cpu_bound")
    QTest.mouseClick(window.page.recorded_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    assert window.lesson.strip.isVisible()
    window.open_path(other)
    qtbot.waitUntil(lambda: window.document.origin.path == other, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not window.lesson.strip.isVisible(), timeout=LONG_MS)
    assert window.list.chosen == ""
    assert not window.actions_["run"].isEnabled()
