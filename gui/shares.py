"""How the window's room is shared out among its columns and rows.  GUI thread only.

As long as nobody moved a handle the columns keep their proportions as the window grows; on a
projector they have others, and what a person had chosen comes back after it.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QTimer
from PySide6.QtWidgets import QSplitter

from gui.settings import Settings
from gui.theme import Theme

#: Of the window's width, where that is more than the panels need.
LIST_SHARE, SIDE_SHARE = 0.135, 0.235
PROJECTOR_SIDE_SHARE = 0.36
#: Of the middle's height, once it is opened: tables of figures.
DRAWER_SHARE = 0.28
#: On a projector, of the right side's height: the program.
PROJECTOR_CODE_SHARE = 0.66


class Shares(QObject):
    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        columns: QSplitter,
        middle: QSplitter,
        side: QSplitter,
    ) -> None:
        """``columns``: list, middle, right side; ``middle``: timeline, sentence, drawer; ``side``: program,
        relations, output."""
        super().__init__(columns)
        self._theme = theme
        self._settings = settings
        self._columns, self._middle, self._side = columns, middle, side
        self._by_hand = False
        self._before: list[QByteArray] | None = None
        columns.splitterMoved.connect(self._on_moved)
        # Once more when the parts have got the sizes of a window that has just filled the screen.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._share_projector)

    @property
    def _splitters(self) -> tuple[QSplitter, ...]:
        return self._columns, self._middle, self._side

    def restore(self) -> None:
        """As they were left, or as they are at first."""
        px = self._theme.px
        for splitter, sizes in zip(
            self._splitters,
            ([px(208), px(700), px(300)], [px(420), px(190), 0], [px(320), px(160), px(170)]),
            strict=True,
        ):
            state = self._settings.state(splitter.objectName())
            if state is None or not splitter.restoreState(state):
                splitter.setSizes(sizes)
            elif splitter is self._columns:
                self._by_hand = True

    def open_drawer(self) -> None:
        """Room for the drawer below the sentence, at the timeline's cost, where it has too little."""
        sizes = self._middle.sizes()
        sentence = self._middle.widget(1)
        if len(sizes) < 3 or sentence is None:
            return
        wanted = max(self._theme.px(170), round(sum(sizes) * DRAWER_SHARE))
        least = sentence.minimumHeight()
        if sizes[2] < wanted or sizes[1] > least:
            self._middle.setSizes([max(1, sum(sizes) - wanted - least), least, max(sizes[2], wanted)])

    def keep(self) -> None:
        """For the next start; nothing while on a projector, which is nobody's choice.

        Columns that nobody moved are not kept: the next window may be wider or narrower.
        """
        if self._before is None:
            for splitter in self._splitters:
                if splitter is not self._columns or self._by_hand:
                    self._settings.set_state(splitter.objectName(), splitter.saveState())

    def fit(self, width_px: int) -> None:
        """The window has become so wide."""
        if self._before is not None:
            self._fit_projector(width_px)
        elif not self._by_hand:
            first = max(self._theme.px(208), round(width_px * LIST_SHARE))
            last = max(self._theme.px(300), round(width_px * SIDE_SHARE))
            self._columns.setSizes([first, max(1, width_px - first - last), last])

    def project(self, on: bool, width_px: int) -> None:
        """Onto a projector, or back."""
        if on and self._before is None:
            self._before = [splitter.saveState() for splitter in self._splitters]
            self._fit_projector(width_px)
        elif not on and self._before is not None:
            before, self._before = self._before, None
            for splitter, state in zip(self._splitters, before, strict=True):
                splitter.restoreState(state)

    def refit(self) -> None:
        """A part needs another height: on a projector what it leaves belongs to the lanes.  (A splitter
        by itself leaves a part its old room even where its largest height has become smaller.)"""
        if self._before is not None:
            self._again.start()

    def _fit_projector(self, width_px: int) -> None:
        last = round(width_px * PROJECTOR_SIDE_SHARE)
        self._columns.setSizes([0, width_px - last, last])
        self._share_projector()
        self._again.start()

    def _share_projector(self) -> None:
        if self._before is None:
            return
        self._middle.setSizes([10_000, 1])
        height = self._side.height()
        code = round(height * PROJECTOR_CODE_SHARE)
        self._side.setSizes([code, height - code, 0])

    def _on_moved(self) -> None:
        if self._before is None:
            self._by_hand = True
