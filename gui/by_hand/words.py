"""What is said of a run by hand, in the language of the window.  GUI thread only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from engine.schedule.controlled import Access, Deadlock, Ended, RunState, ThreadState, WaitState
from engine.schedule.explorer import Progress, Result
from engine.schedule.schedule import TASK, Choice, Grain

translate = QCoreApplication.translate


def grain_text(grain: Grain) -> str:
    match grain:
        case Grain.LINE:
            return translate("ByHand", "Line")
        case Grain.INSTRUCTION:
            return translate("ByHand", "Instruction")
        case Grain.BLOCKED:
            return translate("ByHand", "Until it waits")
        case _:
            return translate("ByHand", "Shared access")


def grain_tip(grain: Grain) -> str:
    match grain:
        case Grain.LINE:
            return translate("ByHand", "A thread goes on to its next line")
        case Grain.INSTRUCTION:
            return translate("ByHand", "A thread does one bytecode instruction")
        case Grain.BLOCKED:
            return translate("ByHand", "A thread goes on until it waits for something, or ends")
        case _:
            return translate(
                "ByHand", "A thread reads, computes or writes once something that others see as well"
            )


def name_of(state: RunState, number: int | None) -> str:
    """A thread's name with its digit; of "Thread-1 (target)", which nobody chose, without the target."""
    if number is None:
        return translate("ByHand", "nobody known")
    found = next((one for one in state.threads if one.number == number), None)
    if found is None:
        return str(number)
    return f"{sign_of(number)} {thread_name(state, found)}"


def thread_name(state: RunState, thread: ThreadState) -> str:
    """Of a process that the program has forked, with the process; its main thread is named as that."""
    name = thread.name.split(" (")[0] if thread.name.startswith("Thread-") else thread.name
    if not 0 < thread.process < len(state.processes):
        return name
    process = state.processes[thread.process]
    return process if thread.name == "MainThread" else f"{process}: {name}"


def card_name(state: RunState, thread: ThreadState) -> str:
    """A thread's name under the heading of its process, where there are several."""
    if len(state.processes) < 2:
        return thread.name
    if thread.name == "MainThread":
        return thread_name(state, thread)
    return thread_name(state, replace(thread, process=0))


def process_text(state: RunState, process: int) -> str:
    """The heading over the threads of a process."""
    name = state.processes[process] if process < len(state.processes) else ""
    if not name:
        return translate("ByHand", "Main process")
    if all(one.state == "ended" for one in state.threads if one.process == process):
        return translate("ByHand", "Process {name} (has ended)").format(name=name)
    return translate("ByHand", "Process {name}").format(name=name)


def shared_text(state: RunState) -> str:
    """The shared variables; with processes, each one's own copies are told apart."""
    parts = ["   ".join(f"{name} = {value}" for name, value in state.shared.items())]
    for process, values in sorted(state.copies.items()):
        text = translate("ByHand", "{process} has its own: {values}")
        own = "   ".join(f"{name} = {value}" for name, value in values.items())
        parts.append(text.format(process=state.processes[process], values=own))
    return "\n".join(part for part in parts if part) or "–"


def free_text(state: RunState) -> str:
    """Which processes are not held; empty: all are."""
    if not state.free:
        return ""
    names = translate("ByHand", ", ", "between names").join(dict.fromkeys(state.free))
    text = translate(
        "ByHand", "Runs free, not held here: {names}. Only processes that are forked or spawned are held."
    )
    return text.format(names=names)


def sign_of(number: int) -> str:
    """A thread's digit in a circle, as on its card: apart from a name that ends in a number."""
    if number == 0:
        return "\N{CIRCLED DIGIT ZERO}"
    return chr(ord("\N{CIRCLED DIGIT ONE}") + number - 1) if number <= 20 else f"({number})"


def doing_text(what: str) -> str:
    """An instruction; of one that only computes, more than its sign."""
    if any(character.isalnum() for character in what):
        return what
    return translate("ByHand", "compute ( {sign} )").format(sign=what)


def names_of(state: RunState, numbers: tuple[int, ...]) -> str:
    return translate("ByHand", ", ", "between names").join(name_of(state, number) for number in numbers)


def state_text(thread: ThreadState) -> str:
    """What a thread is doing, in a word or two."""
    match thread.state:
        case "held":
            return translate("ByHand", "can go")
        case "blocked":
            return translate("ByHand", "waits")
        case "starting":
            return translate("ByHand", "is starting")
        case "outside":
            return translate("ByHand", "has not come back")
        case "ended":
            return translate("ByHand", "has ended")
        case _:
            return thread.state


