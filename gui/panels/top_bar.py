"""The bar at the top: menu, what is shown, Run and Stop, the interpreter.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.theme import TITLE, Theme

#: Of the bar's width: the title.
TITLE_SHARE = 0.23
PROJECTOR_TITLE_SHARE = 0.5


class ActionButton(QPushButton):
    """A button that does what an action does, and is enabled when that is."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self._least_px = 0
        self.clicked.connect(action.trigger)
        action.changed.connect(self._sync)
        self._sync()

    def set_least_width(self, width_px: int) -> None:
        """Wider only where the text needs it.  (A minimum width would let it shrink below its text.)"""
        self._least_px = width_px
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return hint.expandedTo(QSize(self._least_px, hint.height()))

    def _sync(self) -> None:
        self.setText(self._action.iconText())
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())


class Title(QLabel):
    """One line, shortened with dots where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Title")
        self._full = ""
        self._wide = 200
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """The same for every title: the buttons behind it must not move."""
        return QSize(self._wide, super().sizeHint().height())

    def set_width(self, width_px: int) -> None:
        """How wide it wants to be."""
        if width_px != self._wide:
            self._wide = width_px
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())

    def set_full_text(self, text: str) -> None:
        self._full = text
        self.setToolTip(text)
        self._elide()

    @property
    def full_text(self) -> str:
        return self._full

    def _elide(self) -> None:
        super().setText(
            self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, max(0, self.width() - 4))
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._elide()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._elide()
        super().changeEvent(event)


class TopBar(QWidget):
    def __init__(
        self,
        theme: Theme,
        run: QAction,
        stop: QAction,
        menu: QMenu,
        interpreters: QMenu,
        right: list[QAction],
        middle: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("TopBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self.menu_button = QToolButton(self)
        self.menu_button.setText("☰")
        self.menu_button.setMenu(menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.title = Title(self)
        self.run_button = ActionButton(run, self)
        self.run_button.setObjectName("Primary")
        self.stop_button = ActionButton(stop, self)
        self.interpreter_button = QToolButton(self)
        self.interpreter_button.setMenu(interpreters)
        self.interpreter_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._right = [ActionButton(action, self) for action in right]
        layout = QHBoxLayout(self)
        self._layout = layout
        layout.addWidget(self.menu_button)
        layout.addWidget(self.title)
        layout.addSpacing(theme.px(16))
        layout.addWidget(self.run_button)
        layout.addWidget(self.stop_button)
        layout.addStretch(1)
        if middle is not None:
            layout.addWidget(middle)
            layout.addStretch(1)
        layout.addWidget(self.interpreter_button)
        for button in self._right:
            layout.addWidget(button)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_title(event.size().width())
        super().resizeEvent(event)

    def _fit_title(self, width_px: int) -> None:
        share = PROJECTOR_TITLE_SHARE if self._theme.projector else TITLE_SHARE
        self.title.set_width(round(width_px * share))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.menu_button.setToolTip(self.tr("Menu (F10)"))
        self.menu_button.setAccessibleName(self.tr("Menu"))
        self.interpreter_button.setAccessibleName(self.tr("Interpreter that runs the program"))
        self.interpreter_button.setToolTip(self.tr("Interpreter that runs the program"))

    def _on_theme_changed(self) -> None:
        theme = self._theme
        px = theme.px
        self._layout.setContentsMargins(px(10), px(6), px(12), px(6))
        self._layout.setSpacing(px(6))
        self.title.setFont(theme.font(TITLE, QFont.Weight.DemiBold))
        self.run_button.set_least_width(px(72))
        self.stop_button.set_least_width(px(56))
        self.interpreter_button.setVisible(not theme.projector)  # the question needs its room
        self._fit_title(self.width())
        self.setStyleSheet(
            f"QWidget#TopBar {{ background: {theme.palette.window};"
            f" border-bottom: 1px solid {theme.palette.line}; }}"
        )
