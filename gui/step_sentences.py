"""The sentence of one step, in the language of the window: one event, its cause, its line.

``engine.steps`` says what happened as data; here it becomes text of two lines at most, with the
legend's words.  "Because" stands only where the telling has a cause.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.agent.layout import Wait
from engine.model import ArrowKind, EndKind, TrackKind
from engine.moment import SpanSource
from engine.steps import Telling, What
from gui import wording
from gui.durations import duration
from gui.sentences import names, object_name

translate = QCoreApplication.translate


def headline(store: SpanSource, telling: Telling, origin_ns: int = 0) -> str:
    """What happened, why, where."""
    who = names(store, (telling.track,))
    template = _template(store, telling)
    return template.format(
        who=who,
        at=_place(store, telling.location, telling.exact),
        what=_object(store, telling),
        owner=names(store, (telling.owner,)),
        others=names(store, telling.others),
        time=duration(telling.waited_ns),
        had=duration(telling.had_ns),
        line=_line(store, telling.owner_location),
        because=_because(store, telling),
        detail=_detail(store, telling, origin_ns),
        source=names(store, (telling.cause.track,)) if telling.cause is not None else "",
        there=_place(store, telling.cause.location, True) if telling.cause is not None else "",
    )


def _object(store: SpanSource, telling: Telling) -> str:
    if telling.what in (What.HOLDER, What.NO_HOLDER):
        return names(store, (telling.object,))
    return object_name(store, telling.object) if telling.object >= 0 else ""


def _line(store: SpanSource, location: int) -> str:
    place = store.locations.get(location) if location >= 0 else None
    return "" if place is None else str(place.line)


def _place(store: SpanSource, location: int, exact: bool) -> str:
    line = _line(store, location)
    if not line:
        return ""
    text = translate("Step", " (line {line})") if exact else translate("Step", " (after line {line})")
    return text.format(line=line)


def _detail(store: SpanSource, telling: Telling, origin_ns: int) -> str:
    if telling.mark is not None:
        return wording.mark_text(store, telling.mark, origin_ns).split("\n", 1)[0]
    return telling.end.detail if telling.end is not None else ""


def _because(store: SpanSource, telling: Telling) -> str:
    """The cause in a clause: ``worker-1 released lock``."""
    cause = telling.cause
    if cause is None:
        return ""
    match cause.kind:
        case ArrowKind.START:
            text = translate("Step", "{source}{there} started it")
        case ArrowKind.JOIN:
            text = translate("Step", "{source} has ended")
        case ArrowKind.RELEASE:
            text = translate("Step", "{source}{there} released {what}")
        case ArrowKind.WAKE if telling.reason == Wait.EVENT:
            text = translate("Step", "{source}{there} set {what}")
        case ArrowKind.WAKE if telling.reason == Wait.CONDITION:
            text = translate("Step", "{source}{there} notified {what}")
        case ArrowKind.WAKE if telling.reason == Wait.BARRIER:
            text = translate("Step", "{source} was the last to reach {what}")
        case ArrowKind.ITEM:
            text = translate("Step", "{source}{there} put something into {what}")
        case ArrowKind.MESSAGE:
            text = translate("Step", "{source}{there} sent a message")
        case ArrowKind.SUBMIT:
            text = translate("Step", "{source}{there} submitted it")
        case ArrowKind.RESULT:
            text = translate("Step", "{source} finished {what}")
        case ArrowKind.FORK:
            text = translate("Step", "{source}{there} forked it")
        case ArrowKind.CANCEL:
            text = translate("Step", "{source}{there} asked it to stop")
        case _:
            text = translate("Step", "{source}{there} woke it")
    return text.format(
        source=names(store, (cause.track,)),
        there=_place(store, cause.location, True),
        what=_object(store, telling),
    )


def _template(store: SpanSource, telling: Telling) -> str:
    match telling.what:
        case What.STARTED | What.RUNS_FIRST | What.ENDS:
            return _life(store, telling)
        case What.WAITS | What.SLEEPS | What.IO | What.SUSPENDED | What.READY:
            return _rest(telling)
        case What.TAKES_LOCK | What.RELEASES_LOCK | What.WANTS_LOCK | What.HOLDER | What.NO_HOLDER:
            return _lock(telling)
        case What.GOES_ON:
            return _goes_on(telling)
        case What.GETS_GIL if telling.holds_gil:
            return translate("Step", "{who}{at} gets the GIL and runs, after waiting {time} for it.")
        case What.GETS_GIL:
            return translate("Step", "{who}{at} runs again, after waiting {time} for the GIL.")
        case What.WANTS_GIL if telling.cause is not None:
            return translate("Step", "{who}{at} can go on, because {because}. Now it waits for the GIL.")
        case What.WANTS_GIL if telling.owner >= 0:
            return translate(
                "Step", "{who}{at} wants to run and waits for the GIL; {owner} has had it for {had}."
            )
        case What.WANTS_GIL:
            return translate("Step", "{who}{at} wants to run and waits for the GIL.")
        case What.NO_CORE:
            return translate("Step", "{who}{at} could run, but waits for a core.")
        case What.GETS_CORE:
            return translate("Step", "{who}{at} has a core again and runs.")
        case What.NATIVE:
            return translate("Step", "{who}{at} works outside the GIL.")
        case What.BACK:
            return translate("Step", "{who}{at} comes back from outside the GIL and runs Python code.")
        case What.HELD:
            return translate("Step", "{who}{at} is held by you.")
        case What.MARK if telling.track >= 0:
            return "{who}{at}: {detail}"
        case What.MARK:
            return "{detail}"
        case What.DEADLOCK if len(telling.others) == 1:
            return translate("Step", "Deadlock: {others} waits for itself. It can never go on.")
        case What.DEADLOCK:
            return translate("Step", "Deadlock: {others} wait for each other. None can ever go on.")
        case _:
            return translate("Step", "What happened here was not seen well enough to say it.")


def _life(store: SpanSource, telling: Telling) -> str:
    if telling.what is What.ENDS:
        kind = telling.end.kind if telling.end is not None else EndKind.FINISHED
        match kind:
            case EndKind.FAILED:
                return translate("Step", "{who} fails: {detail}.")
            case EndKind.KILLED:
                return translate("Step", "{who} is killed: {detail}.")
            case EndKind.CANCELLED:
                return translate("Step", "{who} is cancelled.")
            case _:
                return translate("Step", "{who} ends, {time} after it began.")
    if store.tracks[telling.track].kind is TrackKind.PROCESS:
        return translate("Step", "The process {who} begins.")
    if telling.what is What.STARTED:
        if telling.cause is not None and telling.cause.kind is ArrowKind.START:
            return translate("Step", "{source}{there} starts {who}. Its code does not run yet.")
        return translate("Step", "{who} was started. Its code does not run yet.")
    if telling.cause is not None:
        return translate("Step", "{who}{at} runs for the first time, because {because}.")
    return translate("Step", "{who}{at} runs for the first time.")


def _rest(telling: Telling) -> str:
    named = telling.object >= 0
    match telling.what:
        case What.READY:
            return translate("Step", "{who}{at} is ready to go on; the event loop is busy.")
        case What.SUSPENDED if telling.reason == Wait.SLEEP:
            return translate("Step", "{who}{at} is suspended: it sleeps.")
        case What.SUSPENDED if named:
            return translate("Step", "{who}{at} is suspended: it awaits {what}.")
        case What.SUSPENDED:
            return translate("Step", "{who}{at} is suspended.")
        case What.SLEEPS:
            return translate("Step", "{who}{at} sleeps.")
        case What.IO if named:
            return translate("Step", "{who}{at} waits for input or output: {what}.")
        case What.IO:
            return translate("Step", "{who}{at} waits for input or output.")
    if not named:
        return translate("Step", "{who}{at} waits.")
    match telling.reason:
        case Wait.THREAD_JOIN | Wait.PROCESS_JOIN:
            return translate("Step", "{who}{at} waits for {what} to end.")
        case Wait.START:
            return translate("Step", "{who}{at} starts {what} and waits until it runs.")
        case Wait.EVENT:
            return translate("Step", "{who}{at} waits until {what} is set.")
        case Wait.CONDITION:
            return translate("Step", "{who}{at} waits until {what} is notified.")
        case Wait.BARRIER:
            return translate("Step", "{who}{at} waits at {what} for the others.")
        case Wait.QUEUE_GET:
            return translate("Step", "{who}{at} waits: {what} is empty.")
        case Wait.QUEUE_PUT:
            return translate("Step", "{who}{at} waits: {what} is full.")
        case Wait.QUEUE_JOIN:
            return translate("Step", "{who}{at} waits until everything in {what} is done.")
        case Wait.FUTURE | Wait.RESULT:
            return translate("Step", "{who}{at} waits for the result of {what}.")
        case _:
            return translate("Step", "{who}{at} waits for {what}.")


def _lock(telling: Telling) -> str:
    many = len(telling.others) > 1
    match telling.what:
        case What.WANTS_LOCK if telling.owner >= 0 and telling.owner_location >= 0:
            return translate(
                "Step", "{who}{at} wants {what}; {owner} has had it for {had}, since line {line}."
            )
        case What.WANTS_LOCK if telling.owner >= 0:
            return translate("Step", "{who}{at} wants {what}; {owner} has it.")
        case What.WANTS_LOCK:
            return translate("Step", "{who}{at} waits for {what}.")
        case What.TAKES_LOCK if telling.cause is not None:
            return translate("Step", "{who}{at} gets {what}, because {because}.")
        case What.TAKES_LOCK:
            return translate("Step", "{who}{at} takes {what}.")
        case What.HOLDER:
            return translate("Step", "{who}{at} holds the GIL from here on.")
        case What.NO_HOLDER:
            return translate("Step", "{who}{at} lets go of the GIL.")
        case _ if many:
            return translate("Step", "{who}{at} releases {what}; {others} want it.")
        case _ if telling.others:
            return translate("Step", "{who}{at} releases {what}; {others} wants it.")
        case _:
            return translate("Step", "{who}{at} releases {what}.")


def _goes_on(telling: Telling) -> str:
    if telling.cause is not None:
        return translate("Step", "{who}{at} goes on after {time}, because {because}.")
    if telling.reason == Wait.START and telling.object >= 0:
        return translate("Step", "{who}{at} goes on: {what} runs.")
    if telling.object >= 0:
        return translate("Step", "{who}{at} goes on, after waiting {time} for {what}.")
    if telling.reason == Wait.SLEEP:
        return translate("Step", "{who}{at} has slept {time} and goes on.")
    return translate("Step", "{who}{at} goes on, after waiting {time}.")
