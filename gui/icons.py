"""Where the icons are."""

from __future__ import annotations

from pathlib import Path

from gui.palette import Palette

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"
ICON = FOLDER / "lockstep.svg"


def icon(name: str, palette: Palette) -> str:
    """The path of a small icon in the palette's colours, as a style sheet takes it."""
    return (FOLDER / f"{name}-{palette.name}.svg").as_posix()
