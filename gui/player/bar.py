"""The player's buttons in the top bar: first, back, play, on, last, and how fast.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gui.actions import Actions
from gui.player.glyphs import glyph
from gui.player.player import Player
from gui.player.speeds import SPEEDS, speed_text
from gui.theme import Theme

#: From this width of the window on (in text-sized units) the buttons have words as well.
ROOMY = 1500
_BUTTONS = (
    ("first_step", "first"),
    ("previous_step", "previous"),
    ("play", "play"),
    ("next_step", "next"),
    ("last_step", "last"),
)


class PlayerBar(QWidget):
    def __init__(self, theme: Theme, player: Player, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._player = player
        self._actions = actions
        self._roomy = False
        self._glyphs: dict[tuple[str, str], QIcon] = {}
        layout = self._layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, QToolButton] = {}
        for name, _ in _BUTTONS:
            button = QToolButton(self)
            button.setObjectName("Player")
            button.clicked.connect(actions[name].trigger)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.buttons[name] = button
            layout.addWidget(button)
        self.speed_button = QToolButton(self)
        self.speed_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed_menu = QMenu(self)
        self._speeds = QActionGroup(self)
        for speed in reversed(SPEEDS):
            action = QAction(speed_text(speed), self.speed_menu)
            action.setCheckable(True)
            action.setData(speed)
            action.triggered.connect(lambda _=False, s=speed: player.set_speed(s))
            self._speeds.addAction(action)
            self.speed_menu.addAction(action)
        self.speed_menu.addSeparator()
        for name in ("all_events", "one_track", "loop"):
            self.speed_menu.addAction(actions[name])
        self.speed_button.setMenu(self.speed_menu)
        layout.addWidget(self.speed_button)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        player.changed.connect(self.refresh)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def fit(self, window_width: int) -> None:
        """Words on the buttons where the window has room for them."""
        roomy = window_width >= self._theme.px(ROOMY)
        if roomy != self._roomy:
            self._roomy = roomy
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit(self.window().width())

    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._layout.setSpacing(theme.px(4))
        side = theme.px(14)
        for button in self.buttons.values():
            button.setIconSize(QSize(side, side))
            button.setStyleSheet(f"QToolButton {{ padding: {theme.px(5)}px {theme.px(9)}px; }}")
        for name in ("first_step", "last_step"):  # a projector has no room for what a remote has no key for
            self.buttons[name].setVisible(not theme.projector)
        self.refresh()

    def refresh(self) -> None:
        """As the player is: playing or not, how fast, possible at all."""
        player, theme = self._player, self._theme
        texts = {
            "previous_step": self.tr("Step"),
            "play": self.tr("Pause") if player.playing else self.tr("Play"),
            "next_step": self.tr("Step"),
        }
        for name, sign in _BUTTONS:
            button, action = self.buttons[name], self._actions[name]
            action.setEnabled(player.possible)
            button.setEnabled(player.possible)
            shown = "pause" if sign == "play" and player.playing else sign
            key = (shown, theme.palette.name)
            if key not in self._glyphs:
                self._glyphs[key] = glyph(shown, theme.palette.text, theme.palette.edge)
            button.setIcon(self._glyphs[key])
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text())
            words = self._roomy and name in texts
            button.setText(texts.get(name, ""))
            button.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonTextBesideIcon
                if words
                else Qt.ToolButtonStyle.ToolButtonIconOnly
            )
        for name in ("next_mark", "previous_mark"):
            self._actions[name].setEnabled(player.possible)
        self._actions["loop"].setChecked(player.looping)
        self.speed_button.setText(speed_text(player.speed))
        self.speed_button.setToolTip(
            self.tr("How fast it plays, against the program's own speed ([ and ]); what stepping stops at")
        )
        self.speed_button.setAccessibleName(self.tr("Speed and steps"))
        for action in self._speeds.actions():
            action.setChecked(action.data() == player.speed)
