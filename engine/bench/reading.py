"""How fast a session goes through tail, assembler and store, measured in a process of its own.

``python -m engine.bench.reading FOLDER`` prints one JSON object: records, seconds, lost, peak_memory_mb.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def read_session(folder: Path) -> dict[str, Any]:
    """Read a finished session folder to its end.  Times only the reading, not the imports."""
    from engine.watch import Watch

    with Watch(folder, live=False) as watch:
        begin = time.perf_counter()
        watch.read_all()
        seconds = time.perf_counter() - begin
    return {
        "records": watch.records,
        "seconds": seconds,
        "lost": watch.lost,
        "peak_memory_mb": _peak_memory_mb(),
    }


def _peak_memory_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    print(json.dumps(read_session(Path(sys.argv[1]))))
