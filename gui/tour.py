"""A walk of five steps round the window: what is where, and what it says.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.theme import SMALL, Theme

STEPS = 5
_WIDTH = 380
_GAP = 12


def _app() -> QCoreApplication:
    app = QApplication.instance()
    assert app is not None
    return app


class TourCard(QFrame):
    """The card with a step's words; ``next_wanted``, ``back_wanted``, ``skipped``."""

    next_wanted = Signal()
    back_wanted = Signal()
    skipped = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Banner")
        self.setProperty("kind", "notice")
        self.setAutoFillBackground(True)
        px = theme.px
        self.counter = QLabel(self)
        self.counter.setFont(theme.font(SMALL))
        self.title = QLabel(self)
        self.title.setFont(theme.font(1.2, QFont.Weight.DemiBold))
        self.text = QLabel(self)
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.skip = QPushButton(self)
        self.skip.setObjectName("Link")
        self.back = QPushButton(self)
        self.next = QPushButton(self)
        self.next.setObjectName("Primary")
        self.skip.clicked.connect(self.skipped)
        self.back.clicked.connect(self.back_wanted)
        self.next.clicked.connect(self.next_wanted)
        buttons = QHBoxLayout()
        buttons.addWidget(self.skip)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(12), px(16), px(12))
        layout.setSpacing(px(8))
        for widget in (self.counter, self.title, self.text):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.setFixedWidth(px(_WIDTH))

    def fit(self) -> None:
        """As high as its texts are at its width: a label alone asks for too little."""
        layout = self.layout()
        assert layout is not None
        margins = layout.contentsMargins()
        width = self.width() - margins.left() - margins.right()
        for label in (self.title, self.text):
            label.setMinimumHeight(label.heightForWidth(width))
        layout.invalidate()
        layout.activate()
        self.resize(self.width(), layout.minimumSize().height())


class Tour(QWidget):
    """Lies over the whole window: dims it but for what the step is about.  Escape skips, arrows and
    Enter go on and back.  ``ended`` when it is over or was skipped."""

    ended = Signal()

    def __init__(self, theme: Theme, targets: list[QWidget], window: QWidget) -> None:
        """``targets``: for each step the widget it is about."""
        super().__init__(window)
        assert len(targets) == STEPS
        self._theme = theme
        self._targets = targets
        self._window = window
        self.step = 0
        self.card = TourCard(theme, self)
        self.card.next_wanted.connect(self.forward)
        self.card.back_wanted.connect(self.backward)
        self.card.skipped.connect(self.end)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._focus_before = window.focusWidget()
        _app().installEventFilter(self)
        self.setGeometry(window.rect())
        self.retranslate()
        self.show()
        self.raise_()
        self.card.next.setFocus()

    # --- steps ----------------------------------------------------------------------------

    def forward(self) -> None:
        if self.step + 1 == STEPS:
            self.end()
            return
        self.step += 1
        self.retranslate()

    def backward(self) -> None:
        self.step = max(0, self.step - 1)
        self.retranslate()

    def end(self) -> None:
        _app().removeEventFilter(self)
        self.hide()
        if self._focus_before is not None:
            self._focus_before.setFocus()
        self.ended.emit()
        self.deleteLater()

    def texts(self) -> list[tuple[str, str]]:
        """Title and text of every step."""
        return [
            (
                self.tr("Scenarios"),
                self.tr(
                    "Small real programs, each with a question. Guess first, then run. "
                    "Your own scripts can be dropped anywhere on the window."
                ),
            ),
            (
                self.tr("The timeline"),
                self.tr(
                    "A row for the GIL, then one for every thread, process and task. Tall and plain: it "
                    "runs. Half as tall and hatched: it waits. Turn the wheel to zoom, drag to move."
                ),
            ),
            (
                self.tr("What happens here"),
                self.tr(
                    "Click anywhere in the timeline: this sentence says what happens at that moment, "
                    "and the figures belong to it."
                ),
            ),
            (
                self.tr("The code"),
                self.tr(
                    "The program that runs, with the line every thread is on; below it who waits for "
                    "whom, and what the program prints. Click a line to see when it ran."
                ),
            ),
            (
                self.tr("Your turn"),
                self.tr(
                    "Run starts what is chosen, on the Python named beside it. Everything happens on "
                    "this computer, nothing goes online. ? shows all keys."
                ),
            ),
        ]

    def retranslate(self) -> None:
        card = self.card
        title, text = self.texts()[self.step]
        card.counter.setText(self.tr("{step} of {steps}").format(step=self.step + 1, steps=STEPS))
        card.title.setText(title)
        card.text.setText(text)
        card.skip.setText(self.tr("Skip"))
        card.back.setText(self.tr("Back"))
        last = self.step + 1 == STEPS
        card.next.setText(self.tr("Start") if last else self.tr("Next"))
        card.back.setVisible(self.step > 0)
        card.skip.setVisible(not last)
        self._place()

    # --- place and looks ------------------------------------------------------------------

    def lit(self) -> QRect:
        """The part of the window this step is about; empty when it is not shown."""
        target = self._targets[self.step]
        if not target.isVisible():
            return QRect()
        corner = target.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, target.size()).intersected(self.rect())

    def _place(self) -> None:
        """Beside what it is about, where there is room; never outside the window."""
        gap, lit = self._theme.px(_GAP), self.lit()
        self.card.fit()
        width, height = self.card.width(), self.card.height()
        if lit.isEmpty():
            place = self.rect().center() - QPoint(width // 2, height // 2)
        elif lit.right() + gap + width <= self.width():
            place = QPoint(lit.right() + gap, lit.top() + gap)
        elif lit.left() - gap - width >= 0:
            place = QPoint(lit.left() - gap - width, lit.top() + gap)
        elif lit.top() - gap - height >= 0:
            place = QPoint(lit.center().x() - width // 2, lit.top() - gap - height)
        else:
            place = QPoint(lit.center().x() - width // 2, lit.bottom() + gap)
        x = min(max(gap, place.x()), max(gap, self.width() - width - gap))
        y = min(max(gap, place.y()), max(gap, self.height() - height - gap))
        self.card.move(x, y)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        lit = self.lit()
        shade = QColor(0, 0, 0, 110)
        whole = self.rect()
        painter.fillRect(QRect(0, 0, whole.width(), lit.top()), shade)
        painter.fillRect(QRect(0, lit.bottom() + 1, whole.width(), whole.height() - lit.bottom() - 1), shade)
        painter.fillRect(QRect(0, lit.top(), lit.left(), lit.height()), shade)
        right = lit.right() + 1
        painter.fillRect(QRect(right, lit.top(), whole.width() - right, lit.height()), shade)
        painter.setPen(QPen(QColor(self._theme.palette.accent), 2))
        painter.drawRect(lit.adjusted(1, 1, -2, -2))
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._place()
        elif isinstance(watched, QWidget) and watched.window() is self._window:
            # The window's own keys rest meanwhile: arrows would step, letters zoom.
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._on_key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _on_key(self, key: Qt.Key) -> bool:
        """Whether the key is dealt with; Tab and Space do what they always do."""
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if key == Qt.Key.Key_Escape or (enter and self.card.skip.hasFocus()):
            self.end()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self.backward()
        elif enter or key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown):
            self.forward()
        else:
            return key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Space)
        return True

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
