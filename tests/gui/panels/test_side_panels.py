"""The code with its marks, the wait-for graph and the inspector."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engine.agent.layout import Wait
from engine.model import ArrowKind, SpanFlag, State, TrackKind
from engine.moment import moment_at
from engine.store import Store
from gui.panels.code import CodePanel
from gui.panels.code_marks import marks_in
from gui.panels.graph_layout import lay_out
from gui.panels.inspector import Inspector
from gui.panels.syntax import coloured_runs
from gui.panels.wait_graph import WaitGraph
from gui.sentences import object_name
from gui.theme import Theme
from tests.helpers.synthetic_store import StoreBuilder

SOURCE = '"""Doc\nof two lines."""\nimport threading\n\ndef count(n):\n    while n > 0:\n        n -= 1\n'


class Bank:
    """Two threads in a deadlock, a third that runs; the GIL is the third's."""

    def __init__(self) -> None:
        b = self.builder = StoreBuilder()
        self.process = b.process()
        self.gil = b.track(TrackKind.GIL, "GIL", parent=self.process)
        self.one, self.two, self.three = (b.thread(f"worker-{i}", self.process, i) for i in (1, 2, 3))
        (first_track, self.first), (second_track, self.second) = (
            b.lock("savings", self.process),
            b.lock("checking", self.process),
        )
        here, there = b.location("bank.py", 6, "count"), b.location("bank.py", 7, "count")
        b.span(self.gil, 0, 500, State.OWNED, owner=self.three)
        b.span(first_track, 0, 500, State.OWNED, owner=self.one, depth=1)
        b.span(second_track, 0, 500, State.OWNED, owner=self.two, depth=1)
        lock = {"reason": int(Wait.LOCK), "location": here}
        b.span(self.one, 0, 500, State.WAIT_LOCK, object=self.second, owner=self.two, **lock)
        b.span(self.two, 0, 500, State.WAIT_LOCK, object=self.first, owner=self.one, **lock)
        b.span(self.three, 0, 500, State.RUNNING, location=there, flags=int(SpanFlag.AFTER_LINE))
        b.arrow(ArrowKind.RELEASE, self.two, 499, self.one, 500)
        self.store: Store = b.store()
        self.moment = moment_at(self.store, b.at(100))


@pytest.fixture
def bank() -> Bank:
    return Bank()


# --- code -----------------------------------------------------------------------------------


def test_marks_say_who_is_on_a_line_and_whether_that_is_exact(bank: Bank) -> None:
    waiting, running = marks_in(bank.store, bank.moment, "bank.py")
    assert (waiting.line, waiting.state, waiting.groups) == (
        6,
        State.WAIT_LOCK,
        ((State.WAIT_LOCK, True, ("1", "2")),),
    )
    assert (running.line, running.groups) == (7, ((State.RUNNING, False, ("3",)),))
    assert marks_in(bank.store, bank.moment, "other.py") == []


def test_the_panel_shows_the_file_somebody_is_in(qtbot: QtBot, theme: Theme, bank: Bank) -> None:
    panel = CodePanel(theme)
    qtbot.addWidget(panel)
    panel.set_store(bank.store)
    panel.set_sources({"other.py": "pass\n", "bank.py": SOURCE})
    panel.set_moment(bank.moment)
    assert panel.file == "bank.py"
    assert panel.view.toPlainText() == SOURCE
    texts = {line: panel.mark_text(mark) for line, mark in panel.view.marks.items()}
    assert texts == {6: "1, 2 wait", 7: "3 runs, after line 7"}
    block = panel.view.document().findBlockByNumber(6)
    middle = panel.view.blockBoundingGeometry(block).center().y()
    assert panel.view.tip_at(middle) == "3 runs, after line 7"  # where a narrow panel shortens it


def test_the_line_that_runs_is_scrolled_into_view(qtbot: QtBot, theme: Theme) -> None:
    builder = StoreBuilder()
    process = builder.process()
    runs, waits = builder.thread("worker", process, 1), builder.thread("other", process, 2)
    builder.span(runs, 0, 9, State.RUNNING, location=builder.location("long.py", 180))
    builder.span(waits, 0, 9, State.SLEEP, location=builder.location("long.py", 3))
    store = builder.store()
    panel = CodePanel(theme)
    qtbot.addWidget(panel)
    panel.resize(420, 300)
    panel.show()
    panel.set_store(store)
    panel.set_sources({"long.py": "value = 1\n" * 200})
    panel.set_moment(moment_at(store, builder.at(5)))
    view = panel.view
    lines = {view.line_at(y) for y in range(view.viewport().height())}
    assert 180 in lines


def test_a_file_that_a_person_chose_stays(qtbot: QtBot, theme: Theme, bank: Bank) -> None:
    panel = CodePanel(theme)
    qtbot.addWidget(panel)
    panel.set_store(bank.store)
    panel.set_sources({"other.py": "pass\n", "bank.py": SOURCE})
    panel._files.setCurrentIndex(panel._files.findData("other.py"))
    panel._files.activated.emit(panel._files.currentIndex())
    panel.set_moment(bank.moment)
    assert panel.file == "other.py"


