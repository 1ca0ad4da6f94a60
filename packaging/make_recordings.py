"""Makes resources/recordings/scenarios: a real run of every scenario, to be shown without running anything.

    python packaging/make_recordings.py [--python INTERPRETER] [--missing] [ID...]

A scenario is run again, some times, when this machine was too busy for it to show what it is
about; one that does not show it then is left out, and said.  The recordings carry the paths of
the interpreter and of a temporary folder: take an interpreter from a place that may be known.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.scenarios import Scenario, catalogue, own  # noqa: E402
from engine.scenarios.outcome import Verdict  # noqa: E402
from engine.scenarios.recordings import FOLDER, MOST_BYTES, shipped  # noqa: E402
from engine.scenarios.running import run  # noqa: E402

TRIES = 4


def make(scenario: Scenario, interpreter: str | None, folder: Path) -> bool:
    """Record ``scenario``; whether a run showed what it is about (only then it is kept)."""
    part = folder / f"{scenario.id}.lockstep"
    for number in range(1, TRIES + 1):
        done = run(scenario, interpreter=interpreter, keep=part)
        outcome = done.outcome
        print(f"{scenario.id}: run {number}: {outcome.verdict.value}: {outcome.why}", flush=True)
        if outcome.verdict is Verdict.HOLDS and done.reading.answer == scenario.expected:
            (FOLDER / part.name).write_bytes(part.read_bytes())
            return True
        if outcome.verdict is Verdict.NOT_APPLICABLE:
            break
    return False


def main(arguments: list[str] | None = None) -> int:
    scenarios = {each.id: each for each in catalogue() if each.group != own.GROUP}
    parser = argparse.ArgumentParser(description="Makes resources/recordings/scenarios.")
    parser.add_argument("ids", nargs="*", metavar="ID", help="scenarios; default: all")
    parser.add_argument("--python", metavar="INTERPRETER", help="the interpreter to run them on")
    parser.add_argument("--missing", action="store_true", help="only those there is none of yet")
    options = parser.parse_args(arguments)
    unknown = set(options.ids) - set(scenarios)
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stale in FOLDER.glob("*.lockstep"):
        if stale.stem not in scenarios:
            stale.unlink()
    left_out = []
    with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
        os.environ["XDG_STATE_HOME"] = folder  # where the runs are made, and what they say they were in
        os.environ.pop("PYTHONUNBUFFERED", None)  # one scenario is about what waits in a buffer
        for name in options.ids or scenarios:
            if options.missing and shipped(name):
                continue
            if not make(scenarios[name], options.python, Path(folder)):
                left_out.append(name)
    size = sum(path.stat().st_size for path in FOLDER.glob("*.lockstep"))
    print(f"{len(list(FOLDER.glob('*.lockstep')))} recordings, {size:,} bytes")
    if left_out:
        print(f"left out: {', '.join(left_out)}", file=sys.stderr)
    if size > MOST_BYTES:
        print(f"more than {MOST_BYTES:,} bytes", file=sys.stderr)
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
