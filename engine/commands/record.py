"""``record``: run a program under observation and keep the recording.

The program has our place: our standard streams, our folder, its own exit status as ours.  We
say nothing unless something is wrong or ``-v`` asks.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.counted import counted
from engine.errors import EXIT_BAD_INPUT, LockstepError, UsageError, os_detail
from engine.recording import Saved, save
from engine.session import DEFAULT_SIZE_LIMIT, Launch, discard, foreground, release

DESCRIPTION = (
    "Runs a program and records it. Options of ours stand before SCRIPT; all after it is the program's. "
    "The exit status is the program's: 128+N after signal N, 124 at the time limit."
)
USAGE = (
    "lockstep record [options] (--scenario ID [--set NAME=VALUE]... | SCRIPT [ARGS...] | -m MODULE [ARGS...])"
)

#: Options of ours that take a value as the next argument.
_WITH_VALUE = (
    "--scenario", "--set", "--python", "-o", "--time-limit", "--size-limit", "--gil", "--priority",
)  # fmt: skip
_MIB = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = USAGE
    parser.add_argument("--scenario", metavar="ID", help="run a scenario (see: list)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the scenario"
    )
    parser.add_argument(
        "-m", dest="module", metavar="MODULE", help="run a module; what follows is the program's"
    )
    parser.add_argument("--python", metavar="INTERPRETER", help="the interpreter to run it on; default: ours")
    parser.add_argument(
        "-o", dest="out", type=Path, metavar="OUT", help="the recording; default: NAME-DATE.lockstep here"
    )
    parser.add_argument("--time-limit", type=positive, metavar="SECONDS", help="stop it after this time")
    parser.add_argument("--size-limit", type=positive, metavar="MB", help="stop recording at this size")
    parser.add_argument("--capture", action="store_true", help="keep its output in the recording as well")
    parser.add_argument("--gil", choices=("auto", "proc", "interpreter", "off"), default="auto",
                        help="how to see who holds the GIL")  # fmt: skip
    parser.add_argument("--priority", choices=("auto", "normal"), default="auto",
                        help="normal: never ask for real-time priority")  # fmt: skip
    parser.add_argument("-v", dest="verbose", action="store_true", help="say what was recorded")


def split(arguments: Sequence[str], with_value: Sequence[str] = _WITH_VALUE) -> tuple[list[str], list[str]]:
    """Our arguments, and the program's: a script or "-m" and a module, with what follows them.

    The first argument that is neither an option of ours nor an option's value begins the
    program; "--" before it is allowed.
    """
    ours = list(arguments[:1])
    rest = list(arguments[1:])
    while rest:
        first = rest[0]
        if first == "--":
            return ours, rest[1:]
        if first == "-m" or not first.startswith("-") or first == "-":
            return ours, rest
        if first.startswith("-m"):
            return ours, ["-m", first[2:], *rest[1:]]
        count = 2 if first in with_value else 1
        ours += rest[:count]
        rest = rest[count:]
    return ours, []


def run(options: argparse.Namespace) -> int:
    with _prepared(options) as (launch, name):
        script = Path(launch.command[0]) if launch.command[:1] not in ([], ["-m"]) else None
        out = checked_place(options.out, script) if options.out is not None else None
        with foreground(launch) as session:
            status = session.wait()
        return _finished(session.folder, status, out, name, verbose=options.verbose)


@contextlib.contextmanager
def _prepared(options: argparse.Namespace) -> Iterator[tuple[Launch, str]]:
    """What to launch, and the name the recording gets when it is given none."""
    if options.scenario is not None and options.program:
        raise UsageError("give either --scenario or a program, not both")
    if options.set and options.scenario is None:
        raise UsageError("--set is for parameters of a --scenario")
    with contextlib.ExitStack() as stack:
        launch = Launch(
            command=options.program,
            interpreter=options.python or "",
            time_limit_s=options.time_limit,
            size_limit_bytes=DEFAULT_SIZE_LIMIT
            if options.size_limit is None
            else int(options.size_limit * _MIB),
            capture=options.capture,
            terminals=False,
            gil=options.gil,
            priority=options.priority,
        )
        if options.scenario is not None:
            from engine.scenarios import get

            scenario = get(options.scenario)
            values = scenario.checked(dict(parameter(text) for text in options.set))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lockstep-")))
            launch.command = [str(scenario.prepare(values, folder))]
            launch.scenario, launch.parameters = scenario.id, values
            name = scenario.id
        elif options.program[:1] == ["-m"]:
            name = launch.module or ""
            if not name:
                raise UsageError("-m needs the name of a module")
        elif options.program and options.program[0]:
            name = Path(options.program[0]).stem
        else:
            raise UsageError("give a SCRIPT, -m MODULE or --scenario ID (see: lockstep record --help)")
        yield launch, name


def parameter(text: str) -> tuple[str, str]:
    """Name and value of a ``--set``.  Raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--set needs NAME=VALUE, not {text}")
    return name, value


def positive(text: str) -> float:
    """A number above 0, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")
    return number


def checked_folder(folder: Path) -> None:
    """Whether files can be written into ``folder``, which need not be there yet; nothing is made.

    Raises LockstepError ``output_unwritable``.
    """
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not there.is_dir():
            raise LockstepError("output_unwritable", path=str(folder), detail=f"{there} is not a folder")
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise LockstepError("output_unwritable", path=str(folder), detail=os_detail(error)) from error


def checked_place(out: Path, source: Path | None = None) -> Path:
    """``out``, without a symbolic link, if a file can be written there: better said before a run.

    ``source`` is the file that is read or run, and is not to be replaced.
    Raises LockstepError ``output_unwritable``, UsageError.
    """
    if source is not None and out.exists() and source.exists() and out.samefile(source):
        raise UsageError(f"-o {out} would replace what is read; give another name")
    try:
        out = out.resolve() if out.is_symlink() else out
        if out.exists() and not out.is_file():
            what = "it is a folder" if out.is_dir() else "it is not an ordinary file"
            raise LockstepError("output_unwritable", path=str(out), detail=what)
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name[:100]}."):
            pass
    except (OSError, ValueError) as error:
        detail = os_detail(error) if isinstance(error, OSError) else str(error)
        raise LockstepError("output_unwritable", path=str(out), detail=detail) from error
    return out


def _finished(folder: Path, status: int | None, out: Path | None, name: str, *, verbose: bool) -> int:
    """Save; gives the exit status: the program's, unless it was 0 and its recording is lost."""
    try:
        saved = save(folder, out) if out is not None else _saved_under_new_name(folder, name)
    except LockstepError as error:
        release(folder)
        print(f"lockstep: {error}; the session is kept in {folder}", file=sys.stderr)
        return status or EXIT_BAD_INPUT
    discard(folder)
    if saved.lost:
        print(f"lockstep: warning: {counted(saved.lost, 'record')} could not be written", file=sys.stderr)
    if verbose:
        print(
            f"lockstep: {counted(saved.records, 'record')}, "
            f"{counted(saved.size_bytes, 'byte')}: {saved.path}",
            file=sys.stderr,
        )
    if status is None:
        print("lockstep: warning: the program's exit status is not known", file=sys.stderr)
        return 1
    return status


def _saved_under_new_name(folder: Path, name: str) -> Saved:
    """Into the current folder, under a name that nothing has."""
    stem = "".join(c if c.isalnum() or c in "-_." else "_" for c in name) or "recording"
    moment = datetime.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    number = 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        try:
            return save(folder, Path(f"{stem}-{moment}{suffix}.lockstep"), replace=False)
        except LockstepError as error:
            if error.code != "output_exists" or number >= 1000:
                raise
        number += 1
