"""The sentence at the cursor, in the language of the window.

``engine.narrative`` says what matters at a moment as data; here it becomes text.  Names are
never translated; every figure comes from the statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from engine.moment import SpanSource
from engine.narrative import Narration, Say, Statement
from gui.durations import duration
from gui.wording import told_name

#: More names than this become "and 3 more".
MOST_NAMES = 3

_translate = QCoreApplication.translate


def names(store: SpanSource, tracks: Sequence[int]) -> str:
    """``worker-1``, ``worker-1 and worker-2``, ``worker-1, worker-2 and 3 more``."""
    words = [told_name(store, t) for t in tracks if t in store.tracks]
    if not words:
        return ""
    if len(words) == 1:
        return words[0]
    comma = _translate("Sentence", ", ", "between names in a list")
    if len(words) > MOST_NAMES:
        shown, rest = words[: MOST_NAMES - 1], len(words) - MOST_NAMES + 1
        return _translate("Sentence", "{names} and {count} more").format(names=comma.join(shown), count=rest)
    return _translate("Sentence", "{names} and {last}").format(names=comma.join(words[:-1]), last=words[-1])


def headline(narration: Narration, store: SpanSource) -> str:
    """The sentence itself."""
    return _text(narration.headline, store)


def detail(narration: Narration, store: SpanSource) -> str:
    """The smaller line below it; empty when there is nothing to add."""
    parts = [text for text in (_text(s, store) for s in narration.details) if text]
    return _translate("Sentence", " ", "between two sentences").join(parts)


def line_of(store: SpanSource, location: int) -> str:
    """``line 14``, or the empty text."""
    place = store.locations.get(location) if location >= 0 else None
    return "" if place is None else _translate("Sentence", "line {line}").format(line=place.line)


def object_name(store: SpanSource, object_id: int) -> str:
    """The name of what is waited for, as the program calls it."""
    info = store.objects.get(object_id)
    if info is None:
        return _translate("Sentence", "something unknown")
    track = store.tracks.get(info.track)
    if info.name and track is not None and track.name == info.name:
        return told_name(store, info.track)
    return info.name or _translate("Sentence", "a {sort} without a name").format(sort=info.sort)


def _text(statement: Statement, store: SpanSource) -> str:
    who = names(store, statement.tracks)
    many = len(statement.tracks) > 1
    owner = names(store, (statement.owner,)) if statement.owner >= 0 else ""
    what = object_name(store, statement.object) if statement.object >= 0 else ""
    length = duration(statement.duration_ns)
    match statement.say:
        case Say.NOT_STARTED:
            return _translate("Sentence", "Nothing has started yet.")
        case Say.OVER:
            return _translate("Sentence", "The run is over. It took {time}.").format(time=length)
        case Say.KILLED:
            return _translate("Sentence", "The process was killed: {why}.").format(why=statement.text)
        case Say.STARTING:
            return _translate("Sentence", "{who} was started and does not run yet.").format(who=who)
        case Say.NOT_SEEN:
            return _translate("Sentence", "What {who} did at this moment was not seen.").format(who=who)
        case Say.LINE:
            return _line(statement, store, owner)
        case Say.NO_CORE:
            return _translate("Sentence", "{who} could run, but no processor core is free.").format(who=who)
        case Say.SLEEP_COSTS_NOTHING:
            return _translate("Sentence", "Waiting like this uses no processor time.")
        case Say.NEEDS_NO_GIL:
            return _translate("Sentence", "Code in C that lets go of the GIL runs beside Python code.")
        case Say.DEADLOCK if not many:
            return _translate("Sentence", "Deadlock: {who} waits for itself. It can never go on.").format(
                who=who
            )
        case Say.DEADLOCK:
            return _translate("Sentence", "Deadlock: {who} wait for each other. None can ever go on.").format(
                who=who
            )
    if statement.say in _ABOUT_GIL:
        return _gil_text(statement, who, owner, many)
    if statement.say in _ABOUT_TASKS:
        return _task_text(statement, who, owner, many)
    return _wait_text(statement, store, who, owner, what, many)


_ABOUT_GIL = frozenset(
    {
        Say.GIL_CONTENDED,
        Say.GIL_CONTENDED_UNSEEN,
        Say.GIL_WAITED,
        Say.RUNS_ALONE,
        Say.RUNS_ONLY,
        Say.NATIVE_TOGETHER,
        Say.NATIVE_ONE,
        Say.PROCESSES_TOGETHER,
    }
)
_ABOUT_TASKS = frozenset({Say.LOOP_BUSY, Say.LOOP_BLOCKED, Say.TASK_RUNS, Say.LOOP_IDLE})


def _gil_text(statement: Statement, who: str, owner: str, many: bool) -> str:
    length = duration(statement.duration_ns)
    match statement.say:
        case Say.GIL_CONTENDED if many:
            text = _translate(
                "Sentence",
                "{owner} holds the GIL. {who} want to run and must wait: only one thread runs Python code at"
                " a time.",
            )
        case Say.GIL_CONTENDED:
            text = _translate(
                "Sentence",
                "{owner} holds the GIL. {who} wants to run and must wait: only one thread runs Python code"
                " at a time.",
            )
        case Say.GIL_CONTENDED_UNSEEN if many:
            text = _translate("Sentence", "{who} wait for the GIL. Who holds it was not seen at this moment.")
        case Say.GIL_CONTENDED_UNSEEN:
            text = _translate(
                "Sentence", "{who} waits for the GIL. Who holds it was not seen at this moment."
            )
        case Say.GIL_WAITED:
            text = _translate(
                "Sentence",
                "{who} has waited {time} so far. After {interval} without a switch, a waiting thread asks the"
                " holder to let go.",
            )
        case Say.RUNS_ALONE:
            text = _translate("Sentence", "{owner} runs. No other thread wants the GIL.")
        case Say.RUNS_ONLY:
            text = _translate("Sentence", "{owner} runs. It is the only thread.")
        case Say.NATIVE_TOGETHER if owner and many:
            text = _translate("Sentence", "{owner} runs Python code; {who} work outside the GIL meanwhile.")
        case Say.NATIVE_TOGETHER if owner:
            text = _translate("Sentence", "{owner} runs Python code; {who} works outside the GIL meanwhile.")
        case Say.NATIVE_TOGETHER:
            text = _translate("Sentence", "{who} work outside the GIL, at the same time.")
        case Say.NATIVE_ONE:
            text = _translate("Sentence", "{who} works outside the GIL.")
        case _:
            text = _translate("Sentence", "{who} run at the same time: every process has a GIL of its own.")
    return text.format(who=who, owner=owner, time=length, interval=duration(statement.interval_ns))


def _task_text(statement: Statement, who: str, owner: str, many: bool) -> str:
    match statement.say:
        case Say.LOOP_BUSY:
            text = _translate(
                "Sentence", "{owner} runs. {who} could go on, but the event loop does one thing at a time."
            )
        case Say.LOOP_BLOCKED:
            text = _translate(
                "Sentence",
                "{owner} holds up the event loop: it waits without await. {who} could go on, but must wait.",
            )
        case Say.TASK_RUNS if who:
            text = _translate("Sentence", "{owner} runs on the event loop. The other tasks await something.")
        case Say.TASK_RUNS:
            text = _translate("Sentence", "{owner} runs on the event loop.")
        case _ if many:
            text = _translate(
                "Sentence", "{who} are suspended. The event loop waits for whichever can go on first."
            )
        case _:
            text = _translate("Sentence", "{who} is suspended. The event loop waits until it can go on.")
    return text.format(who=who, owner=owner)


def _wait_text(statement: Statement, store: SpanSource, who: str, owner: str, what: str, many: bool) -> str:
    length = duration(statement.duration_ns)
    line = line_of(store, statement.location)
    match statement.say:
        case Say.LOCK_WAIT if owner and statement.duration_ns and many:
            text = _translate("Sentence", "{who} want {what}; {owner} has had it for {time}.")
        case Say.LOCK_WAIT if owner and statement.duration_ns:
            text = _translate("Sentence", "{who} wants {what}; {owner} has had it for {time}.")
        case Say.LOCK_WAIT if owner:
            text = _translate("Sentence", "{who} waits for {what}, which {owner} has.")
        case Say.LOCK_WAIT:
            text = _translate("Sentence", "{who} waits for {what}. Who has it is not known.")
        case Say.LOCK_WAITED if line:
            text = _translate("Sentence", "{who} has waited {time} so far, on {line}.")
        case Say.LOCK_WAITED:
            text = _translate("Sentence", "{who} has waited {time} so far.")
        case Say.ALSO_LOCK if owner and line:
            text = _translate("Sentence", "{who} waits for {what} on {line}; {owner} has it.")
        case Say.ALSO_LOCK if owner:
            text = _translate("Sentence", "{who} waits for {what}; {owner} has it.")
        case Say.ALSO_LOCK:
            text = _translate("Sentence", "{who} waits for {what}.")
        case Say.WAITS_FOR if what and line:
            text = _translate("Sentence", "{who} waits for {what}, on {line}.")
        case Say.WAITS_FOR if what:
            text = _translate("Sentence", "{who} waits for {what}.")
        case Say.WAITS_FOR:
            text = _translate("Sentence", "{who} waits.")
        case Say.ALL_SLEEP if many:
            text = _translate("Sentence", "{who} sleep or wait for input and output, all at the same time.")
        case Say.ALL_SLEEP:
            text = _translate("Sentence", "{who} sleeps or waits for input and output.")
        case _:
            text = _translate("Sentence", "{who} wait; none of them needs the processor now.")
    return text.format(who=who, owner=owner, what=what, time=length, line=line)


def _line(statement: Statement, store: SpanSource, owner: str) -> str:
    place = store.locations.get(statement.location)
    if place is None:
        return ""
    if statement.exact:
        text = _translate("Sentence", "{owner} is at line {line}, in {function}.")
    else:
        text = _translate("Sentence", "{owner} is somewhere after line {line}, in {function}.")
    return text.format(owner=owner, line=place.line, function=place.function)
