"""Lock waits against the observed program's own clock, in figures.

    python -m tests.bench.measure_locks [--python INTERPRETER] [--runs N]

Linux or not, no root.  What the tests hold (tests/end_to_end/test_runs_locks.py) is order and owners;
here are the distances: recorded edge to the program's reading around the call, 95th percentile.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from engine.recording import load
from tests.end_to_end.lock_truth import compare_locks
from tests.end_to_end.runs import PROGRAMS
from tests.helpers.program import COMMAND


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--runs", type=int, default=2)
    chosen = parser.parse_args()
    for _ in range(chosen.runs):
        for lock in ("Lock", "RLock"):
            for beside in ("idle", "busy"):
                with tempfile.TemporaryDirectory(prefix="lockstep-locks-") as folder:
                    recording = Path(folder) / "run.lockstep"
                    done = subprocess.run(
                        [
                            *COMMAND, "record", "-o", str(recording), "--python",
                            str(chosen.python), str(PROGRAMS / "contended.py"), lock, beside,
                        ],
                        capture_output=True, check=True,
                    )  # fmt: skip
                    found = compare_locks(done.stdout, load(recording).store)
                begin, end = found.percentile(95)
                late = np.percentile(np.abs(found.lock_after_release_ns), 95) if found.calls else 0.0
                print(
                    f"{lock:6} {beside:5} {found.calls:4} contended  p95 begin {begin / 1000:7.1f} µs  "
                    f"end {end / 1000:7.1f} µs  lock's part ends {late / 1000:7.1f} µs from the release  "
                    f"overlooked {found.overlooked}  owners right {found.owners_right} "
                    f"wrong {found.owners_wrong} unknown {found.owners_unknown}  "
                    f"unobserved {found.unobserved_share:.2%}  load {os.getloadavg()[0]:.2f}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
