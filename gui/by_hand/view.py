"""By hand: cards of the threads, the shared variables, the code, and what was chosen so far.

A click on a card, or its digit, lets that thread go by one grain.  Times are not shown: they are not
the program's.  GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QWidget,
)

from engine.errors import LockstepError
from engine.model import State
from engine.schedule import schedule as schedules
from engine.schedule.controlled import ThreadState
from engine.schedule.explorer import Options, Progress, Result
from engine.schedule.schedule import TASK, Choice, Grain, Schedule
from gui.by_hand import words
from gui.by_hand.card import HandCard
from gui.by_hand.hand import HandRun
from gui.by_hand.parts import GRAINS, ByHandParts
from gui.by_hand.search import Search
from gui.panels.code_marks import LineMark
from gui.theme import Theme

SUFFIX = ".schedule.json"
#: Choices that are shown; older ones can be undone as well.
MOST_CHOICES = 60
MOST_ACCESSES = 200


class ByHandView(ByHandParts):
    """``run_wanted``: from the beginning; ``left``: back to where one came from; ``failed`` (exception)."""

    run_wanted = Signal()
    left = Signal()
    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.hand = HandRun(self)
        self.folder = ""
        self.search = Search(self)
        self.limits = Options()
        #: choices that are stepped through, and which of them are the decisive ones
        self.script: tuple[Choice, ...] = ()
        self.decisive: frozenset[int] = frozenset()
        self._told = ""
        self._voting = False
        self.grains.idClicked.connect(self._on_grain)
        self.undo_button.clicked.connect(lambda: self.undo())
        self.again_button.clicked.connect(self.run_wanted)
        self.vote_button.toggled.connect(self.set_voting)
        self.leave_button.clicked.connect(self.leave)
        self.search_button.clicked.connect(self.toggle_search)
        self.count_button.clicked.connect(self.count_votes)
        self.chosen.linkActivated.connect(self._on_choice_clicked)
        self.save_action.triggered.connect(self.save)
        self.keep_action.triggered.connect(self.keep)
        self.open_action.triggered.connect(self.open)
        self.hand.changed.connect(self.refresh)
        self.hand.busy_changed.connect(lambda _: self._refresh_buttons())
        self.hand.failed.connect(self.failed)
        self.hand.ended.connect(self._on_hand_ended)
        self.search.progressed.connect(self._on_search_progressed)
        self.search.finished.connect(self._on_search_finished)
        self.search.failed.connect(self._on_search_failed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        for number, grain in enumerate(GRAINS):
            button = self.grains.button(number)
            assert button is not None
            button.setText(words.grain_text(grain))
            button.setToolTip(words.grain_tip(grain))
        self._show_search()
        self.undo_button.setText(self.tr("Undo"))
        self.undo_button.setToolTip(
            self.tr("One choice back: the program runs again with the same choices before it (Ctrl+Z)")
        )
        self.again_button.setText(self.tr("Start over"))
        self.again_button.setToolTip(self.tr("Run it again from the beginning"))
        self.vote_button.setText(self.tr("Let the class vote"))
        self.vote_button.setToolTip(
            self.tr("Digits and clicks count votes; Return lets the thread with the most votes go")
        )
        self.count_button.setText(self.tr("Count the votes"))
        self.file_button.setText(self.tr("Choices"))
        self.file_button.setToolTip(self.tr("Kept as a schedule with a name, to be replayed and shared"))
        self.save_action.setText(self.tr("Save the choices …"))
        self.keep_action.setText(self.tr("Keep in a recording …"))
        self.open_action.setText(self.tr("Open choices …"))
        self.leave_button.setText(self.tr("Close"))
        self.leave_button.setToolTip(self.tr("End the program and go back"))
        self.shared_title.setText(self.tr("Shared:"))
        self.log_title.setText(self.tr("Reads and writes"))
        self.output_title.setText(self.tr("Output"))
        self.setAccessibleName(self.tr("Running by hand"))
        self.log.setAccessibleName(self.tr("Reads and writes"))
        self.output.setAccessibleName(self.tr("Output"))
        self.refresh()

    def _on_theme_changed(self) -> None:
        self.dress()
        self._show_search()
        self.refresh()

    # --- what it shows ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Everything, as the run is now."""
        hand = self.hand
        state = hand.state
        values = ", ".join(f"{name} = {value}" for name, value in hand.values.items())
        title = self.tr("By hand: {name}").format(name=hand.title)
        self.title.setText(f"{title}  ·  {values}" if values else title)
        if hand.busy and not state.threads:
            self.headline.setText(self.tr("The program starts. What its threads share is being looked for …"))
        else:
            self.headline.setText(self._told or words.happened_text(hand.before, state, hand.choices))
        bad = state.deadlock is not None or (
            state.ended is not None and state.ended.kind not in ("ok", "stopped")
        )
        ink = self._theme.palette.error if bad else self._theme.palette.text
        self.headline.setStyleSheet(f"color: {ink}")
        self.shared.setText(words.shared_text(state))
        self.free.setText(words.free_text(state))
        self.free.setVisible(bool(state.free))
        self._show_cards()
        self._show_code()
        self._show_log()
        self._show_choices()
        self._refresh_buttons()

    def _show_cards(self) -> None:
        state = self.hand.state
        count = len(state.tasks) if state.tasks else len(state.threads)
        while len(self.cards) < count:
            card = HandCard(self._theme, self._grid_box)
            number = len(self.cards)
            card.chosen.connect(lambda n=number: self._on_card(n))
            card.vote_changed.connect(self._refresh_buttons)
            self.cards.append(card)
        self._place_cards(count)
        for number, card in enumerate(self.cards[:count]):
            card.setVisible(True)
            card.votes.setVisible(self._voting)
            if state.tasks:
                card.show_texts(
                    str(number + 1),
                    state.tasks[number],
                    self.tr("ready"),
                    "",
                    "",
                    True,
                    self._tip(number + 1),
                )
            else:
                self._show_thread(card, state.threads[number])
        for card in self.cards[count:]:
            card.hide()

    def _show_thread(self, card: HandCard, thread: ThreadState) -> None:
        state = self.hand.state
        possible = thread.number in state.enabled and state.ended is None
        doing = ""
        if thread.state == "blocked" and thread.wait is not None:
            doing = words.wait_text(state, thread.wait)
        elif thread.state != "ended":
            doing = "\n".join(
                dict.fromkeys(text for text in (self._line(thread).strip(), words.next_text(thread)) if text)
            )
            if self.grain is Grain.INSTRUCTION and thread.by_itself is not None and possible:
                doing += "\n" + words.switch_text(thread.by_itself)
        place = self.tr("line {line}").format(line=thread.line) if thread.line else ""
        word = words.state_text(thread)
        loaded = words.loaded_text(thread)
        if loaded:
            loaded = self.tr("has loaded {values}").format(values=loaded)
        if thread.error:
            loaded = thread.error
        card.show_texts(
            str(thread.number),
            words.card_name(state, thread),
            f"{word} · {place}" if place else word,
            doing,
            loaded,
            possible,
            self._tip(thread.number) if possible else word,
        )

    def _tip(self, digit: int) -> str:
        return self.tr("Click, or press {digit}").format(digit=digit) if digit < 10 else self.tr("Click")

    def _line(self, thread: ThreadState) -> str:
        lines = self.hand.source.splitlines()
        if thread.file == self.hand.path and 0 < thread.line <= len(lines):
            return lines[thread.line - 1]
        return thread.function

    def _place_cards(self, count: int) -> None:
        """Under their processes, where there are several."""
        state = self.hand.state
        if state.tasks or len(state.processes) < 2:
            self.place_cards([("", range(count))])
            return
        threads = list(enumerate(state.threads))
        self.place_cards(
            [
                (words.process_text(state, process), [n for n, one in threads if one.process == process])
                for process in range(len(state.processes))
            ]
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize() != event.size():
            width, height = event.size().width(), event.size().height()
            left = width * (68 if self._theme.projector else 60) // 100  # two cards side by side, at least
            self._columns.setSizes([left, width - left])
            self._right.setSizes([height * 58 // 100, height * 25 // 100, height * 17 // 100])
        self._show_cards()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_theme_changed()  # put into the window, a widget forgets its fonts

    def _show_code(self) -> None:
        hand = self.hand
        if not hand.running or not hand.source:
            return
        if self.code.file != hand.path or self._shown != hand.source:
            self._shown = hand.source
            self.code.set_store(None)
            self.code.set_sources({hand.path: hand.source})
            self.code.set_file(hand.path)
        lines: dict[int, list[ThreadState]] = {}
        for thread in hand.state.threads:
            if thread.file == hand.path and thread.line and thread.state != "ended":
                lines.setdefault(thread.line, []).append(thread)
        marks, labels = [], {}
        for line, threads in lines.items():
            can = [t for t in threads if t.number in hand.state.enabled]
            states = State.HELD if can else State.WAIT_LOCK
            digits = tuple(str(t.number) for t in threads)
            marks.append(LineMark(line, states, ((states, True, digits),), tuple(t.number for t in threads)))
            away = any(t.state == "outside" for t in threads)
            waits = self.tr("{who} not back") if away else self.tr("{who} waits")
            text = self.tr("{who} next") if can else waits
            labels[line] = text.format(who=", ".join(digits))
        self.code.view.set_marks(marks, labels)
        last = hand.choices[-1].thread if hand.choices else 0
        place = next((t.line for t in hand.state.threads if t.number == last and t.file == hand.path), 0)
        if place:
            self.code.view.bring_marks_into_view(place)

    _shown = ""

    def _show_log(self) -> None:
        state = self.hand.state
        text = "\n".join(words.access_text(state, one) for one in state.accesses[-MOST_ACCESSES:])
        for widget, new in ((self.log, text), (self.output, state.output)):
            if widget.toPlainText() != new:
                widget.setPlainText(new)
                bar = widget.verticalScrollBar()
                bar.setValue(bar.maximum())

    def _show_choices(self) -> None:
        """Who went when, as digits; a switch of thread stands out."""
        choices = self.hand.choices
        done = len(choices)
        rest = self.script[done:] if self._on_script else ()
        shown = (*choices, *rest)
        parts, last = [], None
        first = max(0, min(done, len(shown) - MOST_CHOICES // 2) - MOST_CHOICES // 2)
        palette = self._theme.palette
        for place, choice in enumerate(shown[first : first + MOST_CHOICES], first):
            digit = f"t{choice.position + 1}" if choice.thread == TASK else str(choice.thread)
            decisive = self._on_script and place in self.decisive
            ink = palette.accent if decisive else palette.text if place < done else palette.soft_text
            link = f'<a href="{place}" style="color: {ink}; text-decoration: none">{digit}</a>'
            switched = last is not None and choice.thread != last
            sign = "⇄ " if decisive else "| " if switched else ""
            parts.append(f"<b>{sign}{link}</b>" if switched or decisive else link)
            if rest and place == done - 1:
                parts.append("▸")
            last = choice.thread
        title = self.tr("Choices so far ({count}):").format(count=len(choices))
        self.chosen.setText(f"{title} {'… ' if first else ''}{' '.join(parts)}")
        self.chosen.setToolTip(self.tr("A click goes back to right after that choice") if choices else "")

    def _on_choice_clicked(self, place: str) -> None:
        """Back, or on, to right after a choice."""
        count = len(self.hand.choices) - 1 - int(place)
        if count > 0:
            self.undo(count)
        elif count < 0 and self._schedule is not None:
            self._told = ""
            self.hand.load(self._schedule, int(place) + 1)

    # --- a schedule that is stepped through ---------------------------------------------------------

    _schedule: Schedule | None = None

    @property
    def _on_script(self) -> bool:
        """Whether what was chosen so far is how the schedule begins."""
        done = len(self.hand.choices)
        return bool(self.script) and self.hand.choices == self.script[:done]

    def show_schedule(self, schedule: Schedule, decisive: frozenset[int] = frozenset(), at: int = 0) -> None:
        """Opens a schedule for stepping, after its first ``at`` choices."""
        self._schedule = schedule
        self.script, self.decisive = schedule.choices, decisive
        self.hand.load(schedule, at)

    def next_choice(self) -> bool:
        """The next choice of the schedule; False: there is none, or other choices were made."""
        done = len(self.hand.choices)
        if not self._on_script or done >= len(self.script) or self.hand.busy:
            return False
        self._told = ""
        choice = self.script[done]
        if choice.thread == TASK:
            return self.hand.choose_task(choice.position)
        return self.hand.step(choice.thread, choice.grain)

    def toggle_search(self) -> None:
        """Looks for a schedule that breaks the program, or stops looking."""
        if self.search.running:
            self.search.cancel()
        elif self.hand.target is not None and self.hand.running:
            self._told = self.tr("Looking for a schedule that breaks it …")
            self.search.start(self.hand.target, self.limits)
            self.refresh()
        self._show_search()

    def _show_search(self) -> None:
        if self.search.running:
            self.search_button.setText(self.tr("Stop looking"))
        elif self._theme.projector:
            self.search_button.setText(self.tr("Break it"))
        else:
            self.search_button.setText(self.tr("Find a schedule that breaks this"))
        self.search_button.setToolTip(
            self.tr("Runs the program again and again, each time in another order of its threads")
        )

    def _on_search_progressed(self, progress: Progress) -> None:
        if self.search.running:
            self._told = words.progress_text(progress)
            self.refresh()

    def _on_search_finished(self, result: Result) -> None:
        self._told = words.result_text(result)
        if result.schedule is not None:
            self.show_schedule(result.schedule, frozenset(at - 1 for at in result.decisive))
        self._show_search()
        self.refresh()
        self.setFocus()

    def _on_search_failed(self, error: object) -> None:
        self._told = ""
        self._show_search()
        self.refresh()
        self.failed.emit(error)

    def _on_hand_ended(self) -> None:
        self.search.close()
        self._told = ""
        self.script, self.decisive, self._schedule = (), frozenset(), None
        self._show_search()

    def _refresh_buttons(self) -> None:
        hand = self.hand
        free = hand.running and not hand.busy
        free = free and not self.search.running
        self.search_button.setEnabled(self.search.running or (free and bool(hand.state.threads)))
        self.undo_button.setEnabled(free and bool(hand.choices))
        self.again_button.setEnabled(free)
        self.file_button.setEnabled(free)
        self.save_action.setEnabled(free and bool(hand.choices))
        self.keep_action.setEnabled(free and bool(hand.choices))
        self.vote_button.setEnabled(free)
        self.count_button.setVisible(self._voting)
        self.count_button.setEnabled(free and self._winner() is not None)
        self.count_button.setToolTip(
            "" if self._winner() is not None else self.tr("No votes yet, or as many for two of them")
        )

    # --- what a person does ---------------------------------------------------------------------------

    def _on_grain(self, number: int) -> None:
        self.grain = GRAINS[number]
        self._show_cards()
        self.setFocus()

    def _on_card(self, number: int) -> None:
        """A card was clicked: a step, or a vote."""
        if self._voting:
            self._vote(number)
        else:
            self._go(number)
        self.setFocus()

    def _go(self, number: int) -> bool:
        """Lets the thread (or ready task) of a card go."""
        if self.search.running:
            return False
        self._told = ""
        state = self.hand.state
        if state.tasks:
            return self.hand.choose_task(number)
        if number >= len(state.threads):
            return False
        thread = state.threads[number]
        if thread.state == "outside":
            self.hand.look()
            return True
        return self.hand.step(thread.number, self.grain)

    def _vote(self, number: int) -> None:
        if number < len(self.cards) and self.cards[number].possible:
            self.cards[number].votes.setValue(self.cards[number].votes.value() + 1)

    def set_voting(self, on: bool) -> None:
        """Digits and clicks count votes instead of letting a thread go."""
        self._voting = on
        self.vote_button.setChecked(on)
        for card in self.cards:
            card.votes.setValue(0)
        self._show_cards()
        self._refresh_buttons()
        self.setFocus()

    def _winner(self) -> int | None:
        """The card with the most votes among those that can go; None: there is none, or two have as many."""
        counts = sorted(
            ((card.votes.value(), number) for number, card in enumerate(self.cards) if card.possible),
            reverse=True,
        )
        if not counts or counts[0][0] == 0 or (len(counts) > 1 and counts[0][0] == counts[1][0]):
            return None
        return counts[0][1]

    def count_votes(self) -> bool:
        """Lets the thread with the most votes go, and begins a new vote."""
        winner = self._winner()
        if winner is None or not self._go(winner):
            return False
        for card in self.cards:
            card.votes.setValue(0)
        return True

    def undo(self, count: int = 1) -> bool:
        if self.search.running:
            return False
        self._told = ""
        done = self.hand.undo(count)
        self.setFocus()
        return done

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z takes back a choice here; elsewhere in the window it takes back a change of tracks."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.matches(QKeySequence.StandardKey.Undo)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if len(text) == 1 and text in "0123456789":
            number = self._card_of_digit(int(text))
            if number is not None:
                self._vote(number) if self._voting else self._go(number)
            return
        if self._voting and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.count_votes()
            return
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_PageDown) and self.next_choice():
            return
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self.undo()
            return
        if event.matches(QKeySequence.StandardKey.Undo) or event.key() == Qt.Key.Key_Backspace:
            self.undo()
            return
        super().keyPressEvent(event)

    def _card_of_digit(self, digit: int) -> int | None:
        state = self.hand.state
        if state.tasks:
            return digit - 1 if 1 <= digit <= len(state.tasks) else None
        return next((i for i, one in enumerate(state.threads) if one.number == digit), None)

    def leave(self) -> None:
        self.hand.close()
        self.left.emit()

    # --- schedules ---------------------------------------------------------------------------------

    def save(self) -> None:
        """The choices under a name, as a file."""
        name, good = QInputDialog.getText(self, self.tr("Save the choices"), self.tr("Name of the schedule"))
        if not good:
            return
        stem = "".join(c if c.isalnum() or c in "-_ " else "_" for c in name).strip() or "choices"
        path, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Save the choices"),
            str(Path(self.folder or Path.home()) / f"{stem}{SUFFIX}"),
            self.tr("Schedules (*.json)"),
        )
        if path:
            self.hand.save(name, Path(path))

    def keep(self) -> None:
        """The choices under a name, in a recording of the program, to be shared with it."""
        title = self.tr("Keep the choices in a recording")
        name, good = QInputDialog.getText(self, title, self.tr("Name of the schedule"))
        if not good:
            return
        path, _ = QFileDialog.getOpenFileName(self, title, self.folder, self.tr("Recordings (*.lockstep)"))
        if path:
            self.hand.save(name, Path(path))

    def open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open choices"),
            self.folder,
            self.tr("Schedules and recordings (*.json *.lockstep)"),
        )
        if path:
            self.load(Path(path))

    def load(self, path: Path) -> bool:
        """Runs the program with the choices of a file or recording: that which they were made for."""
        try:
            schedule = schedules.load(path)
            if not self.hand.made_for(schedule):
                self.hand.start_schedule(schedule)
                self._schedule, self.script = schedule, schedule.choices
                return True
        except (LockstepError, OSError) as error:
            self.failed.emit(error)
            return False
        self._told = ""
        self.show_schedule(schedule, at=len(schedule.choices))
        return True
