"""The selected span, explained: state, length, line, object, owner, who woke it, and the chain
of waits to its root.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.inspection import ArrowSource, Inspection, Waking, inspect_span
from engine.model import ArrowKind, SpanFlag, State
from gui.durations import duration
from gui.sentences import object_name
from gui.theme import Theme
from gui.wording import place_text, state_word, told_name, track_name


class Inspector(QWidget):
    """``span_clicked``: (track, index) to go to; ``line_clicked``: (file, line);
    ``time_clicked``: a moment, ns."""

    span_clicked = Signal(int, int)
    line_clicked = Signal(str, int)
    time_clicked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._store: ArrowSource | None = None
        self._start_ns = 0
        self._shown: Inspection | None = None
        self._title = QLabel()
        self._title.setObjectName("Heading")
        self._title.setWordWrap(True)
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._empty = QLabel()
        self._empty.setObjectName("Soft")
        self._empty.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(3))
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(16), theme.px(8), theme.px(12), theme.px(8))
        layout.setSpacing(theme.px(6))
        layout.addWidget(self._title)
        layout.addWidget(self._empty)
        layout.addLayout(self._grid)
        layout.addStretch(1)
        self._retranslate()

    # --- content -------------------------------------------------------------------------

    def set_store(self, store: ArrowSource | None, start_ns: int = 0) -> None:
        """``start_ns``: moments are shown from there on."""
        self._store = store
        self._start_ns = start_ns
        self.clear()

    def clear(self) -> None:
        self._shown = None
        self._refresh()

    def show_span(self, track_id: int, index: int, time_ns: int | None = None) -> None:
        """Explain a span, at ``time_ns`` where that lies in it."""
        if self._store is None:
            return
        try:
            self._shown = inspect_span(self._store, track_id, index, time_ns)
        except IndexError:  # the open end of a growing recording was replaced
            self._shown = None
        self._refresh()

    @property
    def shown(self) -> Inspection | None:
        return self._shown

    def as_text(self) -> str:
        """What is shown, line by line, for the clipboard."""
        lines = [self._title.text()] if self._shown is not None else []
        for row in range(self._grid.rowCount()):
            texts = []
            for column in range(2):
                item = self._grid.itemAtPosition(row, column)
                widget = item.widget() if item is not None else None
                if isinstance(widget, (QLabel, QPushButton)):
                    texts.append(widget.text())
            if texts:
                lines.append(": ".join(text for text in texts if text))
        return "\n".join(lines)

    # --- inside --------------------------------------------------------------------------

    def _refresh(self) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        shown, store = self._shown, self._store
        self._empty.setVisible(shown is None)
        self._title.setVisible(shown is not None)
        if shown is None or store is None:
            return
        name = told_name(store, shown.track)
        self._title.setText(f"{name} · {state_word(shown.state)}")
        length = duration(shown.end_ns - shown.start_ns)
        if shown.flags & SpanFlag.OPEN:
            length = self.tr("{time} so far").format(time=length)
        self._row(self.tr("Length"), QLabel(length))
        begin = self._button(duration(shown.start_ns - self._start_ns))
        begin.clicked.connect(lambda: self.time_clicked.emit(shown.start_ns))
        self._row(self.tr("From"), begin)
        self._place_row(shown)
        if shown.state is State.WAIT_GIL:  # it may stand in a call that is about an object
            self._row(self.tr("What for"), QLabel(self.tr("GIL")))
        elif shown.object >= 0:
            self._row(self.tr("What for"), QLabel(object_name(store, shown.object)))
        if shown.owner >= 0:
            self._track_row(self.tr("Who had it"), shown.owner, shown.start_ns)
        elif shown.state is State.WAIT_LOCK:
            self._row(self.tr("Who had it"), QLabel(self.tr("not known")))
        if shown.flags & SpanFlag.TIMED_OUT:
            self._row(self.tr("Ended"), QLabel(self.tr("by its time-out")))
        for waking in shown.wakings[:3]:
            self._waking_row(waking)
        self._chain_rows(shown)

    def _place_row(self, shown: Inspection) -> None:
        store = self._store
        if store is None or shown.location < 0 or shown.location not in store.locations:
            return
        place = store.locations[shown.location]
        text = place_text(store, shown.location)
        if not shown.exact:
            text = self.tr("after {place}").format(place=text)
        button = self._button(text)
        button.setToolTip(place.file)
        button.clicked.connect(lambda: self.line_clicked.emit(place.file, place.line))
        self._row(self.tr("Line"), button)

    def _waking_row(self, waking: Waking) -> None:
        title = {
            ArrowKind.RELEASE: self.tr("Released by"),
            ArrowKind.WAKE: self.tr("Woken by"),
            ArrowKind.ITEM: self.tr("Item from"),
            ArrowKind.MESSAGE: self.tr("Message from"),
            ArrowKind.RESULT: self.tr("Result from"),
            ArrowKind.START: self.tr("Started by"),
            ArrowKind.JOIN: self.tr("Ended"),
            ArrowKind.SUBMIT: self.tr("Submitted by"),
            ArrowKind.FORK: self.tr("Forked by"),
            ArrowKind.CANCEL: self.tr("Cancelled by"),
        }[waking.kind]
        self._track_row(title, waking.track, waking.time_ns)

    def _chain_rows(self, shown: Inspection) -> None:
        """The chain, from the second link on: the first is the span itself."""
        store = self._store
        if store is None or len(shown.chain) < 2:
            return
        for before, link in zip(shown.chain, shown.chain[1:], strict=False):
            what = self.tr("GIL") if before.gil >= 0 else object_name(store, before.object)
            button = self._button(told_name(store, link.track))
            track, index = link.track, link.index
            button.clicked.connect(lambda _=False, t=track, i=index: self.span_clicked.emit(t, i))
            self._row(self.tr("Waits for") if before is shown.chain[0] else "", button)
            text = self.tr("which has {what}: {state}").format(what=what, state=state_word(link.state))
            self._row("", QLabel(text))  # a line of its own: it wraps, which a button does not
        root = shown.root
        if root is not None:
            button = self._button(
                self.tr("Go to the root: {track}").format(track=told_name(store, root.track))
            )
            button.setToolTip(self.tr("Whoever all of them wait for in the end"))
            button.clicked.connect(lambda: self.span_clicked.emit(root.track, root.index))
            self._row("", button)
        if shown.closed:
            self._row("", QLabel(self.tr("The circle is closed: nobody in it can go on.")))

    def _track_row(self, title: str, track_id: int, time_ns: int) -> None:
        store = self._store
        if store is None or track_id not in store.tracks:
            return
        button = self._button(told_name(store, track_id))
        button.setToolTip(track_name(store, track_id))

        def go() -> None:
            index = store.span_index(track_id, time_ns)
            if index >= 0:
                self.span_clicked.emit(track_id, index)

        button.clicked.connect(go)
        self._row(title, button)

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("Link")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def _row(self, title: str, widget: QWidget) -> None:
        row = self._grid.rowCount()
        label = QLabel(title)
        label.setObjectName("Soft")
        if isinstance(widget, QLabel):
            widget.setWordWrap(True)
            widget.setContentsMargins(self._theme.px(2), 0, 0, 0)  # as far in as what can be clicked
            widget.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(widget, QPushButton):  # as wide as its text, and the column wider
            self._grid.addWidget(widget, row, 1, Qt.AlignmentFlag.AlignLeft)
        else:
            self._grid.addWidget(widget, row, 1)

    def _retranslate(self) -> None:
        self._empty.setText(self.tr("Click a span in the timeline to see what it is and what it waits for."))
        self.setAccessibleName(self.tr("Inspector"))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
