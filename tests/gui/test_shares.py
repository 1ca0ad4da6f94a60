"""Columns keep their proportions until somebody moves a handle."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot

from gui.settings import Settings
from gui.shares import LIST_SHARE, SIDE_SHARE, Shares
from gui.theme import Theme


def splitter(name: str, direction: Qt.Orientation, parts: int) -> QSplitter:
    result = QSplitter(direction)
    result.setObjectName(name)
    for _ in range(parts):
        result.addWidget(QWidget())
    return result


@pytest.fixture
def splitters(qtbot: QtBot) -> tuple[QSplitter, QSplitter, QSplitter]:
    made = (
        splitter("columns", Qt.Orientation.Horizontal, 3),
        splitter("middle", Qt.Orientation.Vertical, 2),
        splitter("side", Qt.Orientation.Vertical, 3),
    )
    for one in made:
        qtbot.addWidget(one)
        one.resize(1000, 1000)
        one.show()
    return made


def test_wide_windows_give_their_panels_more(
    theme: Theme, settings: Settings, splitters: tuple[QSplitter, QSplitter, QSplitter]
) -> None:
    shares = Shares(theme, settings, *splitters)
    shares.restore()
    columns = splitters[0]
    found = {}
    for width in (1000, 2400):
        columns.resize(width, 500)
        shares.fit(width)
        found[width] = columns.sizes()
    assert found[1000][2] >= theme.px(300) - 2
    assert found[2400][2] > 1.7 * found[1000][2]
    assert found[2400][0] > found[1000][0]


def test_a_handle_moved_by_hand_stays(
    theme: Theme, settings: Settings, splitters: tuple[QSplitter, QSplitter, QSplitter]
) -> None:
    shares = Shares(theme, settings, *splitters)
    shares.restore()
    columns = splitters[0]
    columns.setSizes([300, 400, 300])
    columns.splitterMoved.emit(300, 1)
    before = columns.sizes()
    shares.fit(1000)
    assert columns.sizes() == before
    shares.keep()
    columns.setSizes([100, 800, 100])
    again = Shares(theme, settings, *splitters)
    again.restore()
    again.fit(1000)
    assert columns.sizes() == before


def test_columns_that_nobody_moved_still_grow_after_the_next_start(
    theme: Theme, settings: Settings, splitters: tuple[QSplitter, QSplitter, QSplitter]
) -> None:
    shares = Shares(theme, settings, *splitters)
    shares.restore()
    shares.keep()
    again = Shares(theme, settings, *splitters)
    again.restore()
    columns = splitters[0]
    columns.resize(2400, 500)
    again.fit(2400)
    shares_now = [size / 2400 for size in columns.sizes()]
    assert shares_now == pytest.approx([LIST_SHARE, 1 - LIST_SHARE - SIDE_SHARE, SIDE_SHARE], abs=0.005)


def test_a_projector_is_nobodys_choice(
    theme: Theme, settings: Settings, splitters: tuple[QSplitter, QSplitter, QSplitter]
) -> None:
    shares = Shares(theme, settings, *splitters)
    shares.restore()
    before = [one.sizes() for one in splitters]
    shares.project(True, 1000)
    assert [one.sizes() for one in splitters] != before
    shares.keep()
    assert settings.state("columns") is None
    shares.project(False, 1000)
    assert [one.sizes() for one in splitters] == before
