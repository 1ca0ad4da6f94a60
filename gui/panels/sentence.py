"""The sentence that says what happens at the cursor, and the few figures that matter.

Without a cursor, and once a run is over, it says what the whole run showed.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.model import State, TrackKind
from engine.narrative import Narration, Say, narrate
from engine.steps import Telling, What
from gui import sentences, step_sentences, wording
from gui.document import Document, Phase
from gui.durations import count, duration, moment, percent
from gui.figures import Figure, FigureKind, chosen_states, figures
from gui.palette import contrast
from gui.theme import BODY, FIGURE, SENTENCE, SMALL, Theme

MOST_CARDS = 4
#: On a projector, where no more lanes than that are in sight at once.
MOST_LANES_WITH_CARDS = 8
#: While live, figures are counted anew at most this often.
LIVE_MS = 700
FIRST_MS = 100
QWIDGETSIZE_MAX = (1 << 24) - 1
#: The sentence takes at most this share of the window's height.
MOST_HEIGHT = 0.42
MOST_HEIGHT_PROJECTOR = 0.5


class Card(QFrame):
    """One figure, large, with what it counts below it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Card")
        self._theme = theme
        self._value = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName("Soft")
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._state: State | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(7))
        layout.setSpacing(theme.px(1))
        layout.addWidget(self._value)
        layout.addWidget(self._text, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumWidth(theme.px(190))
        self.dress()

    def dress(self) -> None:
        theme = self._theme
        self._value.setFont(theme.font(FIGURE, QFont.Weight.Bold))
        self._text.setFont(theme.font(SMALL))
        palette = theme.palette
        ink = palette.text
        if self._state is not None:
            # Large text: 3:1 is enough; a state that has less keeps the text's colour.
            fill = palette.style(self._state).fill
            ink = fill if contrast(fill, palette.surface) >= 3 else palette.text
        self._value.setStyleSheet(f"color: {ink}; background: transparent; border: none")
        self._text.setStyleSheet("background: transparent; border: none")
        self.setMaximumWidth(theme.px(190))

    def show_figure(self, value: str, text: str, state: State | None) -> None:
        self._state = state
        self._value.setText(value)
        self._text.setText(text)
        self.setAccessibleName(f"{value} {text}")
        self.dress()

    @property
    def text(self) -> str:
        return f"{self._value.text()} {self._text.text()}"


def _says_the_same(telling: Telling, narration: Narration) -> bool:
    """Whether the situation is what the step has told already."""
    return narration.headline.say in _SAME.get(telling.what, ()) and (
        telling.what is What.DEADLOCK or narration.headline.tracks == (telling.track,)
    )


_SAME = {
    What.WANTS_LOCK: (Say.LOCK_WAIT,),
    What.WAITS: (Say.WAITS_FOR, Say.ALL_WAIT),
    What.NATIVE: (Say.NATIVE_ONE,),
    What.SLEEPS: (Say.ALL_SLEEP,),
    What.WANTS_GIL: (Say.GIL_CONTENDED, Say.GIL_CONTENDED_UNSEEN),
    What.DEADLOCK: (Say.DEADLOCK,),
}


class SentencePanel(QWidget):
    """``need_changed``: it needs more or less height than before."""

    need_changed = Signal()

    def __init__(self, theme: Theme, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self._document = document
        self._overview: tuple[str, str, str] = ("", "", "")
        self._speed_up: float | None = None
        self._figures: list[Figure] = []
        self._needed = 0
        self._cards_wanted = True
        self._told = True
        self._was_alone = False
        self.kicker = QLabel(self)
        self.kicker.setObjectName("Soft")
        self.headline = QLabel(self)
        self.headline.setWordWrap(True)
        self.headline.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail = QLabel(self)
        self.detail.setObjectName("Soft")
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.cards = [Card(theme, self) for _ in range(MOST_CARDS)]
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.kicker)
        self._layout.addWidget(self.headline)
        self._layout.addWidget(self.detail)
        self._card_row = QHBoxLayout()
        for card in self.cards:
            self._card_row.addWidget(card, 4)
            card.hide()
        self._card_row.addStretch(1)
        self._layout.addSpacing(theme.px(4))
        self._layout.addLayout(self._card_row)
        self._layout.addStretch(1)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._count)
        document.moment_changed.connect(self.refresh)
        document.replaced.connect(self._on_replaced)
        document.grew.connect(self._on_grew)
        document.phase_changed.connect(self._on_phase_changed)
        document.range_changed.connect(self._on_range_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
            self._show_cards()
        super().changeEvent(event)

    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.kicker.setFont(theme.font(SMALL))
        self.headline.setFont(theme.font(SENTENCE, QFont.Weight.DemiBold))
        self.detail.setFont(theme.font(BODY))
        self._layout.setContentsMargins(theme.px(16), theme.px(10), theme.px(16), theme.px(10))
        self._layout.setSpacing(theme.px(4))
        self._card_row.setSpacing(theme.px(9))
        for card in self.cards:
            card.dress()
        self._place_cards()
        self._needed = 0
        self._reserve()

    def _on_replaced(self) -> None:
        self._overview = ("", "", "")
        self._speed_up = None
        self._figures = []
        self._needed = 0
        self._show_cards()
        self._count_soon(0)
        self.refresh()

    def _on_grew(self, tracks_changed: bool) -> None:
        self._count_soon(LIVE_MS if self._figures else FIRST_MS)
        if tracks_changed:
            self.refresh()  # a better name may have been found

    def _on_phase_changed(self) -> None:
        self._count_soon(0)
        self.refresh()

    def _on_range_changed(self) -> None:
        self._count_soon(30)
        self.refresh()

    def set_overview(self, kicker: str, headline: str, detail: str, speed_up: float | None = None) -> None:
        """What the whole run showed; said while no cursor is set."""
        self._overview = (kicker, headline, detail)
        self._speed_up = speed_up
        self._count_soon(0)
        self.refresh()

    # --- the sentence ---------------------------------------------------------------------

    def refresh(self) -> None:
        kicker, headline, detail = self._texts()
        for label, text in ((self.kicker, kicker), (self.headline, headline), (self.detail, detail)):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self._place_cards()
        self._reserve()

    def _reserve(self) -> None:
        """Room for the text there is.  Within one recording the panel only grows: the timeline must
        not jump up and down with every sentence."""
        share = MOST_HEIGHT_PROJECTOR if self._theme.projector else MOST_HEIGHT
        most = round(self.window().height() * share)
        needed = self._height_needed()
        if self._theme.projector and needed > round(self.window().height() * MOST_HEIGHT):
            for card in self.cards:  # a figure cut in half tells nothing
                card.hide()
            needed = self._height_needed()
        self._needed = max(self._needed, min(needed, most))
        changed = self.minimumHeight() != self._needed
        if changed:
            self.setMinimumHeight(self._needed)
        # On a projector all that is left belongs to the lanes.
        self.setMaximumHeight(self._needed if self._theme.projector else QWIDGETSIZE_MAX)
        if changed:
            self.need_changed.emit()

    def _height_needed(self) -> int:
        self._card_row.invalidate()  # what was hidden or shown a moment ago is not laid out yet
        self._layout.invalidate()
        return self._layout.totalHeightForWidth(max(self.width(), 200))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._needed = 0
            self._reserve()

    def _texts(self) -> tuple[str, str, str]:
        document = self._document
        store = document.store
        if document.range is not None:
            return self._range_texts(*document.range)
        if document.cursor_ns is None and not document.live:
            if self._overview[1]:
                return self._overview
            return self._plain_overview()
        if document.moment is None:
            return "", self.tr("The program starts …") if document.live else "", ""
        narration = narrate(store, document.moment, store.start_ns, store.end_ns)
        time = document.moment.time_ns - store.start_ns
        where = moment(time, 100_000 if time < 10**9 else 1_000_000)
        if document.telling is not None:
            number, many = document.step_number
            kicker = self.tr("Step {number} of {count}, at {time}")
            return (
                kicker.format(number=count(number), count=count(many), time=where),
                step_sentences.headline(store, document.telling, store.start_ns),
                "" if _says_the_same(document.telling, narration) else sentences.headline(narration, store),
            )
        kicker = self.tr("At {time}") if document.cursor_ns is not None else self.tr("Now, at {time}")
        return (
            kicker.format(time=where),
            sentences.headline(narration, store),
            sentences.detail(narration, store),
        )

    def _plain_overview(self) -> tuple[str, str, str]:
        store = self._document.store
        if not store.tracks:
            return "", "", ""
        length = duration(store.end_ns - store.start_ns)
        return (
            self.tr("The whole run"),
            self.tr("The run took {time}.").format(time=length),
            self.tr("Click into the timeline to read what happened at that moment."),
        )

    def _range_texts(self, start_ns: int, end_ns: int) -> tuple[str, str, str]:
        store = self._document.store
        threads = [t.id for t in store.of_kind(TrackKind.THREAD)]
        states = chosen_states(store, threads, start_ns, end_ns)
        total = sum(states.values())
        parts = [
            f"{wording.state_word(state)} {percent(ns / total)}"
            for state, ns in sorted(states.items(), key=lambda item: -item[1])
            if total
        ]
        start, end = (moment(t - store.start_ns, 100_000) for t in (start_ns, end_ns))
        return (
            self.tr("Selected range, {start} to {end}").format(start=start, end=end),
            self.tr("{time} selected").format(time=duration(end_ns - start_ns)),
            self.tr("All threads: {states}").format(states=" · ".join(parts)),
        )

    # --- the figures ----------------------------------------------------------------------

    def _count_soon(self, milliseconds: int) -> None:
        if not self._later.isActive() or self._later.remainingTime() > milliseconds:
            self._later.start(milliseconds)

    def _count(self) -> None:
        chosen = self._document.range
        if chosen is None:
            stopped = self._document.origin.stopped or self._document.phase is Phase.STOPPING
            self._figures = figures(self._document.store, stopped=stopped)
            if self._speed_up is not None:
                self._figures.insert(0, Figure(FigureKind.SPEED_UP, self._speed_up))
        else:
            self._figures = figures(self._document.store, *chosen)
        self._show_cards()

    @property
    def _sentence_alone(self) -> bool:
        """On a projector there is no room for figures beside what is said of a moment, nor beside many
        lanes: the ones that matter may be the last."""
        if not self._theme.projector:
            return False
        document = self._document
        lanes = sum(track.kind is not TrackKind.PROCESS for track in document.tracks.values())
        return lanes > MOST_LANES_WITH_CARDS or document.cursor_ns is not None or document.live

    def _show_cards(self) -> None:
        for card, figure in zip(
            self.cards, [*self._figures[:MOST_CARDS], *[None] * MOST_CARDS], strict=False
        ):
            if figure is not None:
                card.show_figure(*self._words(figure))
        self._place_cards()
        self._reserve()

    def show_cards(self, on: bool) -> None:
        """Whether the few figures stand below the sentence; not where all of them are in sight."""
        self._cards_wanted = on
        self._needed = 0
        self._place_cards()
        self._reserve()

    def tell_figures(self, on: bool) -> None:
        """Whether figures are told at all; not while a class is still to say what it has seen."""
        if on != self._told:
            self._told = on
            self._needed = 0
            self._place_cards()
            self._reserve()

    def _place_cards(self) -> None:
        alone = self._sentence_alone or not self._cards_wanted or not self._told
        many = 0 if alone else len(self._figures)
        if self._theme.projector and self._was_alone != alone:
            self._was_alone = alone
            self._needed = 0
        for number, card in enumerate(self.cards):
            card.setVisible(number < many)

    def _words(self, figure: Figure) -> tuple[str, str, State | None]:
        store = self._document.store
        value = figure.value
        match figure.kind:
            case FigureKind.SPEED_UP:
                return f"{value:.2f}×", self.tr("as fast as the same work one after the other"), None
            case FigureKind.GIL_WAIT:
                return (
                    percent(value),
                    self.tr("waiting for the GIL, of the time threads wanted to run"),
                    State.WAIT_GIL,
                )
            case FigureKind.GIL_SWITCHES:
                text = self.tr("GIL switches, {missed} missed").format(missed=count(int(figure.other)))
                return count(int(value)), text, None
            case FigureKind.NOT_SEEN:
                return percent(value), self.tr("of thread time not seen"), None
            case FigureKind.LONGEST_LOCK_WAIT:
                name = wording.object_text(store, figure.object)
                text = self.tr("longest wait for a lock")
                if name:
                    text = self.tr("longest wait for a lock: {name}").format(name=name)
                return duration(value), text, State.WAIT_LOCK
            case FigureKind.NATIVE:
                return percent(value), self.tr("of the work done outside the GIL"), State.NATIVE
            case FigureKind.READY:
                name = wording.track_name(store, figure.track)
                text = self.tr("longest wait of a task for the busy loop: {name}").format(name=name)
                return duration(value), text, State.READY
            case FigureKind.TASKS:
                return count(int(value)), self.tr("tasks"), None
            case FigureKind.PROCESSES:
                return count(int(value)), self.tr("processes"), None
            case FigureKind.FAILED:
                name = wording.track_name(store, figure.track)
                text = self.tr("ended badly: {name}").format(name=name)
                return count(int(value)), text, None
            case _:
                return percent(value), self.tr("waiting for a core, of the time threads wanted to run"), None

    def as_text(self) -> str:
        """Sentence and figures, for the clipboard."""
        lines = [self.kicker.text(), self.headline.text(), self.detail.text()]
        lines += [card.text for card in self.cards if card.isVisibleTo(self)]
        return "\n".join(line for line in lines if line)
