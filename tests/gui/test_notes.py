"""Notes: written in the timeline, undone, listed, kept with the recording."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.recording import Note, load
from engine.recording.notes import of_session
from engine.scenarios import recordings
from gui.document import Document, Origin, Phase
from gui.edits import Edits
from gui.main_window import MainWindow
from gui.notes import NoteBook
from gui.panels.drawer import NOTES
from gui.theme import Theme
from gui.timeline.view import TimelineView
from tests.gui.test_main_window import LONG_MS, own_state_folder, run, write
from tests.helpers.synthetic_store import MS, START_NS

__all__ = ["own_state_folder"]

A, B = Note(START_NS + 50 * MS, 0, "here"), Note(START_NS + 100 * MS, 20 * MS, "all wait")


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, recorded: Document) -> TimelineView:
    view = TimelineView(theme, recorded)
    qtbot.addWidget(view)
    view.resize(1000, 500)
    view.show()
    recorded.replaced.emit()
    return view


def notes_of(document: Document) -> list[Note]:
    return list(document.notes.notes)


# --- the book ------------------------------------------------------------------------------------


def test_edits_are_undone_and_redone(qtbot: QtBot) -> None:
    book = NoteBook()
    book.load([B])
    book.add(A)
    assert list(book.notes) == [A, B]
    before = book.unsaved
    assert before
    book.replace(A, Note(A.time_ns, 0, "there"))
    book.remove([B])
    assert [n.text for n in book.notes] == ["there"]
    book.undo_edit()
    book.undo_edit()
    book.undo_edit()
    assert list(book.notes) == [B]
    assert not book.unsaved
    book.redo_edit()
    assert list(book.notes) == [A, B]


def test_the_last_change_is_undone_first_whatever_it_was(view: TimelineView, recorded: Document) -> None:
    edits = Edits()
    edits.watch(view.viewport)
    edits.watch(recorded.notes)
    view.viewport.edit(lambda a: a.hidden.add(4))
    recorded.notes.add(A)
    view.viewport.edit(lambda a: a.hidden.add(5))
    edits.undo()
    assert view.viewport.arrangement.hidden == {4}
    edits.undo()
    assert notes_of(recorded) == []
    edits.redo()
    assert notes_of(recorded) == [A]
    edits.undo()
    edits.undo()
    assert view.viewport.arrangement.hidden == set()
    assert not edits.can_undo
    assert edits.can_redo


# --- in the timeline -------------------------------------------------------------------------------


def test_a_note_is_written_at_the_cursor(view: TimelineView, recorded: Document) -> None:
    assert not view.strip.isVisible()
    recorded.set_cursor(A.time_ns)
    view.notes.add()
    editor = view.notes.editor
    assert editor.isVisible()
    QTest.keyClicks(editor.field, "here")
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert notes_of(recorded) == [A]
    assert not editor.isVisible()
    assert view.strip.isVisible()


def test_a_note_is_written_over_a_range_and_left_by_escape(view: TimelineView, recorded: Document) -> None:
    recorded.set_range((B.time_ns, B.end_ns))
    view.notes.add()
    QTest.keyClicks(view.notes.editor.field, "nothing")
    QTest.keyClick(view.notes.editor.field, Qt.Key.Key_Escape)
    assert notes_of(recorded) == []
    view.notes.add()
    QTest.keyClicks(view.notes.editor.field, "all wait")
    QTest.keyClick(view.notes.editor.field, Qt.Key.Key_Return)
    assert notes_of(recorded) == [B]


def test_a_note_is_gone_to_edited_and_deleted(view: TimelineView, recorded: Document) -> None:
    recorded.notes.load([A, B])
    strip = view.strip
    note, box = strip.boxes()[1]
    assert note == B
    point = box.center().toPoint()
    assert strip.note_at(QPointF(point)) == B
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=point)
    assert recorded.cursor_ns == B.time_ns
    assert recorded.range == (B.time_ns, B.end_ns)
    QTest.mouseDClick(strip, Qt.MouseButton.LeftButton, pos=point)
    field = view.notes.editor.field
    assert field.text() == "all wait"
    field.setText("they wait")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [n.text for n in recorded.notes.notes] == ["here", "they wait"]
    view.notes.edit(recorded.notes.notes[0])
    view.notes.editor.remove_button.click()
    assert [n.text for n in recorded.notes.notes] == ["they wait"]
    assert "20\u00a0ms" in strip.tip(recorded.notes.notes[0])


def test_the_menu_of_the_lanes_writes_where_it_was_opened(view: TimelineView, recorded: Document) -> None:
    menu = view.build_menu(A.time_ns)
    menu.actions()[0].trigger()
    QTest.keyClick(view.notes.editor.field, Qt.Key.Key_Return)
    assert notes_of(recorded) == [Note(A.time_ns)]
    recorded.set_range((B.time_ns, B.end_ns))
    assert len(view.build_menu(A.time_ns).actions()) == 3


def test_notes_show_in_lanes_and_minimap(view: TimelineView, recorded: Document) -> None:
    before = view.minimap.grab().toImage()
    recorded.notes.load([B])
    assert view.minimap.grab().toImage() != before


# --- with the recording ------------------------------------------------------------------------------


def test_notes_are_kept_beside_a_run_and_saved_with_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = run(qtbot, window, write(tmp_path, "import time\ntime.sleep(0.02)\n"))
    folder = document.origin.session_folder
    assert folder is not None
    note = Note(document.store.start_ns + 1_000_000, 0, "it naps")
    document.notes.add(note)
    assert of_session(folder) == [note]
    target = tmp_path / "run.lockstep"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), ""))
    window.actions_["save"].trigger()
    qtbot.waitUntil(lambda: not document.notes.unsaved, timeout=LONG_MS)
    assert load(target).info.notes == [note]
    window.actions_["close_recording"].trigger()
    assert notes_of(window.document) == []
    window.open_path(target)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    assert notes_of(window.document) == [note]
    # Changed again, it is saved where it is, without a question.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: pytest.fail("asked"))
    window.document.notes.remove([note])
    window.actions_["undo"].trigger()
    assert not window.document.notes.unsaved
    window.actions_["redo"].trigger()
    window.actions_["save"].trigger()
    qtbot.waitUntil(lambda: not window.document.notes.unsaved, timeout=LONG_MS)
    assert load(target).info.notes == []


def test_a_recording_that_comes_with_lockstep_is_not_written_into(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "recordings" / "scenarios"
    folder.mkdir(parents=True)
    ours = folder / "rlock.lockstep"
    ours.write_bytes((recordings.FOLDER / "rlock.lockstep").read_bytes())
    before = ours.read_bytes()
    monkeypatch.setattr(recordings, "FOLDER", folder)
    target = tmp_path / "mine.lockstep"
    asked: list[str] = []

    def answer(*args: object) -> tuple[str, str]:
        asked.append(str(args[2]))
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    window.open_path(ours)
    qtbot.waitUntil(lambda: window.document.phase is Phase.LOADED, timeout=LONG_MS)
    window.document.notes.add(Note(window.document.store.start_ns + 1_000_000, 0, "look here"))
    window.actions_["save"].trigger()
    qtbot.waitUntil(lambda: not window.document.notes.unsaved, timeout=LONG_MS)
    assert ours.read_bytes() == before
    assert len(asked) == 1
    assert [note.text for note in load(target).info.notes] == ["look here"]
    window.document.notes.add(Note(window.document.store.start_ns + 2_000_000, 0, "and here"))
    window.actions_["save"].trigger()
    qtbot.waitUntil(lambda: not window.document.notes.unsaved, timeout=LONG_MS)
    assert len(asked) == 1, "from then on it is a person's own file"
    assert len(load(target).info.notes) == 2


def test_the_list_of_notes_edits_and_deletes(qtbot: QtBot, window: MainWindow) -> None:
    from tests.helpers.synthetic_store import contended

    window.document.show(contended(), Origin("x"), Phase.LOADED, [A, B])
    window.show_timeline()
    window.actions_["show_figures"].setChecked(True)
    window.drawer.open_tab(NOTES)
    table = window.drawer.notes
    assert [row.cells[2].text for row in table.content.rows] == ["here", "all wait"]
    place = table.visualRect(table.content.index(0, 2)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.document.cursor_ns == A.time_ns
    QTest.keyClick(table, Qt.Key.Key_F2)
    assert window.timeline.notes.editor.isVisible()
    QTest.keyClick(window.timeline.notes.editor.field, Qt.Key.Key_Escape)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert notes_of(window.document) == [B]
    window.actions_["undo"].trigger()
    assert notes_of(window.document) == [A, B]
    window.document.notes.mark_saved(window.document.notes.notes)
