"""Ways to a place in the recording: from a line of code, a row of a table, something found; and to
where one looks for it.

GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from gui.panels.drawer import SEARCH
from gui.panels.table import Target
from gui.search import Hit, HitKind, first_use
from gui.window_parts import WindowParts


class Lookup(QObject):
    def __init__(self, window: WindowParts) -> None:
        super().__init__(window)
        self._window = window
        drawer, timeline = window.drawer, window.timeline
        window.side.line_clicked.connect(self.go_to_line)
        window.side.moment_wanted.connect(timeline.go_to_moment)
        window.side.target_chosen.connect(self.go_to_target)
        timeline.canvas.span_clicked.connect(self._on_span_clicked)
        window.player.player.stepped.connect(window.side.show_relations_again)
        window.player.player.changed.connect(self._on_player_changed)
        drawer.target_chosen.connect(self.go_to_target)
        drawer.closed.connect(lambda: window.actions_["show_figures"].setChecked(False))
        drawer.search.hit_chosen.connect(self.go_to_hit)
        drawer.notes.note_chosen.connect(timeline.notes.go_to)
        drawer.notes.edit_wanted.connect(timeline.notes.edit)

    # --- places ---------------------------------------------------------------------------

    def go_to_line(self, file: str, line: int) -> None:
        """A click on a line of code goes to the next span there, and lights and lists all of them."""
        window = self._window
        if window.document.tracks and window.stack.currentWidget() is window.middle:
            window.side.code.view.light_line(line if window.timeline.show_line(file, line) else 0)
            window.side.show_line_spans(file, line)

    def _on_span_clicked(self) -> None:
        if not self._window.player.player.playing:
            self._window.side.explain_selected()

    def _on_player_changed(self) -> None:
        if self._window.player.player.playing:
            self._window.side.show_relations_again()

    def go_to_target(self, target: Target) -> None:
        window = self._window
        window.stack.setCurrentWidget(window.middle)
        window.timeline.go_to(target.track, target.time_ns)

    def search(self) -> None:
        """To the field that looks through the recording."""
        window = self._window
        if window.document.tracks and not window.theme.projector:
            window.stack.setCurrentWidget(window.middle)
            window.actions_["show_figures"].setChecked(True)
            window.drawer.open_tab(SEARCH)
            window.drawer.search.field.selectAll()

    def go_to_hit(self, hit: Hit) -> None:
        window = self._window
        window.stack.setCurrentWidget(window.middle)
        if hit.note is not None:
            window.timeline.notes.go_to(hit.note)
        elif hit.file:
            window.side.code.set_file(hit.file, hit.line)
            self.go_to_line(hit.file, hit.line)
        elif hit.kind is HitKind.OBJECT:
            use = first_use(window.document.store, hit.object)
            if use is not None:
                window.timeline.go_to(*use)
        elif hit.time_ns >= 0:
            window.timeline.go_to(hit.track, hit.time_ns)
        else:
            window.timeline.go_to(hit.track)

    def show_figures(self, on: bool) -> None:
        window = self._window
        window.settings.set_shown("figures", on)
        self.show_drawer(on and not window.theme.projector)
        if not on:
            window.timeline.canvas.setFocus()

    def show_drawer(self, on: bool) -> None:
        window = self._window
        window.drawer.setVisible(on)
        window.sentence.show_cards(not on)
        if on:
            window.shares.open_drawer()

    def find_scenario(self) -> None:
        window = self._window
        window.actions_["show_list"].setChecked(True)
        window.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        window.list.search.selectAll()
