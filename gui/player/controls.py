"""The player put together: its buttons, its line below the timeline, its commands, what it remembers.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.actions import Actions
from gui.document import Document
from gui.player.bar import PlayerBar
from gui.player.player import Player
from gui.player.scrubber import Scrubber
from gui.player.speeds import ORDINARY, nearest
from gui.player.steps import Detail, StepList
from gui.settings import Settings
from gui.theme import Theme
from gui.timeline.view import TimelineView

#: What a presenter's remote sends: in projector mode these act wherever the focus is.
_REMOTE = ("next_step", "previous_step")


class PlayerControls(QObject):
    def __init__(
        self,
        theme: Theme,
        document: Document,
        timeline: TimelineView,
        actions: Actions,
        settings: Settings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._settings = settings
        self._window = window
        self._document = document
        self.steps = StepList(document, self)
        self.player = Player(document, timeline.viewport, self.steps, self)
        self.player.set_speed(nearest(settings.speed) if settings.speed else ORDINARY)
        self.bar = PlayerBar(theme, self.player, actions)
        self.scrubber = Scrubber(theme, document, self.player)
        player = self.player
        slots = {
            "play": player.toggle,
            "next_step": player.next_step,
            "previous_step": player.previous_step,
            "first_step": player.first_step,
            "last_step": player.last_step,
            "next_mark": player.next_mark,
            "previous_mark": player.previous_mark,
            "faster": player.faster,
            "slower": player.slower,
        }
        for name, slot in slots.items():
            actions[name].triggered.connect(lambda _=False, s=slot: s())
        actions["loop"].toggled.connect(player.set_looping)
        actions["all_events"].toggled.connect(lambda _: self._choose_steps())
        actions["one_track"].toggled.connect(lambda _: self._choose_steps())
        player.changed.connect(self._on_player_changed)
        document.replaced.connect(self.bar.refresh)
        document.phase_changed.connect(self.bar.refresh)
        document.grew.connect(lambda changed: self.bar.refresh() if changed else None)

    def under(self, timeline: QWidget) -> QWidget:
        """The timeline with the player's line below it."""
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(timeline, 1)
        layout.addWidget(self.scrubber)
        return box

    def project(self, on: bool) -> None:
        """On a projector a remote's keys step wherever the focus is."""
        for name in _REMOTE:
            action = self._actions[name]
            if on:
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
                self._window.addAction(action)
            else:
                self._window.removeAction(action)
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _choose_steps(self) -> None:
        every = self._actions["all_events"].isChecked()
        self.steps.choose(Detail.ALL if every else Detail.KEY, self._actions["one_track"].isChecked())

    def _on_player_changed(self) -> None:
        if self.player.speed != self._settings.speed:
            self._settings.speed = self.player.speed
