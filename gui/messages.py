"""Errors as sentences, in the language of the window, with what to do next.

The engine raises :class:`engine.errors.LockstepError` with a code and data; here is the text for
each code.  A code without a text of its own gets the engine's English sentence rather than none.
GUI thread only.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from engine.errors import LockstepError, one_line
from engine.model import Deadlock
from gui import wording
from gui.wording import Names

translate = QCoreApplication.translate


def error_text(error: BaseException) -> str:
    """One or two sentences: what is wrong, and what to do."""
    if isinstance(error, LockstepError):
        template = template_of(error.code)
        if template:
            return one_line(template.format_map(_Lenient(error.data)))
        return _as_sentence(str(error))
    return translate(
        "Error",
        "Something went wrong inside Lockstep ({kind}: {detail}). The program itself is not at fault.",
    ).format(kind=type(error).__name__, detail=one_line(str(error)))


class _Lenient(dict[str, object]):
    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)

    def __missing__(self, key: str) -> str:
        return "?"


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def template_of(code: str) -> str:
    """The text for a code, with the names of its data in braces; empty for an unknown one."""
    return _program(code) or _scenario(code) or _recording(code)


def _program(code: str) -> str:
    match code:
        case "script_missing":
            return translate("Error", "The script {path} is not there. Was it moved or renamed?")
        case "script_is_folder":
            return translate("Error", "{path} is a folder. Choose a Python file in it.")
        case "script_unreadable":
            return translate("Error", "The script {path} cannot be read: {detail}.")
        case "module_missing":
            return translate("Error", "{path} finds no module named {module}.")
        case "interpreter_missing":
            return translate(
                "Error", "The interpreter {path} is not there. Choose another one at the top right."
            )
        case "interpreter_not_python":
            return translate("Error", "{path} is not a Python interpreter: {detail}. Choose another one.")
        case "interpreter_not_cpython":
            return translate(
                "Error", "{path} is {implementation}; Lockstep observes CPython only. Choose another one."
            )
        case "interpreter_too_old":
            return translate(
                "Error", "{path} is Python {version}; Lockstep observes 3.9 and later. Choose another one."
            )
        case "folder_missing":
            return translate("Error", "The folder {path} is not there.")
        case "platform_unsupported":
            return translate(
                "Error",
                "Programs cannot be observed on {system} yet. Recordings made elsewhere can be opened.",
            )
        case "observer_failed":
            return translate("Error", "The program could not be started under observation: {detail}.")
        case "reader_ended":
            return translate(
                "Error",
                "The run was stopped because the process that reads it has ended (exit status {status}). "
                "What was recorded is whole: save it and open it.",
            )
        case "compare_failed":
            return translate("Error", "The comparison could not be made ({way}): {detail}.")
        case "folder_not_empty":
            return translate("Error", "The folder {path} is not empty. Choose another one.")
        case "explore_failed":
            return translate("Error", "{path} cannot be run under control: {detail}.")
        case "thread_not_enabled":
            return translate("Error", "Thread {thread} cannot go on now. Choose another one.")
        case "schedule_unreadable":
            return translate("Error", "The schedule {path} cannot be read: {detail}.")
        case "schedule_diverged":
            return translate(
                "Error",
                "The program does not do the same again, at step {step}. "
                "The schedule was made on Python {python}.",
            )
        case "schedule_foreign":
            return translate("Error", "{path} is not a schedule that Lockstep understands: {detail}.")
        case "schedule_other_program":
            return translate(
                "Error", "{path} is a recording of {recorded}, not of {program}, which the schedule is for."
            )
        case "session_folder":
            return translate("Error", "The session folder {path} cannot be used: {detail}.")
        case _:
            return ""


def _scenario(code: str) -> str:
    match code:
        case "scenario_unknown":
            return translate("Error", "There is no scenario named {scenario}.")
        case "scenario_broken":
            return translate("Error", "The scenario {scenario} cannot be used: {detail}.")
        case "parameter_unknown":
            return translate("Error", "The scenario {scenario} has no parameter {name}; it has: {names}.")
        case "parameter_type":
            return translate("Error", "{name} must be {expected}, not {value}.")
        case "parameter_range":
            return translate("Error", "{name} must be from {low} to {high}, not {value}.")
        case "parameter_choice":
            return translate("Error", "{name} must be one of {choices}, not {value}.")
        case _:
            return ""


def _recording(code: str) -> str:
    match code:
        case "recording_missing":
            return translate("Error", "The recording {path} is not there. Was it moved or renamed?")
        case "recording_unreadable":
            return translate("Error", "The recording {path} cannot be read: {detail}.")
        case "recording_empty":
            return translate("Error", "The file {path} is empty.")
        case "recording_foreign":
            return translate("Error", "{path} is not a Lockstep recording.")
        case "recording_newer":
            return translate(
                "Error", "{path} was written by a newer Lockstep ({detail}). Update Lockstep to open it."
            )
        case "recording_damaged":
            return translate("Error", "{path} is damaged: {detail}.")
        case "recording_too_large":
            return translate("Error", "{path} is too large to open here: {detail}.")
        case "recording_not_understood":
            return translate(
                "Error",
                "{path} is whole, but Lockstep cannot make sense of it: {detail}. The fault is Lockstep's.",
            )
        case "recording_cancelled":
            return translate("Error", "Opening {path} was cancelled.")
        case "output_exists":
            return translate("Error", "{path} exists already.")
        case "output_unwritable":
            return translate("Error", "{path} cannot be written: {detail}. Choose another place.")
        case _:
            return ""


def deadlock_text(store: Names, deadlock: Deadlock) -> str:
    """Who waits for what that whom has, with lines: one clause for each thread of the circle."""
    parts = []
    for link in deadlock.links:
        place = wording.place_text(store, link.location)
        text = (
            translate("Deadlock", "{who} waits for {lock}, which {owner} has ({place})")
            if place
            else translate("Deadlock", "{who} waits for {lock}, which {owner} has")
        )
        parts.append(
            text.format(
                who=wording.told_name(store, link.track),
                lock=wording.object_text(store, link.object),
                owner=wording.told_name(store, link.owner),
                place=place,
            )
        )
    between = translate("Deadlock", "; ", "between the clauses of a sentence")
    return translate("Deadlock", "Deadlock: {links}.").format(links=between.join(parts))


def deadlock_circle(store: Names, deadlock: Deadlock) -> str:
    """The same in one line: ``Deadlock: A → lock (line 16) → B → other (line 24) → A``."""
    parts = []
    for link in deadlock.links:
        parts.append(wording.told_name(store, link.track))
        place = store.locations.get(link.location) if link.location >= 0 else None
        lock = wording.object_text(store, link.object)
        if place is not None:
            lock = translate("Deadlock", "{lock} (line {line})").format(lock=lock, line=place.line)
        parts.append(lock)
    parts += parts[:1]
    return translate("Deadlock", "Deadlock: {links}").format(links=" → ".join(parts))
