"""Programs recorded by somebody who runs with a priority of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = Path(__file__).resolve().parents[3] / "main.py"


@pytest.mark.skipif(not hasattr(os, "SCHED_RR"), reason="no real-time policies here")
def test_recording_under_a_real_time_policy(tmp_path: Path) -> None:
    """``chrt --rr 1 python main.py record …``: the program has the policy it would have without us."""
    script = tmp_path / "program.py"
    script.write_text("import os\nprint(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR)\n")
    start = (
        "import os, sys\n"
        "try:\n"
        "    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))\n"
        "except OSError:\n"
        "    sys.exit(77)\n"
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])\n"
    )
    output = tmp_path / "out.lockstep"
    command = [sys.executable, "-c", start, str(MAIN), "record", "-o", str(output), str(script)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if run.returncode == 77:
        pytest.skip("not permitted here")
    assert (run.returncode, run.stdout, run.stderr) == (0, "True\n", "")
    assert output.stat().st_size > 0
