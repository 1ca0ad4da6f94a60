"""Opening a recording on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.recording import LoadedRecording, load


def opened(path: Path) -> LoadedRecording:
    """The recording, with a warning on standard error where it is not whole.

    Raises RecordingError.
    """
    loaded = load(path)
    for warning in loaded.warnings:
        what = "is cut off" if loaded.truncated else "has a fault"
        print(f"lockstep: warning: {path} {what}: {warning}", file=sys.stderr)
    return loaded