def test_a_click_on_a_line_tells_which(qtbot: QtBot, theme: Theme, bank: Bank) -> None:
    panel = CodePanel(theme)
    qtbot.addWidget(panel)
    panel.resize(420, 300)
    panel.show()
    panel.set_sources({"bank.py": SOURCE})
    panel.set_file("bank.py")
    view = panel.view
    y = next(y for y in range(view.viewport().height()) if view.line_at(y) == 5)
    with qtbot.waitSignal(panel.line_clicked) as clicked:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, y + 2))
    assert clicked.args == ["bank.py", 5]


def test_a_source_that_cannot_be_read_is_passed_over(qtbot: QtBot, theme: Theme, bank: Bank) -> None:
    panel = CodePanel(theme)
    qtbot.addWidget(panel)
    panel.set_store(bank.store)
    asked: list[str] = []

    def nothing(path: str) -> None:
        asked.append(path)

    panel.set_source_loader(nothing)
    panel.set_moment(bank.moment)
    panel.set_moment(bank.moment)
    assert panel.file == ""
    assert asked == ["bank.py"]  # once


def test_colours_go_on_over_several_lines() -> None:
    lines = coloured_runs(SOURCE)
    assert [run[2] for run in lines[0]] == ["comment"]
    assert [run[2] for run in lines[1]] == ["comment"]
    assert lines[2][0] == (0, 6, "keyword")
    assert [role for _, _, role in lines[4]] == ["keyword", "name_text"]
    wide = coloured_runs("x = '\U0001f600'  # \U0001f600\n")
    (string, comment) = wide[0][0], wide[0][-1]
    assert (string[0], comment[0]) == (4, 10)  # in UTF-16 units, as Qt counts


# --- graph ----------------------------------------------------------------------------------


def test_a_deadlock_is_a_circle_that_is_lit(bank: Bank) -> None:
    layout = lay_out(bank.moment, {})
    keys = {node.key for node in layout.nodes}
    assert keys == {("track", bank.one), ("track", bank.two), ("object", bank.first), ("object", bank.second)}
    assert all(node.in_cycle for node in layout.nodes)
    assert len(layout.lines) == 4
    assert all(line.in_cycle for line in layout.lines)
    assert sorted(line.dashed for line in layout.lines) == [False, False, True, True]


def test_the_graph_stays_where_it_is_while_the_cursor_moves(bank: Bank) -> None:
    first = lay_out(moment_at(bank.store, bank.builder.at(100)), {})
    second = lay_out(moment_at(bank.store, bank.builder.at(300)), {})
    assert first == second


def test_no_two_nodes_stand_in_one_place() -> None:
    builder = StoreBuilder()
    process = builder.process()
    threads = [builder.thread(f"t{i}", process, i + 1) for i in range(12)]
    for i, thread in enumerate(threads):
        _, lock = builder.lock(f"lock{i}", process)
        owner = threads[(i + 5) % 12]
        builder.span(thread, 0, 9, State.WAIT_LOCK, object=lock, owner=owner)
    layout = lay_out(moment_at(builder.store(), builder.at(5)), {})
    for column in (0, 1, 2):
        rows = sorted(node.row for node in layout.nodes if node.column == column)
        assert all(b - a >= 0.99 for a, b in itertools.pairwise(rows))
    assert any(node.key == ("more", 6) for node in layout.nodes)


def test_no_line_runs_through_a_node(qtbot: QtBot, theme: Theme) -> None:
    """A thread that joins the owner of a lock for which others wait: its line passes the lock."""
    builder = StoreBuilder()
    process = builder.process()
    main, one, two, three = (
        builder.thread(n, process, i) for i, n in enumerate(("MainThread", "a", "b", "c"))
    )
    _, lock = builder.lock("total_lock", process)
    _, other = builder.lock("x", process)
    joined = builder.object("Thread", "a", one)
    builder.span(main, 0, 9, State.WAIT, object=joined, owner=one)
    builder.span(one, 0, 9, State.SLEEP)
    builder.span(two, 0, 9, State.WAIT_LOCK, object=lock, owner=one)
    builder.span(three, 0, 9, State.WAIT_LOCK, object=other, owner=two)
    graph = WaitGraph(theme)
    qtbot.addWidget(graph)
    graph.set_store(builder.store())
    graph.resize(300, 120)
    graph.set_moment(moment_at(builder.store(), builder.at(5)))
    layout = graph.layout_shown
    assert any(line.via is not None for line in layout.lines)
    for line in layout.lines:
        path, _ = graph.path_of(line)
        for number, box in enumerate(graph._boxes):
            if number not in (line.start, line.end):
                inside = box.adjusted(1, 1, -1, -1)
                points = [path.pointAtPercent(step / 200) for step in range(201)]
                assert not any(inside.contains(point) for point in points), (line, layout.nodes[number])


