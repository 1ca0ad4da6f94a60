"""Makes resources/recordings/first.lockstep, the recording a new window opens on: a real run.

    python packaging/make_sample.py [SCENARIO [INTERPRETER]]

The scenario is run again, some times, when this machine was too busy for it to show what it is about.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.scenarios import get  # noqa: E402
from engine.scenarios.outcome import Verdict  # noqa: E402
from engine.scenarios.running import run  # noqa: E402

TARGET = ROOT / "resources" / "recordings" / "first.lockstep"
#: Not one of the lesson: its answers are not on the screen before its questions.
SCENARIO = "lock_granularity"
TRIES = 8
MOST_BYTES = 300_000


def main(arguments: list[str]) -> int:
    scenario = get(arguments[0] if arguments else SCENARIO)
    interpreter = arguments[1] if len(arguments) > 1 else None
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
        for number in range(1, TRIES + 1):
            file = Path(folder, f"{number}.lockstep")
            outcome = run(scenario, interpreter=interpreter, keep=file).outcome
            size = file.stat().st_size
            print(f"run {number}: {outcome.verdict.value}, {size:,} bytes {outcome.why}", flush=True)
            if outcome.verdict is Verdict.HOLDS and size <= MOST_BYTES:
                TARGET.write_bytes(file.read_bytes())
                return 0
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
