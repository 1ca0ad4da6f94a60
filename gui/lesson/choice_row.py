"""One answer to a question, to be clicked: its digit, its words, and the votes it got.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QIntValidator,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from gui.lesson.ballot import MOST_VOTES, Ballot
from gui.theme import Theme

LETTERS = 1.08


class VoteField(QLineEdit):
    """How many of a class chose this, typed by the teacher: nobody can read it.

    ``typed`` (votes) when a number stands there."""

    typed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setValidator(QIntValidator(0, MOST_VOTES, self))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.textEdited.connect(self._on_edited)
        self.editingFinished.connect(self.clear)

    def _on_edited(self, text: str) -> None:
        if text.isdecimal():
            self.typed.emit(int(text))


class ChoiceRow(QAbstractButton):
    """``clicked`` as every button; ``typed`` (votes) in its field."""

    typed = Signal(int)

    def __init__(self, theme: Theme, number: int, choice: str, ballot: Ballot, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.number = number
        self.choice = choice
        self._ballot = ballot
        self._right = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.field = VoteField(self)
        self.field.typed.connect(self.typed)
        self.refresh()

    def refresh(self) -> None:
        """The votes have changed, or the looks."""
        ballot = self._ballot
        counting = ballot.of_class and ballot.open
        self.field.setVisible(counting)
        self.field.setFont(self._theme.font())
        self.field.setPlaceholderText("••" if counting and ballot.votes(self.choice) else "")
        self.field.setAccessibleName(self.tr("Votes for answer {number}").format(number=self.number))
        if not counting:
            self.field.clear()
        # What one person chose is seen; how many of a class did is not, while the vote is open.
        self.setChecked(not ballot.of_class and ballot.votes(self.choice) > 0)
        self.setEnabled(ballot.open)
        self.setAccessibleDescription("" if ballot.open else self._result())
        self._place_field()
        self.updateGeometry()
        self.update()

    def show_right(self, right: bool) -> None:
        """Whether the run showed this one to be right."""
        if right != self._right:
            self._right = right
            self.setAccessibleDescription(self._result())
            self.update()

    def nextCheckState(self) -> None:
        """The ballot decides what is chosen."""

    @property
    def result(self) -> str:
        """What stands behind the words: the votes once they may be seen, a tick at the right answer."""
        return self._result()

    def _result(self) -> str:
        ballot = self._ballot
        counted = ballot.of_class and not ballot.open and ballot.total
        votes = str(ballot.votes(self.choice)) if counted else ""
        return "  ".join(part for part in ("✓" if self._right else "", votes) if part)

    # --- room ---------------------------------------------------------------------------------

    @property
    def _font(self) -> QFont:
        weight = QFont.Weight.DemiBold if self.isChecked() or self._right else QFont.Weight.Normal
        return self._theme.font(LETTERS, weight)

    def _text_rect(self, width: int) -> QRect:
        px = self._theme.px
        left = px(12) + self._badge_px + px(10)
        return QRect(left, px(8), max(px(80), width - left - px(12) - self._result_px), 10_000)

    @property
    def _badge_px(self) -> int:
        return round(QFontMetrics(self._theme.font(LETTERS)).height() * 1.25)

    @property
    def _result_px(self) -> int:
        """Kept free behind the words, always as much: they must not move when the votes are shown."""
        return QFontMetrics(self._theme.font(LETTERS, QFont.Weight.DemiBold)).horizontalAdvance("✓  9999")

    def heightForWidth(self, width: int) -> int:
        metrics = QFontMetrics(self._theme.font(LETTERS, QFont.Weight.DemiBold))
        words = metrics.boundingRect(
            self._text_rect(width), int(Qt.TextFlag.TextWordWrap), self.text()
        ).height()
        return max(words, self._badge_px) + self._theme.px(16)

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        width = self._theme.px(400)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._badge_px + self._theme.px(16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_field()

    def _place_field(self) -> None:
        px = self._theme.px
        width, height = self._result_px, self.field.sizeHint().height()
        self.field.setGeometry(self.width() - width - px(8), (self.height() - height) // 2, width, height)

    # --- looks --------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange:
            self.update()
        super().changeEvent(event)

    def enterEvent(self, event: QEvent) -> None:
        self.update()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, palette, px = self._theme, self._theme.palette, self._theme.px
        chosen = self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        round_px = px(6)
        marked = self.hasFocus() or self._right or (self.underMouse() and self.isEnabled())
        edge = palette.accent if marked else palette.edge if self.isEnabled() else palette.line
        painter.setBrush(QColor(palette.selection if chosen else palette.surface))
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() or self._right else 1))
        painter.drawRoundedRect(area, round_px, round_px)
        ink = palette.selection_text if chosen else palette.text
        badge = self._badge_px
        circle = QRectF(px(12), (self.height() - badge) / 2, badge, badge)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent if chosen else palette.line))
        painter.drawEllipse(circle)
        painter.setFont(theme.font(1.0, QFont.Weight.DemiBold))
        painter.setPen(QColor(palette.on_accent if chosen else palette.text))
        painter.drawText(circle, int(Qt.AlignmentFlag.AlignCenter), str(self.number))
        painter.setFont(self._font)
        painter.setPen(QColor(ink))
        words = self._text_rect(self.width())
        words.setTop(0)
        words.setHeight(self.height())
        flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(words, flags, self.text())
        if self.result:
            self._paint_result(painter, ink)
        painter.end()

    def _paint_result(self, painter: QPainter, ink: str) -> None:
        theme, palette, px = self._theme, self._theme.palette, self._theme.px
        painter.setFont(theme.font(LETTERS, QFont.Weight.DemiBold))
        painter.setPen(QColor(ink))
        place = self.rect().adjusted(0, 0, -px(14), 0)
        painter.drawText(
            place, int(Qt.AlignmentFlag.AlignRight) | int(Qt.AlignmentFlag.AlignVCenter), self.result
        )
        share = self._ballot.share(self.choice) if self._ballot.of_class else 0.0
        if share:
            left = px(12) + self._badge_px + px(10)
            room = self.width() - left - px(14)
            painter.setPen(QPen(QColor(palette.accent), px(3), c=Qt.PenCapStyle.RoundCap))
            y = self.height() - px(4)
            painter.drawLine(QPointF(left, y), QPointF(left + room * share, y))
