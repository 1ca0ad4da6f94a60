"""Files of the window: opening scripts and recordings, saving, what would be lost, lost sessions.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QSaveFile, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine import session as sessions
from engine.errors import LockstepError
from gui.bridge import Errand
from gui.dialogs.progress import show_progress
from gui.document import Document, Phase
from gui.panels.banner import BannerStack, Offer
from gui.run_control import RunControl
from gui.settings import Settings

RECORDING = ".lockstep"


def dropped(mime: QMimeData) -> Path | None:
    """The script or recording that is dragged over the window, if it is one."""
    for url in mime.urls():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and path.suffix in (".py", ".pyw", RECORDING):
            return path
    return None


class Files(QObject):
    """``script_opened`` (path): a script was chosen to be run; ``failed`` (exception); ``recovered``:
    an earlier session is being read.

    ``saved``: nothing of what is shown would be lost.
    """

    script_opened = Signal(object)
    failed = Signal(object)
    recovered = Signal()

    def __init__(
        self,
        window: QWidget,
        document: Document,
        control: RunControl,
        settings: Settings,
        banners: BannerStack,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._control = control
        self._settings = settings
        self._banners = banners
        self._looking: Errand | None = None
        self.saved = True
        control.errand_begun.connect(self._on_errand_begun)
        control.saved.connect(self._on_saved)

    # --- opening ------------------------------------------------------------------------------

    def open_script(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open a script"),
            self._settings.folder,
            self.tr("Python scripts (*.py *.pyw)"),
        )
        if path:
            self.open_path(Path(path))

    def open_recording(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open a recording"),
            self._settings.folder,
            self.tr("Lockstep recordings (*.lockstep)"),
        )
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """A recording is opened, anything else is taken for a script that Run will run."""
        path = Path(path)
        if not path.exists():
            code = "recording_missing" if path.suffix == RECORDING else "script_missing"
            self.failed.emit(LockstepError(code, path=str(path)))
            return
        if path.is_dir():
            self.failed.emit(LockstepError("script_is_folder", path=str(path)))
            return
        path = path.resolve()
        self._settings.folder = str(path.parent)
        if path.suffix == RECORDING:
            if self.may_discard():
                self._banners.dismiss_all()
                self._control.open_recording(path)
            return
        self._settings.add_recent(path)
        self.script_opened.emit(path)

    # --- saving -------------------------------------------------------------------------------

    def save(self) -> None:
        """Asks where, and saves; what runs still cannot be saved."""
        document = self._document
        origin = document.origin
        if not document.tracks or document.live:
            return
        own = None if origin.borrowed else origin.path
        if own is not None and self.saved and document.notes.unsaved:
            self._control.save_recording(own)  # the notes alone are new
            return
        stem = origin.scenario or Path(origin.script).stem or origin.title or "recording"
        start = str(own or Path(self._settings.folder or Path.home()) / f"{stem}{RECORDING}")
        path, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the recording"), start, self.tr("Lockstep recordings (*.lockstep)")
        )
        if path:
            target = Path(path)
            if target.suffix != RECORDING:
                target = target.with_name(target.name + RECORDING)
            self._settings.folder = str(target.parent)
            self._control.save_recording(target)

    def save_picture(self, picture: QImage) -> None:
        """Asks where, and saves a picture as PNG."""
        stem = self._document.origin.scenario or self._document.origin.title or "timeline"
        start = str(Path(self._settings.folder or Path.home()) / f"{stem}.png")
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the picture"), start, self.tr("Pictures (*.png)")
        )
        if not name:
            return
        target = Path(name)
        if target.suffix.lower() != ".png":
            target = target.with_name(target.name + ".png")
        self._settings.folder = str(target.parent)
        file = QSaveFile(str(target))
        if file.open(QSaveFile.OpenModeFlag.WriteOnly) and picture.save(file, "PNG") and file.commit():  # type: ignore[call-overload]
            text = self.tr("Saved as {path}.").format(path=target)
            self._banners.show_message("saved", "notice", text)
        else:
            self.failed.emit(LockstepError("output_unwritable", path=str(target), detail=file.errorString()))

    def _on_saved(self, path: Path) -> None:
        self.saved = True
        self._settings.add_recent(path)
        self._banners.show_message("saved", "notice", self.tr("Saved as {path}.").format(path=path))

    def close_recording(self) -> None:
        if self.may_discard():
            self._control.close()
            self.saved = True
            self._banners.dismiss_all()
            self._document.clear()

    def may_discard(self) -> bool:
        """Asks before a run that was not saved is let go; what is unsaved stays on the disk until
        then, so nothing is lost by asking late."""
        document = self._document
        unsaved = not self.saved and document.phase in (Phase.ENDED, Phase.RUNNING)
        if document.origin.scenario:
            unsaved = False  # runs again at any time
        if not unsaved and not document.notes.unsaved:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        if unsaved:
            text, more = self.tr("The recording of {name} is not saved."), self.tr("It will be gone.")
        else:
            text, more = self.tr("The notes on {name} are not saved."), self.tr("They will be gone.")
        box.setText(text.format(name=document.origin.title))
        box.setInformativeText(more)
        discard = box.addButton(self.tr("Let it go"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Save …"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is keep:
            self.save()
            return False
        return box.clickedButton() is discard

    def _on_errand_begun(self, errand: Errand, what: str) -> None:
        text = self.tr("Opening the recording …") if what == "load" else self.tr("Saving the recording …")
        show_progress(self._window, errand, text)

    # --- lost sessions ------------------------------------------------------------------------

    def look_for_lost_sessions(self) -> None:
        """At the start, in the background: deletes sessions too old to be missed, and offers the
        newest of those whose window died."""

        def look(_errand: Errand) -> list[Path]:
            sessions.clean_up()
            return sessions.recoverable()

        def found(folders: list[Path]) -> None:
            if folders and self._document.phase is Phase.EMPTY:
                self.offer_recovery(folders[0])

        self._looking = Errand("sessions", look, self)
        self._looking.succeeded.connect(found)
        self._looking.start()

    def offer_recovery(self, folder: Path) -> None:
        """A session whose window died: its recording is whole, it only was not saved."""
        text = self.tr("An earlier session was not closed. Its recording is still there.")
        self._banners.show_message(
            "recovery", "notice", text, [Offer(self.tr("Open it"), self._recovery_of(folder))]
        )

    def _recovery_of(self, folder: Path) -> Callable[[], None]:
        def recover() -> None:
            self._control.recover(folder)
            self.recovered.emit()

        return recover

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
