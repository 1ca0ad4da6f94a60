"""What the window says across its top of its own accord: deadlocks and errors.  GUI thread only."""

from __future__ import annotations

import sys
import traceback

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from engine.errors import LockstepError
from engine.model import Deadlock
from gui import messages
from gui.panels.banner import Offer
from gui.window_parts import WindowParts


class Announcements(QObject):
    def __init__(self, window: WindowParts) -> None:
        super().__init__(window)
        self._window = window
        self._announced: Deadlock | None = None

    def refresh(self) -> None:
        """Tells of the last deadlock of the recording, once, unless that would give an answer away."""
        window = self._window
        deadlocks = window.document.store.deadlocks
        if not deadlocks:
            window.banners.dismiss("deadlock")
            self._announced = None
            return
        text = messages.deadlock_text(window.document.store, deadlocks[-1])
        shown = next((b for b in window.banners.banners if b.key == "deadlock"), None)
        if window.stack.currentWidget() is window.page and window.lesson.before_run:
            if shown is not None:  # it would give the answer away; it comes back with the run
                window.banners.dismiss("deadlock")
                self._announced = None
            return
        if shown.text == text if shown is not None else self._announced == deadlocks[-1]:
            return  # it stands there, or was closed by hand
        self._announced = deadlocks[-1]
        time = deadlocks[-1].time_ns

        def show() -> None:
            window.document.set_cursor(time)
            window.timeline.viewport.show_moment(time)
            window.show_timeline()

        offers = [Offer(self.tr("Show it"), show)]
        if window.document.live:
            offers.append(Offer(self.tr("Stop the program"), window.control.stop))
        brief = messages.deadlock_circle(window.document.store, deadlocks[-1])
        window.banners.show_message("deadlock", "error", text, offers, brief)

    def show_error(self, error: BaseException) -> None:
        """A sentence across the top; what was shown stays."""
        window = self._window
        window.lesson.failed()
        if isinstance(error, LockstepError) and error.code == "recording_cancelled":
            return
        offers = []
        if not isinstance(error, LockstepError):
            # A fault of ours: who reports it should be able to say where.
            details = "".join(traceback.format_exception(error))
            print(details, file=sys.stderr)
            offers.append(Offer(self.tr("Copy details"), lambda: QApplication.clipboard().setText(details)))
        window.banners.show_message("error", "error", messages.error_text(error), offers)
