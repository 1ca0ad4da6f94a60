"""Errors that reach people.

The engine raises :class:`LockstepError` with a code and the data of the case.  The command
line prints its English sentence and leaves with exit status 2; the window makes a sentence of
its own from code and data, in the language chosen.  Every code stands in ``SENTENCES``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: code → the sentence in English, filled with the error's data.
SENTENCES: Final[dict[str, str]] = {
    # how a command was called
    "usage": "{detail}",
    # what is to be run
    "script_missing": "cannot find the script {path}",
    "script_is_folder": "{path} is a folder; give a script in it",
    "script_unreadable": "cannot read the script {path}: {detail}",
    "module_missing": "{path} finds no module named {module}",
    "interpreter_missing": "cannot find the interpreter {path}",
    "interpreter_not_python": "{path} is not a Python interpreter: {detail}",
    "interpreter_not_cpython": "{path} is {implementation}; Lockstep observes CPython only",
    "interpreter_too_old": "{path} is Python {version}; Lockstep observes Python 3.9 and later",
    "folder_missing": "cannot find the folder {path}",
    # scenarios and their parameters
    "scenario_unknown": "there is no scenario {scenario}; 'list' shows all{near}",
    "scenario_broken": "the scenario {scenario} cannot be used: {detail}",
    "parameter_unknown": "the scenario {scenario} has no parameter {name}; it has: {names}",
    "parameter_type": "{name} must be {expected}, not {value}",
    "parameter_range": "{name} must be from {low} to {high}, not {value}",
    "parameter_choice": "{name} must be one of {choices}, not {value}",
    "folder_not_empty": "{path} is not empty",
    # measuring
    "bench_unknown_workload": "there is no workload {workload}; there are {known}",
    "bench_failed": "it could not be measured: {detail}",
    "compare_failed": "the comparison could not be made ({way}): {detail}",
    # running
    "observer_failed": "the observer could not start the program: {detail}",
    "platform_unsupported": "Lockstep cannot run programs on {system} yet; it opens recordings there",
    "reader_ended": "the run was stopped because the process that reads it has ended (exit status {status}); "
    "what was recorded is whole: save it and open it",
    "session_folder": "cannot use the session folder {path}: {detail}",
    # controlled runs
    "explore_failed": "cannot run {path} under control: {detail}",
    "thread_not_enabled": "thread {thread} cannot go on now",
    "schedule_unreadable": "cannot read the schedule {path}: {detail}",
    "schedule_diverged": "the program does not do the same again, at step {step}; the schedule was made on "
    "Python {python}",
    "schedule_foreign": "{path} is not a schedule that Lockstep understands: {detail}",
    "schedule_other_program": "{path} is a recording of {recorded}, not of {program}, which the schedule is "
    "for",
    # recordings
    "recording_missing": "cannot find the recording {path}",
    "recording_unreadable": "cannot read {path}: {detail}",
    "recording_empty": "{path} is empty",
    "recording_foreign": "{path} is not a Lockstep recording",
    "recording_newer": "{path} was written by a newer Lockstep: {detail}",
    "recording_damaged": "{path} is damaged: {detail}",
    "recording_not_understood": "{path} is whole, but Lockstep could not make sense of it: {detail}",
    "recording_too_large": "{path} is too large: {detail}",
    "recording_cancelled": "reading {path} was cancelled",
    # writing
    "output_exists": "{path} exists already; name it with -o to replace it",
    "output_unwritable": "cannot write {path}: {detail}",
    # what Lockstep itself runs on
    "package_missing": "{package} is not installed for {python}; run: python3 dev.py run {command}",
    # the window
    "window_missing": "the window needs PySide6, which is not installed here; run: python3 dev.py run",
}

#: Exit status of a command that was given something it cannot use.
EXIT_BAD_INPUT: Final = 2


class LockstepError(Exception):
    """Something a person has to know about, told by ``code`` and ``data``.

    ``code`` is a key of :data:`SENTENCES`; ``data`` has every name its sentence needs.
    ``str()`` gives the English sentence, without a full stop.
    """

    def __init__(self, code: str, **data: object) -> None:
        if code not in SENTENCES:
            raise ValueError(f"no such error code: {code}")
        super().__init__(code)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        return one_line(SENTENCES[self.code].format_map(self.data))


class UsageError(LockstepError):
    """A command was called in a way it does not understand."""

    def __init__(self, detail: str) -> None:
        super().__init__("usage", detail=detail)


class RecordingError(LockstepError):
    """A ``.lockstep`` file cannot be opened.

    ``kind``: "missing", "unreadable", "empty", "foreign", "newer", "damaged", "not_understood",
    "too_large" or "cancelled"; ``path`` is the file, ``detail`` what exactly (English, may be empty).
    """

    def __init__(self, kind: str, path: str | Path, detail: str = "") -> None:
        super().__init__(f"recording_{kind}", path=str(path), detail=detail)
        self.kind = kind
        self.path = Path(path)
        self.detail = detail


def one_line(text: str) -> str:
    """``text`` without line breaks and other control characters, so that it stays one sentence."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def os_detail(error: OSError) -> str:
    """What an operating system error says, without number and file name."""
    return error.strerror or str(error) or type(error).__name__
