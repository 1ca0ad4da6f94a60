"""The recordings that come with Lockstep: one of each scenario, to be shown without running anything."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "scenarios"
#: All of them together, packed.
MOST_BYTES = 5_000_000


def comes_with_lockstep(path: Path) -> bool:
    """Whether a recording is one of ours: shown, and never written into."""
    return FOLDER.parent in path.resolve().parents


def shipped(scenario_id: str) -> Path | None:
    """The recording of a run with the parameters as they stand in the program; None: there is none."""
    path = FOLDER / f"{scenario_id}.lockstep"
    return path if path.is_file() else None
