"""Looking for words in a recording."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.model import MarkKind, State
from engine.recording import Note
from gui.document import Origin, Phase
from gui.main_window import MainWindow
from gui.search import MOST, HitKind, find, first_use
from tests.gui.test_main_window import own_state_folder
from tests.helpers.synthetic_store import MS, START_NS, StoreBuilder

__all__ = ["own_state_folder"]

SOURCES = {
    "/home/ada/bank.py": "import threading\n\ndef transfer(account):\n    with account.lock:\n        pass\n"
}
NOTE = Note(START_NS + 7 * MS, 0, "the transfer begins")


def bank() -> StoreBuilder:
    builder = StoreBuilder()
    process = builder.process("bank.py")
    builder.location("/home/ada/bank.py", 4, "transfer")
    teller = builder.thread("teller", process, 1)
    queue = builder.object("Queue", "orders")
    builder.span(teller, 0, 5, State.RUNNING)
    builder.span(teller, 5, 9, State.WAIT, object=queue)
    builder.span(teller, 9, 20, State.RUNNING, location=0)
    builder.mark(teller, 12, MarkKind.EXCEPTION, "TransferError: no")
    return builder


def test_everything_that_has_a_name_is_found() -> None:
    store = bank().store()
    kinds = {words: [hit.kind for hit in find(words, store, SOURCES, [NOTE])[0]] for words in (
        "teller", "ORDERS", "transfer", "uncaught", "thread tell", "nothing like it", "  ",
    )}  # fmt: skip
    assert kinds == {
        "teller": [HitKind.TRACK],
        "ORDERS": [HitKind.OBJECT],
        "transfer": [HitKind.NOTE, HitKind.SOURCE, HitKind.MARK],
        "uncaught": [HitKind.MARK],
        "thread tell": [HitKind.TRACK],
        "nothing like it": [],
        "  ": [],
    }


def test_a_line_of_the_program_is_named() -> None:
    (hit,) = find("with account", bank().store(), SOURCES, [])[0]
    assert (hit.text, hit.where, hit.file, hit.line) == (
        "with account.lock:", "bank.py:4", "/home/ada/bank.py", 4,
    )  # fmt: skip


def test_what_is_found_too_often_is_cut_and_said() -> None:
    hits, complete = find("x", bank().store(), {"a.py": "x = 1\n" * (MOST + 5)}, [])
    assert len(hits) == MOST
    assert not complete


def test_the_first_use_of_an_object() -> None:
    builder = bank()
    assert first_use(builder.store(), 0) == (1, builder.at(5))
    assert first_use(builder.store(), 99) is None


def test_keys_go_through_what_is_found(qtbot: QtBot, window: MainWindow) -> None:
    builder = bank()
    origin = Origin("bank", script="/home/ada/bank.py", sources=SOURCES)
    window.document.show(builder.store(), origin, Phase.LOADED, [NOTE])
    window.show_timeline()
    window.actions_["search"].trigger()
    panel = window.drawer.search
    assert panel.isVisible()
    QTest.keyClicks(panel.field, "transfer")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert panel.count.text() == "3"
    assert window.document.cursor_ns == NOTE.time_ns
    window.actions_["find_next"].trigger()
    window.actions_["find_next"].trigger()
    assert window.document.cursor_ns == builder.at(12)
    window.actions_["find_previous"].trigger()
    assert window.side.code.file == "/home/ada/bank.py"
    panel.field.setText("orders")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert window.document.selection is not None
    assert window.document.selection.start_ns == builder.at(5)
    panel.field.setText("nowhere to be found")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert panel.count.text() == "0"
    assert "Nothing" in panel.table.empty_text
