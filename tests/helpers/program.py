"""The program that end-to-end tests start: from source, or a package made of it.

``LOCKSTEP_PACKAGE=/path/to/lockstep`` (the launcher) lets the same tests run against the package.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = os.environ.get("LOCKSTEP_PACKAGE", "")
#: What starts it; arguments follow.
COMMAND = [PACKAGE] if PACKAGE else [sys.executable, str(ROOT / "main.py")]
#: The interpreter it runs programs on when none is named.
PYTHON = str(Path(PACKAGE).parent / "python" / "bin" / "python3.13") if PACKAGE else sys.executable
