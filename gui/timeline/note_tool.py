"""Writing, editing and deleting notes in the timeline.  GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from engine.recording import Note
from gui.document import Document
from gui.durations import duration, moment
from gui.theme import Theme
from gui.timeline.note_editor import NoteEditor
from gui.timeline.note_strip import NoteStrip
from gui.timeline.viewport import Viewport


class NoteTool(QObject):
    """Connects the strip of notes, the field and the document's notes."""

    def __init__(
        self, theme: Theme, document: Document, viewport: Viewport, strip: NoteStrip, view: QWidget
    ) -> None:
        super().__init__(view)
        self._document = document
        self._viewport = viewport
        self._strip = strip
        self._view = view
        self._edited: Note | None = None
        self.editor = NoteEditor(theme, view)
        self.editor.kept.connect(self._on_kept)
        self.editor.removed.connect(self._on_removed)
        strip.note_chosen.connect(self.go_to)
        strip.edit_wanted.connect(self.edit)
        strip.remove_wanted.connect(lambda note: document.notes.remove([note]))
        document.replaced.connect(self.editor.hide)

    def add(self) -> None:
        """Over the selected range; else at the cursor; without one at the present."""
        document = self._document
        if not document.tracks:
            return
        if document.range is not None:
            start, end = document.range
            note = Note(start, end - start)
        else:
            note = Note(document.now_ns)
        same = (
            n for n in document.notes.notes if (n.time_ns, n.duration_ns) == (note.time_ns, note.duration_ns)
        )
        known = next(same, None)
        if known is not None:
            self.edit(known)
        else:
            self._open(note, None)

    def add_at(self, time_ns: int) -> None:
        store = self._document.store
        self._open(Note(min(max(time_ns, store.start_ns), store.end_ns)), None)

    def edit(self, note: Note) -> None:
        self._open(note, note)

    def go_to(self, note: Note) -> None:
        """To its moment; what it stands over becomes the selected range."""
        self._viewport.leave_present()
        self._document.set_cursor(note.time_ns)
        self._document.set_range((note.time_ns, note.end_ns) if note.duration_ns else None)
        self._viewport.show_moment(note.time_ns)

    def _open(self, note: Note, edited: Note | None) -> None:
        self._edited = edited
        self._viewport.leave_present()
        self._viewport.show_moment(note.time_ns)
        transform = self._viewport.transform
        x = transform.x_of(note.time_ns) / self._strip.devicePixelRatioF()
        base = self._strip.parentWidget()
        corner = self._strip.geometry()
        assert base is not None
        where = QPoint(corner.left() + round(max(0.0, x)), corner.top() + self._strip.height() + 2)
        start = moment(note.time_ns - self._document.store.start_ns, transform.ns_per_px)
        if note.duration_ns:
            title = self.tr("Note on {time} from {start}").format(
                time=duration(note.duration_ns), start=start
            )
        else:
            title = self.tr("Note at {time}").format(time=start)
        self.editor.open_for(note, title, edited is None, where)

    def _on_kept(self, note: Note) -> None:
        if self._edited is None:
            self._document.notes.add(note)
        else:
            self._document.notes.replace(self._edited, note)

    def _on_removed(self) -> None:
        if self._edited is not None:
            self._document.notes.remove([self._edited])
