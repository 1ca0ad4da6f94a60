"""Editing a copy of a program: the text, the file, the errors, the asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gui.editor import copies
from gui.editor.editing import Editing
from gui.editor.field import CodeField
from gui.editor.problems import problem_of
from gui.editor.window import EditorWindow
from gui.theme import Theme

CODE = "import threading\n\n\ndef work():\n    pass\n"


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[EditorWindow]:
    editor = EditorWindow(theme, tmp_path / "Lockstep", "work", CODE)
    editor.show()
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow, timeout=60_000)
    yield editor
    editor.field.document().setModified(False)
    editor.close()
    editor.deleteLater()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Presses the button of that text when a question comes up; gives the questions."""

    def press(text: str) -> list[str]:
        asked: list[str] = []

        def answered(box: QMessageBox) -> int:
            asked.append(box.text())
            button = next(b for b in box.buttons() if b.text() == text)
            monkeypatch.setattr(QMessageBox, "clickedButton", lambda _box: button)
            return 0

        monkeypatch.setattr(QMessageBox, "exec", answered)
        return asked

    return press


def test_the_window_fits_on_the_screen_at_any_size_of_text(
    qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    theme.set_zoom(2.0)
    editor = EditorWindow(theme, tmp_path, "work", CODE)
    qtbot.addWidget(editor)
    editor.show()
    qtbot.waitExposed(editor)
    room = editor.screen().availableSize()
    assert editor.height() <= room.height()
    assert editor.width() <= room.width()


# --- the text ---------------------------------------------------------------------------------


def test_return_keeps_the_indentation_and_goes_in_behind_a_colon(editor: EditorWindow) -> None:
    field = editor.field
    field.begin("if True:")
    field.moveCursor(field.textCursor().MoveOperation.End)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "a = 1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "b")
    assert field.text == "if True:\n    a = 1\n    b"


def test_tab_goes_in_and_shift_tab_out_and_both_are_undone(editor: EditorWindow) -> None:
    field = editor.field
    field.begin("a\n\nb\n")
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.text == "    a\n\n    b\n"
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Backtab)
    assert field.text == "a\n\nb\n"
    editor.undo_button.click()
    assert field.text == "    a\n\n    b\n"
    editor.undo_button.click()
    assert field.text == "a\n\nb\n"
    assert not editor.undo_button.isEnabled()
    assert not editor.unsaved
    editor.redo_button.click()
    assert editor.unsaved


def colours(field: CodeField, line: int) -> list[tuple[int, int, str]]:
    layout = field.document().findBlockByNumber(line - 1).layout()
    return [(f.start, f.length, f.format.foreground().color().name()) for f in layout.formats()]


def test_what_is_typed_is_coloured_as_if_it_had_been_there(
    editor: EditorWindow, qtbot: QtBot, theme: Theme
) -> None:
    field = editor.field
    QTest.keyClicks(field, '"""')  # makes a string of all that follows
    QTest.keyClick(field, Qt.Key.Key_Return)
    fresh = CodeField(theme)
    qtbot.addWidget(fresh)
    fresh.begin(field.text)
    for line in range(1, field.blockCount() + 1):
        assert colours(field, line) == colours(fresh, line)
    assert colours(field, 2)


# --- errors -------------------------------------------------------------------------------------


def test_a_syntax_error_is_found_at_its_line() -> None:
    assert problem_of(CODE) is None
    found = problem_of("a = 1\nif a\n    pass\n")
    assert found is not None
    assert found.line == 2
    assert problem_of("a = '\0'") is not None


def test_an_error_is_marked_and_told_and_goes_when_mended(qtbot: QtBot, editor: EditorWindow) -> None:
    QTest.keyClicks(editor.field, "if :")
    qtbot.waitUntil(lambda: editor.field.error_line == 1, timeout=60_000)
    assert editor.told.text().startswith("Line 1: Python ")
    editor.grab()
    with qtbot.assertNotEmitted(editor.run_wanted):
        editor.run_button.click()  # goes to the error first
    assert not editor.place.text().endswith(".py")
    editor.field.undo()
    qtbot.waitUntil(lambda: editor.field.error_line == 0, timeout=60_000)
    assert editor.told.isHidden()


def test_what_only_another_python_can_read_runs_when_asked_twice(qtbot: QtBot, editor: EditorWindow) -> None:
    QTest.keyClicks(editor.field, "if :")
    editor.run()
    with qtbot.waitSignal(editor.run_wanted) as wanted:
        editor.run()
    assert wanted.args == [editor.path]


