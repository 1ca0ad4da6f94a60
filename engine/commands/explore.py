"""``explore``: look for a schedule that breaks a program."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.commands.record import checked_place, parameter, positive, split
from engine.counted import counted
from engine.errors import UsageError
from engine.schedule import replay as replays
from engine.schedule.document import document, lines
from engine.schedule.explorer import PREEMPTIONS, TIME_LIMIT_S, Explorer, Options, Progress, Result
from engine.schedule.scenario_targets import of_scenario
from engine.schedule.schedule import Grain, load
from engine.schedule.target import Target, of_script

DESCRIPTION = (
    "Runs a program again and again under controlled schedules and looks for one that breaks it: a failing "
    "assertion, an exception, a deadlock, a lost wake-up, a variable that ends with different values. "
    "Exit status 1 when one was found, 0 when not."
)
USAGE = "lockstep explore [options] (--scenario ID [--set NAME=VALUE]... | SCRIPT [ARGS...])"
WITH_VALUE = ("--scenario", "--set", "--python", "--preemptions", "--seed", "-o", "--time-limit", "--grain",
              "--schedule")  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = USAGE
    parser.add_argument("--scenario", metavar="ID", help="explore a scenario (see: list)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the scenario"
    )
    parser.add_argument("--python", metavar="INTERPRETER", help="the interpreter to run it on; default: ours")
    parser.add_argument(
        "--preemptions", type=_count, default=PREEMPTIONS, metavar="N",
        help=f"forced switches at most, where all schedules are too many; default: {PREEMPTIONS}",
    )  # fmt: skip
    parser.add_argument("--seed", type=_count, default=0, metavar="N", help="of the random schedules")
    parser.add_argument("--time-limit", type=positive, default=TIME_LIMIT_S, metavar="SECONDS",
                        help=f"default: {TIME_LIMIT_S:.0f}")  # fmt: skip
    parser.add_argument(
        "--grain", choices=("shared", "line", "instruction"), default="shared",
        help="where threads may be switched; default: at reads and writes of shared variables",
    )  # fmt: skip
    parser.add_argument(
        "-o", dest="out", type=Path, metavar="OUT",
        help="where to save a failing schedule: a file, or a recording of the program that is there, into "
        "which it is put; default: NAME-DATE.schedule.json here",
    )  # fmt: skip
    parser.add_argument(
        "--schedule",
        type=Path,
        metavar="FILE",
        help="run this one schedule, or that of a recording, again; its program, unless one is given",
    )
    parser.add_argument("--json", action="store_true", help="a JSON document (docs/formats.md)")


def own_arguments(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Our arguments, and the script with its own."""
    return split(arguments, WITH_VALUE)


def run(options: argparse.Namespace) -> int:
    if options.schedule is not None:
        return _replay(options)
    with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
        target = _target(options, Path(folder))
        out = checked_place(options.out, Path(target.path)) if options.out is not None else None
        if out is not None and out.suffix == ".lockstep" and not out.exists():
            raise UsageError(f"a schedule can be put into a recording that is there; {out} is not")
        explorer = Explorer(
            target,
            Options(
                preemptions=options.preemptions,
                seed=options.seed,
                time_limit_s=options.time_limit,
                grain=Grain(options.grain),
            ),
            _progress if sys.stderr.isatty() and not options.json else None,
        )
        with _cancelled_by_signals(explorer):
            result = explorer.run()
    if sys.stderr.isatty() and not options.json:
        print("\r\x1b[K", end="", file=sys.stderr)
    saved = _save(result, out, options.scenario or Path(target.path).stem, by_itself=not options.json)
    if options.json:
        print(json.dumps(document(result), indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(result)))
        if saved is not None:
            print(f"the schedule is in {saved}")
    return int(result.found)


def _replay(options: argparse.Namespace) -> int:
    schedule = load(options.schedule)
    with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
        if options.scenario is not None or options.program:
            target = _target(options, Path(folder))
        else:
            target = replays.target_of(schedule, Path(folder), options.python or "")
        state = replays.replay(target, schedule)
    told = replays.document(state)
    if options.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        print(told["output"], end="")
        ended = state.ended.detail if state.ended is not None else {}
        what = f": {ended['exception']} {ended.get('message', '')}".rstrip() if "exception" in ended else ""
        print(f"{told['kind']}{what}, after {counted(told['step'], 'step')}")
    return int(told["kind"] != "ok")


def _target(options: argparse.Namespace, folder: Path) -> Target:
    if options.scenario is not None and options.program:
        raise UsageError("give either --scenario or a program, not both")
    if options.set and options.scenario is None:
        raise UsageError("--set is for parameters of a --scenario")
    interpreter = options.python or ""
    if options.scenario is not None:
        values = dict(parameter(text) for text in options.set)
        return of_scenario(options.scenario, values, folder, interpreter)
    if options.program[:1] == ["-m"]:
        raise UsageError("explore runs a SCRIPT or a --scenario, no -m MODULE")
    if not options.program or not options.program[0]:
        raise UsageError("give a SCRIPT or --scenario ID (see: lockstep explore --help)")
    return of_script(Path(options.program[0]), options.program[1:], interpreter)


def _save(result: Result, out: Path | None, name: str, *, by_itself: bool) -> Path | None:
    if result.schedule is None or (out is None and not by_itself):
        return None
    if out is None:
        moment = datetime.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        out = Path(f"{name}-{moment}.schedule.json")
    result.schedule.save(out)
    return out


def _progress(progress: Progress) -> None:
    rate = progress.schedules / progress.seconds if progress.seconds else 0
    text = f"{counted(progress.schedules, 'schedule')}, {rate:.0f}/s ({progress.part})"
    print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _cancelled_by_signals(explorer: Explorer) -> Iterator[None]:
    """The first Ctrl-C ends the search and tells what there is; the second ends everything."""

    def cancel(number: int, frame: object) -> None:
        explorer.cancel()
        signal.signal(number, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number < 1_000_000_000:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 on, not {text}")
    return number
