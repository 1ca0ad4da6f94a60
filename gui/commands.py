"""Connects the window's commands to what they do, and says which of them make sense now.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.dialogs.about import show_about
from gui.dialogs.keys import KeySheet
from gui.dialogs.licences import LicencesDialog
from gui.document import Phase
from gui.lookup import Lookup
from gui.window_parts import WindowParts


class Commands(QObject):
    """``slots``: what the commands call that are not a part's alone, by their names."""

    def __init__(self, window: WindowParts, lookup: Lookup, slots: Mapping[str, Callable[[], None]]) -> None:
        super().__init__(window)
        self._window = window
        self._connect(lookup, slots)

    def _connect(self, lookup: Lookup, more: Mapping[str, Callable[[], None]]) -> None:
        window, actions = self._window, self._window.actions_
        view, port = window.timeline, window.timeline.viewport
        tracks = view.arranging
        slots = {
            **more,
            "open_script": window.files.open_script,
            "open_recording": window.files.open_recording,
            "save": window.files.save,
            "close_recording": window.files.close_recording,
            "quit": window.close,
            "copy_figures": lambda: QApplication.clipboard().setText(window.sentence.as_text()),
            "copy_picture": lambda: QApplication.clipboard().setImage(view.picture()),
            "save_picture": lambda: window.files.save_picture(view.picture()),
            "undo": window.edits.undo,
            "redo": window.edits.redo,
            "add_note": view.notes.add,
            "find_scenario": lookup.find_scenario,
            "find_track": view.find_track,
            "search": lookup.search,
            "find_next": window.drawer.search.next,
            "find_previous": window.drawer.search.previous,
            "zoom_in": view.zoom_in,
            "zoom_out": view.zoom_out,
            "pan_left": view.pan_left,
            "pan_right": view.pan_right,
            "fit_selection": view.fit_selection,
            "fit_all": port.fit_all,
            "back": port.back,
            "forward": port.forward,
            "previous_span": view.previous_span,
            "next_span": view.next_span,
            "previous_track": view.previous_track,
            "next_track": view.next_track,
            "pin_track": tracks.pin_selected,
            "hide_track": tracks.hide_selected,
            "show_hidden": tracks.show_hidden,
            "collapse_track": tracks.collapse_selected,
            "collapse_all": tracks.collapse_all,
            "track_up": lambda: tracks.move_selected(-1),
            "track_down": lambda: tracks.move_selected(1),
            "go_to_start": view.go_to_start,
            "go_to_end": view.go_to_end,
            "range_of_span": view.range_of_span,
            "taller": view.taller,
            "lower": view.lower,
            "menu": window.top.menu_button.showMenu,
            "answer": window.banners.answer,
            "leave_projector": lambda: actions["projector"].setChecked(False),
            "focus_timeline": view.canvas.setFocus,
            "keys": lambda: KeySheet(window.theme, actions, window).open(),
            "licences": lambda: LicencesDialog(window.theme, window).open(),
            "about": lambda: show_about(window),
        }
        for name, slot in slots.items():
            actions[name].triggered.connect(lambda _=False, s=slot: s())
        actions["show_list"].toggled.connect(window.list.setVisible)
        actions["show_side"].toggled.connect(window.side.setVisible)
        actions["show_figures"].toggled.connect(lookup.show_figures)

    def refresh(self) -> None:
        """Enables those that can be called for now."""
        window, actions = self._window, self._window.actions_
        document, port = window.document, window.timeline.viewport
        loaded = bool(document.tracks)
        comparing = window.comparison.running
        idle = not document.live and not comparing
        actions["run"].setEnabled(idle and window.choice.anything)
        something = window.choice.anything or window.document.origin.scheduled is not None
        actions["by_hand"].setEnabled(idle and something)
        actions["stop"].setEnabled(comparing or document.phase in (Phase.STARTING, Phase.RUNNING))
        actions["save"].setEnabled(loaded and not document.live)
        actions["close_recording"].setEnabled(document.phase is not Phase.EMPTY)
        actions["copy_figures"].setEnabled(loaded)
        actions["copy_picture"].setEnabled(loaded)
        actions["save_picture"].setEnabled(loaded)
        actions["back"].setEnabled(port.history.can_go_back)
        actions["forward"].setEnabled(port.history.can_go_forward)
        actions["undo"].setEnabled(window.edits.can_undo)
        actions["redo"].setEnabled(window.edits.can_redo)
        for name in ("add_note", "find_next", "find_previous"):
            actions[name].setEnabled(loaded)
        # Tables are not for a projector: nobody reads them from the back.
        actions["search"].setEnabled(loaded and not window.theme.projector)
        actions["show_figures"].setEnabled(not window.theme.projector)
        actions["show_question"].setEnabled(window.choice.anything)
