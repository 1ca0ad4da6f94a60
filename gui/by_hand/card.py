"""A thread, or a ready task, as a card: its digit, what it would do next, what it has loaded.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from gui.theme import BODY, SMALL, TITLE, Theme


class Digit(QWidget):
    """The badge: the key that lets it go."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._on = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_digit(self, text: str, on: bool) -> None:
        self._text, self._on = text, on
        self.update()

    def sizeHint(self) -> QSize:
        side = self._theme.px(30)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._theme.palette
        painter.setPen(QColor(palette.accent if self._on else palette.edge))
        painter.setBrush(QColor(palette.accent if self._on else palette.surface))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setPen(QColor(palette.on_accent if self._on else palette.soft_text))
        painter.setFont(self._theme.font(TITLE * 0.9, QFont.Weight.Bold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class HandCard(QFrame):
    """``chosen``: clicked, or Return or Space while it has the focus; ``vote_changed``."""

    chosen = Signal()
    vote_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("HandCard")
        self._theme = theme
        self._enabled = False
        self.digit = Digit(theme, self)
        self.name = QLabel(self)
        self.state = QLabel(self)
        self.state.setObjectName("Soft")
        self.next = QLabel(self)
        self.next.setWordWrap(True)
        self.loaded = QLabel(self)
        self.votes = QSpinBox(self)
        self.votes.setRange(0, 999)
        self.votes.valueChanged.connect(lambda _: self.vote_changed.emit())
        self.votes.hide()
        top = QHBoxLayout()
        top.addWidget(self.digit)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.state)
        top.addLayout(names, 1)
        top.addWidget(self.votes)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.next)
        layout.addWidget(self.loaded)
        layout.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.dress)
        self.dress()

    @property
    def possible(self) -> bool:
        return self._enabled

    def show_texts(
        self, digit: str, name: str, state: str, doing: str, loaded: str, possible: bool, tip: str
    ) -> None:
        self._enabled = possible
        self.digit.show_digit(digit, possible)
        self.name.setText(name)
        self.state.setText(state)
        self.next.setText(doing)
        self.loaded.setText(loaded)
        self.loaded.setVisible(bool(loaded))
        self.setToolTip(tip)
        self.setAccessibleName(f"{digit} {name}, {state}, {doing} {loaded}".strip())
        self.setCursor(Qt.CursorShape.PointingHandCursor if possible else Qt.CursorShape.ArrowCursor)
        self.dress()

    def dress(self) -> None:
        theme = self._theme
        p, px = theme.palette, theme.px
        edge = p.accent if self._enabled else p.line
        self.setStyleSheet(
            f"QFrame#HandCard {{ background: {p.surface}; border: {2 if self._enabled else 1}px solid {edge};"
            f" border-radius: {px(7)}px; }}"
            f"QFrame#HandCard:hover {{ background: {p.selection if self._enabled else p.surface}; }}"
            f"QFrame#HandCard:focus {{ border: 3px solid {p.text}; }}"
            "QFrame#HandCard QLabel { background: transparent; }"
        )
        self.name.setFont(theme.font(TITLE * 0.9, QFont.Weight.DemiBold))
        self.state.setFont(theme.font(SMALL))
        self.next.setFont(theme.code_font(BODY))
        self.loaded.setFont(theme.code_font(BODY * 1.1, QFont.Weight.Bold))
        self.votes.setFont(theme.font(TITLE * 0.9, QFont.Weight.Bold))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
            return
        super().keyPressEvent(event)