# --- the file -------------------------------------------------------------------------------------


def test_saving_makes_a_new_file_and_writes_over_no_other(editor: EditorWindow, tmp_path: Path) -> None:
    folder = tmp_path / "Lockstep"
    folder.mkdir()
    (folder / "work.py").write_text("mine")
    QTest.keyClicks(editor.field, "x = 1")
    QTest.keyClick(editor.field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert editor.path == folder / "work-2.py"
    assert (folder / "work.py").read_text() == "mine"
    assert (folder / "work-2.py").read_text() == "x = 1" + CODE
    assert not editor.unsaved
    QTest.keyClicks(editor.field, "y")
    assert editor.windowTitle().startswith("*")
    assert editor.save()
    assert editor.path == folder / "work-2.py"
    assert (folder / "work-2.py").read_text() == "x = 1y" + CODE


def test_a_file_changed_by_another_program_is_asked_for(
    editor: EditorWindow, answer: Callable[[str], list[str]]
) -> None:
    assert editor.save()
    assert editor.path is not None
    editor.path.write_text("from elsewhere")
    QTest.keyClicks(editor.field, "x")
    asked = answer("Cancel")
    assert not editor.save()
    assert len(asked) == 1
    assert editor.path.read_text() == "from elsewhere"
    answer("Write over it")
    assert editor.save()
    assert editor.path.read_text() == "x" + CODE


def test_what_cannot_be_saved_is_said_and_kept(editor: EditorWindow, tmp_path: Path) -> None:
    (tmp_path / "Lockstep").write_text("a file where the folder would be")
    QTest.keyClicks(editor.field, "x")
    assert not editor.save()
    assert "could not be saved" in editor.told.text()
    assert editor.unsaved
    assert editor.path is None


def test_closing_asks_for_changes(editor: EditorWindow, answer: Callable[[str], list[str]]) -> None:
    QTest.keyClicks(editor.field, "x")
    answer("Cancel")
    assert not editor.close()
    assert editor.isVisible()
    asked = answer("Save")
    assert editor.close()
    assert asked == ["The changes of work.py are not saved."]
    assert editor.path is not None
    assert editor.path.read_text() == "x" + CODE


def test_what_a_file_is_written_in_stays(tmp_path: Path) -> None:
    path = tmp_path / "old.py"
    code = "# -*- coding: latin-1 -*-\r\nname = 'é'\r\n".encode("latin-1")
    path.write_bytes(code)
    read, text = copies.read(path)
    assert read == code
    assert text == "# -*- coding: latin-1 -*-\nname = 'é'\n"
    assert copies.encoded(text) == code.replace(b"\r", b"")
    with pytest.raises(UnicodeEncodeError):
        copies.encoded(text + "# 锁")


# --- several --------------------------------------------------------------------------------------


@pytest.fixture
def editing(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Editing]:
    parent = QObject()
    editing = Editing(theme, parent, tmp_path / "Lockstep")
    yield editing
    for window in editing.windows:
        window.field.document().setModified(False)
    editing.close()


def test_a_copy_is_edited_in_its_place_and_another_script_as_a_copy(editing: Editing, tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(CODE)
    editing.edit_script(script)
    editing.edit_script(script)  # untouched: the same window
    (editor,) = editing.windows
    assert editor.save()
    copy = editor.path
    assert copy == tmp_path / "Lockstep" / "mine.py"
    assert editor.close()
    assert editing.windows == []
    editing.edit_script(copy)
    (editor,) = editing.windows
    assert editor.path == copy
    assert editing.close()


def test_a_file_that_cannot_be_read_is_an_error(qtbot: QtBot, editing: Editing, tmp_path: Path) -> None:
    with qtbot.waitSignal(editing.failed) as failed:
        editing.edit_script(tmp_path / "gone.py")
    assert failed.args is not None
    assert failed.args[0].code == "script_unreadable"


def test_all_stay_open_while_one_is_to_be_kept(editing: Editing, answer: Callable[[str], list[str]]) -> None:
    editing.edit_copy("a", CODE)
    editing.windows[0].field.insertPlainText("x")
    answer("Cancel")
    assert not editing.close()
    answer("Let them go")
    assert editing.close()
    assert editing.windows == []
