"""What a projector needs besides a look of its own: the way onto it and back, a ring around the
pointer, a screen that goes black, and the keys of a presenter's remote.

A remote is a keyboard with few keys: Page Up and Page Down (the player's), B or the full stop for a
black screen, F5 to begin (which runs what is chosen), Escape to end.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAction, QCursor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from gui.theme import Theme, color

#: The ring's diameter, as a share of the screen's height.
HALO_SHARE = 1 / 11
#: How often the pointer is looked for: widgets without mouse tracking tell nobody where it is.
HALO_MS = 16


class Halo(QWidget):
    """A ring around the pointer, over everything else; it takes no events itself."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look = QTimer(self)
        self._look.setInterval(HALO_MS)
        self._look.timeout.connect(lambda: self.follow(QCursor.pos()))
        self.hide()

    def begin(self, screen_height_px: int) -> None:
        size = round(screen_height_px * HALO_SHARE)
        self.resize(size, size)
        self._look.start()

    def end(self) -> None:
        self._look.stop()
        self.hide()

    def follow(self, where: QPoint) -> None:
        """Puts the ring around a point of the screen, or away where that is not in the window."""
        window = self.window()
        point = window.mapFromGlobal(where)
        covered = any(isinstance(each, Blank) and each.isVisible() for each in window.children())
        if covered or not window.isActiveWindow() or not window.rect().contains(point):
            self.hide()
            return
        middle = QPoint(self.width() // 2, self.height() // 2)
        if self.pos() != point - middle:
            self.move(point - middle)
        if self.isHidden():
            self.show()
            self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._theme.palette
        wide = max(3.0, self.width() / 18)
        area = self.rect().toRectF().adjusted(wide, wide, -wide, -wide)
        painter.setBrush(color(palette.accent, 28))
        for ink, width in ((palette.window, wide), (palette.accent, wide * 0.6)):
            painter.setPen(QPen(color(ink), width))
            painter.drawEllipse(area)
            painter.setBrush(Qt.BrushStyle.NoBrush)


class Blank(QWidget):
    """A black screen: the room looks at whoever speaks.  Any key or click brings the picture back."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._before: QWidget | None = None
        self.retranslate()
        self.hide()

    def cover(self) -> None:
        self._before = QApplication.focusWidget()
        self.setGeometry(self.window().rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def uncover(self) -> None:
        if self.isHidden():
            return
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("The screen is black; any key brings the picture back"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no command acts where nobody sees what it does
            return True
        return super().event(event)

    def keyPressEvent(self, _event: QKeyEvent) -> None:
        self.uncover()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.uncover()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), Qt.GlobalColor.black)


class Projector(QObject):
    """While it is on: ring, black screen, and keys that mean something else elsewhere.

    ``blank``, ``leave`` and ``next_span`` are commands: on a projector the full stop, which elsewhere
    goes to the next span, blanks the screen, as remotes send it for that.
    """

    def __init__(
        self, theme: Theme, window: QWidget, blank: QAction, leave: QAction, next_span: QAction
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self.halo = Halo(theme, window)
        self.blank = Blank(window)
        self._blank_action, self._leave_action, self._next_span = blank, leave, next_span
        self._keys = blank.shortcuts(), next_span.shortcuts()
        blank.triggered.connect(self.blank_screen)
        self._set_keys(False)

    def set_on(self, on: bool) -> None:
        """Onto the projector, or back: palette and sizes, ring and keys."""
        height = self._window.screen().size().height()
        self._theme.set_projector(on, height)
        self._set_keys(on)
        if on:
            self.halo.begin(height)
        else:
            self.halo.end()
            self.blank.uncover()

    def _set_keys(self, on: bool) -> None:
        blank_keys, span_keys = self._keys
        stop = [key for key in span_keys if key == QKeySequence(Qt.Key.Key_Period)]
        self._next_span.setShortcuts([key for key in span_keys if not on or key not in stop])
        self._blank_action.setShortcuts([*blank_keys, *(stop if on else [])])
        self._blank_action.setEnabled(on)
        self._leave_action.setEnabled(on)

    def blank_screen(self) -> None:
        self.halo.hide()
        self.blank.cover()

    def fit(self) -> None:
        """The window has another size."""
        if not self.blank.isHidden():
            self.blank.setGeometry(QRect(QPoint(), self._window.size()))