def next_text(thread: ThreadState) -> str:
    """What a thread would do next on its line: the access or the instruction; empty: the whole line."""
    if thread.access == "read":
        return translate("ByHand", "next: read {name}").format(name=thread.variable)
    if thread.access == "write":
        return translate("ByHand", "next: write {name}").format(name=thread.variable)
    if thread.text:
        return translate("ByHand", "next: {what}").format(what=doing_text(thread.text))
    return ""


def switch_text(by_itself: bool) -> str:
    """Whether another thread could come in between here without a hand."""
    if by_itself:
        return translate("ByHand", "this Python may switch here by itself")
    return translate("ByHand", "only by hand: this Python does not switch here")


def wait_text(state: RunState, wait: WaitState) -> str:
    """What a blocked thread waits for, and who has it."""
    what = wait.name or sort_text(wait.sort)
    match wait.sort:
        case "join":
            return translate("ByHand", "until {what} ends").format(what=what)
        case "pipe":
            return translate("ByHand", "until something comes out of {what}").format(what=what)
        case "room":
            return translate("ByHand", "until there is room in {what}").format(what=what)
        case "select":
            return translate("ByHand", "until one of several things has come")
        case "exit":
            return translate("ByHand", "until the others have ended")
        case "sleep":
            return translate("ByHand", "sleeps")
        case _ if wait.owner is not None:
            text = translate("ByHand", "for {what}; {owner} has it")
            return text.format(what=what, owner=name_of(state, wait.owner))
        case _:
            return translate("ByHand", "for {what}").format(what=what)


def sort_text(sort: str) -> str:
    """What is waited for where it has no name."""
    match sort:
        case "lock":
            return translate("ByHand", "a lock")
        case "condition":
            return translate("ByHand", "a condition")
        case "event":
            return translate("ByHand", "an event")
        case "barrier":
            return translate("ByHand", "a barrier")
        case "semaphore":
            return translate("ByHand", "a semaphore")
        case "queue":
            return translate("ByHand", "a queue")
        case "future":
            return translate("ByHand", "a future")
        case "pipe" | "room":
            return translate("ByHand", "a pipe")
        case "join":
            return translate("ByHand", "another process")
        case _:
            return sort


def loaded_text(thread: ThreadState) -> str:
    """The values a thread has read and not written back: ``balance = 100``."""
    return ", ".join(f"{name} = {value}" for name, value in thread.loaded.items())


def access_text(state: RunState, access: Access) -> str:
    """One read or write that was done."""
    text = (
        translate("ByHand", "{who} read {name}: {value}")
        if access.access == "read"
        else translate("ByHand", "{who} wrote {name}: {value}")
    )
    return text.format(who=name_of(state, access.thread), name=access.variable, value=access.value)


def happened_text(before: RunState, state: RunState, choices: tuple[Choice, ...]) -> str:
    """What the last step did."""
    if state.ended is not None:
        return ended_text(state, state.ended)
    if state.deadlock is not None:
        return deadlock_text(state, state.deadlock)
    if not choices and len(state.threads) == 1:
        text = translate("ByHand", "{who} is held. Press 0 until it has started the others.")
        return text.format(who=name_of(state, state.threads[0].number))
    if not choices:
        return translate("ByHand", "Every thread is held. You choose who goes next.")
    if state.tasks:
        return translate("ByHand", "The event loop is free. You choose which task goes next.")
    last = choices[-1]
    if last.thread == TASK:
        return translate("ByHand", "The task went on. You choose who goes next.")
    new = state.accesses[len(before.accesses) :] if len(state.accesses) > len(before.accesses) else ()
    if new:
        stop = translate("ByHand", ". ", "between two sentences")
        return stop.join(access_text(state, one) for one in new[-2:]) + translate("ByHand", ".")
    thread = next((one for one in state.threads if one.number == last.thread), None)
    if thread is None:
        return translate("ByHand", "You choose who goes next.")
    who = name_of(state, thread.number)
    if thread.state == "blocked" and thread.wait is not None and thread.wait.sort == "sleep":
        return translate("ByHand", "{who} sleeps.").format(who=who)
    if thread.state == "blocked" and thread.wait is not None:
        return translate("ByHand", "{who} waits {what}.").format(who=who, what=wait_text(state, thread.wait))
    if thread.state == "ended":
        return translate("ByHand", "{who} has ended.").format(who=who)
    if thread.state == "outside":
        return translate(
            "ByHand", "{who} was let go and has not come back: it computes or waits where it cannot be held."
        ).format(who=who)
    was = next((one for one in before.threads if one.number == last.thread), None)
    if was is not None and was.text and not was.access and last.grain is not Grain.BLOCKED:
        text = translate("ByHand", "{who}, line {line}: {what} is done.")
        return text.format(who=who, line=was.line, what=doing_text(was.text))
    return translate("ByHand", "{who} went on to line {line}.").format(who=who, line=thread.line)


