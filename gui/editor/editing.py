"""The windows in which programs are edited: beside the main one, not in front of it.  GUI thread only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import LockstepError
from gui.editor import copies
from gui.editor.window import EditorWindow
from gui.theme import Theme


class Editing(QObject):
    """``run_wanted`` (the window, the path) when what is edited shall be run; ``failed`` (exception)."""

    run_wanted = Signal(object, object)
    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QObject, folder: Path | None = None) -> None:
        """``folder``: where copies are saved, the user's documents if None."""
        super().__init__(parent)
        self._theme = theme
        self.folder = folder if folder is not None else copies.folder_of_copies()
        self.windows: list[EditorWindow] = []

    def is_copy(self, path: Path) -> bool:
        """Whether a script is one of the user's copies, edited where it lies."""
        return path.parent.resolve() == self.folder.resolve()

    def edit_copy(self, stem: str, text: str) -> None:
        """A new copy of a program; an untouched one of the same is shown again."""
        for window in self.windows:
            if window.path is None and not window.unsaved and window.field.text == text:
                self._show(window)
                return
        self._add(EditorWindow(self._theme, self.folder, stem, text))

    def edit_script(self, path: Path) -> None:
        """A copy of a script; a copy itself is edited in its place."""
        for window in self.windows:
            if window.path == path:
                self._show(window)
                return
        try:
            if self.is_copy(path):
                self._add(EditorWindow.of_file(self._theme, path))
            else:
                self.edit_copy(path.stem, copies.read(path)[1])
        except (OSError, UnicodeDecodeError, LookupError) as error:
            self.failed.emit(LockstepError("script_unreadable", path=str(path), detail=str(error)))

    def _add(self, window: EditorWindow) -> None:
        self.windows.append(window)
        window.run_wanted.connect(lambda path: self.run_wanted.emit(window, path))
        window.closed.connect(lambda: self._on_closed(window))
        self._show(window)

    def _show(self, window: EditorWindow) -> None:
        window.show()
        window.raise_()
        window.activateWindow()
        window.field.setFocus()

    def _on_closed(self, window: EditorWindow) -> None:
        if window in self.windows:
            self.windows.remove(window)
            window.deleteLater()

    def close(self) -> bool:
        """Closes all; False where the user wants to go on with one."""
        return all(window.close() for window in list(self.windows))
