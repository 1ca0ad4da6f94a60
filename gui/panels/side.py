"""The right side: code, who waits for whom or the selected span, output.  GUI thread only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui.document import Document, Phase
from gui.panels.code import CodePanel
from gui.panels.inspector import Inspector
from gui.panels.line_spans import LineSpans
from gui.panels.output import OutputPanel, Silence
from gui.panels.wait_graph import WaitGraph
from gui.theme import BODY, Theme

MOST_SOURCE_BYTES = 2_000_000
WAITS, SELECTED, LINE = range(3)
#: What an empty output says; a program that the window runs writes into it.
SILENCE = {Phase.EMPTY: Silence.NO_PROGRAM, Phase.LOADED: Silence.NOTHING_RECORDED}


def read_source(path: str) -> str | None:
    """A source file of a live run from the disk; None when it cannot be had."""
    file = Path(path)
    try:
        if not file.is_file() or file.stat().st_size > MOST_SOURCE_BYTES:
            return None
        return file.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None


class SidePanel(QWidget):
    """``line_clicked`` (file, line) in the code, ``moment_wanted`` (ns) by a line of the output,
    ``target_chosen`` (Target) in the list of a line's spans."""

    line_clicked = Signal(str, int)
    target_chosen = Signal(object)
    moment_wanted = Signal(object)

    def __init__(self, theme: Theme, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._document = document
        self.code = CodePanel(theme, self)
        self.code.set_source_loader(read_source)
        self.waits = WaitGraph(theme, self)
        self.inspector = Inspector(theme, self)
        self.output = OutputPanel(theme, self)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        for _ in (WAITS, SELECTED, LINE):
            self.tabs.addTab("")
        self.tabs.setTabVisible(LINE, False)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.waits)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.inspector)
        self._stack.addWidget(scroll)
        self.line_spans = LineSpans(theme, document, self)
        self.line_spans.target_chosen.connect(self.target_chosen)
        self._stack.addWidget(self.line_spans)
        #: the tab is changed by us, not by hand; brought forward by a click on a span; kept by hand
        self._bringing = self._brought = self._kept = False
        self.tabs.currentChanged.connect(self._on_tab)
        middle = QWidget(self)
        middle.setObjectName("Panel")
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(theme.px(6), theme.px(4), 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setObjectName("side")
        self._relations = middle
        self._output_wanted = self._run_shown = True
        self.splitter.setHandleWidth(1)
        for widget, stretch in ((self.code, 5), (middle, 3), (self.output, 3)):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self.code.line_clicked.connect(self._on_line_clicked)
        self.waits.track_clicked.connect(self._on_track_clicked)
        self.inspector.span_clicked.connect(document.select)
        self.inspector.line_clicked.connect(self.code.set_file)
        self.inspector.time_clicked.connect(document.set_cursor)
        self.output.time_clicked.connect(self.moment_wanted)
        document.cursor_moved.connect(lambda: self.output.show_moment(document.cursor_ns))
        document.replaced.connect(self._on_replaced)
        document.lit_changed.connect(self._on_lit_changed)
        document.moment_changed.connect(self._on_moment_changed)
        document.selection_changed.connect(self._on_selection_changed)
        document.grew.connect(self._on_grew)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self._name_tabs()
        self.tabs.setAccessibleName(self.tr("Relations"))

    def _name_tabs(self) -> None:
        """Three tabs have room for short names only."""
        short = self.tabs.isTabVisible(LINE)
        self.tabs.setTabText(WAITS, self.tr("Waits") if short else self.tr("Who waits for whom"))
        self.tabs.setTabText(SELECTED, self.tr("Span") if short else self.tr("Selected span"))
        self.tabs.setTabToolTip(WAITS, self.tr("Who waits for whom"))
        self.tabs.setTabToolTip(SELECTED, self.tr("Selected span"))
        self.tabs.setTabText(LINE, self.tr("Line {line}").format(line=self.line_spans.line))

    def _on_theme_changed(self) -> None:
        self.tabs.setFont(self._theme.font(BODY))
        if self._theme.projector:
            self.close_line_spans()
            self.show_relations_again()

    def show_line_spans(self, file: str, line: int) -> None:
        """The list of a line's spans; on a projector nobody reads it."""
        if not self._theme.projector and self.line_spans.show_line(file, line):
            self.tabs.setTabVisible(LINE, True)
            self._name_tabs()
            self._bring(LINE)
        else:
            self.close_line_spans()

    def close_line_spans(self) -> None:
        """Its tab goes; what was beside it comes back."""
        if self.tabs.currentIndex() == LINE:
            self._bring(SELECTED)
        self.tabs.setTabVisible(LINE, False)
        self.line_spans.clear()
        self._name_tabs()

    def explain_selected(self) -> None:
        """A span was clicked: what it is comes forward, unless somebody has gone back to who waits for
        whom by hand.  On a projector that stays: the room follows it."""
        if not self._kept and not self._theme.projector:
            self._brought = self._brought or self.tabs.currentIndex() == WAITS
            self._bring(SELECTED)

    def show_relations_again(self) -> None:
        """Steps are taken, or nothing is selected any more: what a click brought forward goes back."""
        if self._brought and self.tabs.currentIndex() == SELECTED:
            self._bring(WAITS)
        self._brought = False

    def _bring(self, tab: int) -> None:
        self._bringing = True
        self.tabs.setCurrentIndex(tab)
        self._bringing = False

    def _on_tab(self, tab: int) -> None:
        self._stack.setCurrentIndex(tab)
        if not self._bringing:
            self._brought, self._kept = False, tab == WAITS

    def _on_lit_changed(self) -> None:
        """Escape puts the light out, and the list away."""
        if self.line_spans.line and not self._document.lit_places:
            self.close_line_spans()

    def show_program(self, name: str, text: str | None) -> None:
        """A program before it runs: ``text`` under the name ``name``, or the file of that name."""
        self._show_run(False)
        self.code.set_store(None)
        self.code.set_sources({} if text is None else {name: text})
        self.code.set_file(name)

    def show_recording(self) -> None:
        """The code of the recording that is shown, with its marks."""
        self._show_run(True)
        document = self._document
        origin = document.origin
        self.code.set_store(document.store)
        self.code.set_sources(origin.sources)
        self.code.set_source_loader(read_source)
        first = next(iter(origin.sources), "")
        self.code.set_file(origin.script if origin.script and origin.script in origin.sources else first)
        if not first and origin.script:
            self.code.set_file(origin.script)
        self.code.set_moment(document.moment)

    def want_output(self, on: bool) -> None:
        """Whether there is room for what the program prints; on a projector there is not."""
        self._output_wanted = on
        self._show_run(self._run_shown)

    def _show_run(self, on: bool) -> None:
        """What belongs to a run; before one there is the code alone, and nothing of an earlier run.
        On a projector the code gets no more room by that: its lines would be too many to follow."""
        self._run_shown = on
        self._relations.setVisible(on or not self._output_wanted)
        self.tabs.setVisible(on)
        self._stack.setVisible(on)
        self.output.setVisible(on and self._output_wanted)
        if on:
            # Letters that grew while it was hidden: a tab bar reckons its room anew only when it is
            # shown and its texts are set.
            for tab in range(self.tabs.count()):
                text = self.tabs.tabText(tab)
                self.tabs.setTabText(tab, "")
                self.tabs.setTabText(tab, text)

    # --- the document -------------------------------------------------------------------------

    def _on_replaced(self) -> None:
        store = self._document.store
        self.close_line_spans()
        self.show_relations_again()
        self._kept = False
        self.show_recording()
        self.waits.set_store(store)
        self.inspector.set_store(store, store.start_ns)
        self.output.clear(store.start_ns)
        self.output.set_silence(SILENCE.get(self._document.phase, Silence.NOTHING_WRITTEN))

    def _on_grew(self, _tracks_changed: bool) -> None:
        self.output.set_origin(self._document.store.start_ns)

    def _on_moment_changed(self) -> None:
        self.code.set_moment(self._document.moment)
        self.waits.set_moment(self._document.moment)
        selection = self._document.selection
        if selection is not None:
            self.inspector.show_span(selection.track, selection.index, self._document.cursor_ns)

    def _on_selection_changed(self) -> None:
        selection = self._document.selection
        if selection is None:
            self.inspector.clear()
            self.show_relations_again()
        else:
            self.inspector.show_span(selection.track, selection.index, self._document.cursor_ns)

    def _on_track_clicked(self, track_id: int) -> None:
        index = self._document.store.span_index(track_id, self._document.now_ns)
        if index >= 0:
            cursor = self._document.cursor_ns
            self._document.select(track_id, index)
            self._document.set_cursor(cursor)

    def _on_line_clicked(self, file: str, line: int) -> None:
        self.line_clicked.emit(file, line)