def deadlock_text(state: RunState, deadlock: Deadlock) -> str:
    if not deadlock.cycle:
        text = translate("ByHand", "Nobody can go on: {who} wait for something that nobody will do any more.")
        return text.format(who=names_of(state, deadlock.waiting))
    parts = []
    for number in deadlock.cycle:
        thread = next((one for one in state.threads if one.number == number), None)
        if thread is not None and thread.wait is not None:
            text = translate("ByHand", "{who} waits {what}")
            parts.append(text.format(who=name_of(state, number), what=wait_text(state, thread.wait)))
    links = translate("ByHand", "; ", "between links").join(parts) or names_of(state, deadlock.cycle)
    return translate("ByHand", "Deadlock: {links}.").format(links=links)


def ended_text(state: RunState, ended: Ended) -> str:
    detail: Mapping[str, object] = ended.detail
    error = ": ".join(str(detail[key]) for key in ("exception", "message") if detail.get(key))
    match ended.kind:
        case "ok":
            return translate("ByHand", "The program has ended. Nothing went wrong with these choices.")
        case "check":
            return translate("ByHand", "Your choices broke it: {error}").format(error=error)
        case "exception":
            return translate("ByHand", "It ended with an exception: {error}").format(error=error)
        case "limit":
            return translate("ByHand", "It was stopped: too many steps.")
        case "diverged":
            return translate("ByHand", "The program did not do the same again: these choices do not fit it.")
        case "stopped":
            return translate("ByHand", "The program was stopped.")
        case _ if ended.signal:
            return translate("ByHand", "The program died by signal {number}.").format(number=ended.signal)
        case _:
            return translate("ByHand", "The program ended with status {code}.").format(code=ended.code)


def progress_text(progress: Progress) -> str:
    """How far looking for a bad schedule is."""
    text = (
        translate("ByHand", "1 schedule tried in {seconds} s: {rate} a second. It does not break it.")
        if progress.schedules == 1
        else translate(
            "ByHand", "{count} schedules tried in {seconds} s: {rate} a second. None breaks it so far."
        )
    )
    rate = progress.schedules / progress.seconds if progress.seconds > 0 else 0.0
    return text.format(
        count=f"{progress.schedules:,}", seconds=f"{progress.seconds:.1f}", rate=f"{rate:,.0f}"
    )


def result_text(result: Result) -> str:
    """What looking for a bad schedule came to: what was found, or exactly what was covered."""
    count = f"{result.schedules:,}"
    if result.failure is not None:
        found = (
            translate("ByHand", "Found in the first schedule: {what}, with {switches}.")
            if result.schedules == 1
            else translate("ByHand", "Found after {count} schedules: {what}, with {switches}.")
        )
        switches = (
            translate("ByHand", "1 forced switch")
            if result.switches == 1
            else translate("ByHand", "{count} forced switches").format(count=result.switches)
        )
        what = _failure_text(result.failure.kind)
        step = translate("ByHand", "Step through it with the arrow keys.")
        between = translate("ByHand", " ", "between two sentences")
        return found.format(count=count, what=what, switches=switches) + between + step
    if result.complete and result.unbounded:
        return translate(
            "ByHand",
            "Nothing breaks it: all schedules are covered, for these inputs, switching at reads and writes of"
            " shared variables. Run: {count}.",
        ).format(count=count)
    if result.complete:
        bound = (
            translate("ByHand", "1 preemption")
            if result.preemptions == 1
            else translate("ByHand", "{count} preemptions").format(count=result.preemptions)
        )
        return translate(
            "ByHand",
            "Nothing breaks it: all schedules with at most {bound} are covered, for these inputs,"
            " switching at reads and writes of shared variables. Run: {count}.",
        ).format(count=count, bound=bound)
    if result.schedules == 1:
        return translate("ByHand", "Nothing found in 1 schedule. There are more: this proves nothing.")
    return translate(
        "ByHand", "Nothing found in {count} schedules. There are more: this proves nothing."
    ).format(count=count)


def _failure_text(kind: str) -> str:
    match kind:
        case "check":
            return translate("ByHand", "a check that fails")
        case "deadlock":
            return translate("ByHand", "a deadlock")
        case "differs":
            return translate("ByHand", "a value that another order makes different")
        case _:
            return translate("ByHand", "an exception")