def test_a_click_on_a_node_leads_to_its_track(qtbot: QtBot, theme: Theme, bank: Bank) -> None:
    graph = WaitGraph(theme)
    qtbot.addWidget(graph)
    graph.set_store(bank.store)
    graph.resize(360, 200)
    graph.show()
    graph.set_moment(bank.moment)
    place = next(
        box.center()
        for node, box in zip(graph.layout_shown.nodes, graph._boxes, strict=True)
        if node.key == ("track", bank.two)
    )
    with qtbot.waitSignal(graph.track_clicked) as clicked:
        QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert clicked.args == [bank.two]
    assert "worker-1 waits for checking, which worker-2 has" in graph.accessibleDescription()
    graph.set_moment(None)
    assert graph.layout_shown.nodes == ()


def test_whoever_waits_for_a_core_is_after_a_line_not_on_it(qtbot: QtBot, theme: Theme) -> None:
    b = StoreBuilder()
    one = b.thread("worker-1", b.process(), 1)
    b.span(one, 0, 100, State.RUNNING, location=b.location("bank.py", 6, "count"))
    b.span(one, 100, 200, State.WAIT_CPU)
    store = b.store()
    panel = CodePanel(theme)
    qtbot.addWidget(panel)
    panel.set_store(store)
    panel.set_sources({"bank.py": SOURCE})
    panel.set_moment(moment_at(store, b.at(150)))
    assert panel.mark_text(panel.view.marks[6]) == "1 waits, after line 6"


# --- inspector ------------------------------------------------------------------------------


def test_the_inspector_explains_a_wait_and_leads_on(qtbot: QtBot, theme: Theme, bank: Bank) -> None:
    inspector = Inspector(theme)
    qtbot.addWidget(inspector)
    inspector.set_store(bank.store, bank.store.start_ns)
    inspector.show_span(bank.one, 0)
    text = inspector.as_text()
    assert text.startswith("worker-1 · ")
    for part in ("checking", "worker-2", "bank.py:6", "Released by", "The circle is closed"):
        assert part in text
    assert "Waits for: worker-2\nwhich has checking: " in text
    # its line of the chain comes after who had it then and who released it
    link = [b for b in inspector.findChildren(QPushButton) if b.text() == "worker-2"][-1]
    with qtbot.waitSignal(inspector.span_clicked) as clicked:
        link.click()
    assert clicked.args == [bank.two, 0]
    place = next(b for b in inspector.findChildren(QPushButton) if b.text() == "bank.py:6")
    with qtbot.waitSignal(inspector.line_clicked) as clicked:
        place.click()
    assert clicked.args == ["bank.py", 6]


def test_the_inspector_leads_to_the_root_of_a_chain(qtbot: QtBot, theme: Theme) -> None:
    b = StoreBuilder()
    process = b.process()
    gil = b.track(TrackKind.GIL, "GIL", parent=process)
    one, two, three = (b.thread(f"worker-{i}", process, i) for i in (1, 2, 3))
    track, lock = b.lock("savings", process)
    b.span(gil, 0, 500, State.OWNED, owner=three)
    b.span(track, 0, 500, State.OWNED, owner=two, depth=1)
    b.span(one, 0, 500, State.WAIT_LOCK, object=lock, owner=two, reason=int(Wait.LOCK))
    b.span(two, 0, 500, State.WAIT_GIL)
    b.span(three, 0, 500, State.RUNNING)
    inspector = Inspector(theme)
    qtbot.addWidget(inspector)
    inspector.set_store(b.store())
    inspector.show_span(one, 0)
    inspector.show_span(two, 0)
    assert "What for: GIL" in inspector.as_text()
    inspector.show_span(one, 0)
    button = next(b for b in inspector.findChildren(QPushButton) if "root" in b.text())
    assert button.text() == "Go to the root: worker-3"
    with qtbot.waitSignal(inspector.span_clicked) as clicked:
        button.click()
    assert clicked.args == [three, 0]


def test_a_lock_without_a_name_is_told_as_such() -> None:
    builder = StoreBuilder()
    process = builder.process()
    track, lock = builder.lock("", process)
    assert builder.store().tracks[track].name == ""
    assert object_name(builder.store(), lock) == "a Lock without a name"


def test_what_the_inspector_says_has_the_room_not_its_headings(
    qtbot: QtBot, theme: Theme, bank: Bank
) -> None:
    inspector = Inspector(theme)
    qtbot.addWidget(inspector)
    inspector.resize(420, 320)
    inspector.set_store(bank.store, bank.store.start_ns)
    inspector.show_span(bank.one, 0)
    inspector.show()
    qtbot.waitExposed(inspector)
    headings = [label for label in inspector.findChildren(QLabel) if label.text() == "Length"]
    assert headings[0].width() < inspector.width() / 3


def test_the_inspector_forgets_a_span_that_is_gone(qtbot: QtBot, theme: Theme, bank: Bank) -> None:
    inspector = Inspector(theme)
    qtbot.addWidget(inspector)
    inspector.set_store(bank.store)
    inspector.show_span(bank.one, 12)
    assert inspector.shown is None
    assert inspector.as_text() == ""
