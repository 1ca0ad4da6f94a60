"""What a person may choose in the settings dialog, in one piece.  No widgets."""

from __future__ import annotations

from dataclasses import dataclass

from engine.session import DEFAULT_SIZE_LIMIT
from gui.settings import Settings

#: The ways to see the GIL, as the command line has them.
GIL_WAYS = ("auto", "proc", "interpreter", "off")
MEGABYTE = 1_000_000
LEAST_MB, MOST_MB = 16, 1_000_000
ORDINARY_MB = DEFAULT_SIZE_LIMIT // MEGABYTE


@dataclass(frozen=True, slots=True)
class Preferences:
    """``language``: "en", "zh_CN", or empty: the desktop's.  ``zoom``: of the text, 0.8 to 2.
    ``interpreter``: a path, or empty: the first that is found.  ``size_limit_mb``: of a recording."""

    language: str = ""
    theme: str = "system"
    zoom: float = 1.0
    interpreter: str = ""
    size_limit_mb: int = ORDINARY_MB
    gil: str = "auto"
    follow_live: bool = True

    @property
    def size_limit_bytes(self) -> int:
        return self.size_limit_mb * MEGABYTE


def remembered(settings: Settings) -> Preferences:
    """As they were left; what makes no sense is taken for the ordinary."""
    limit = settings.number("size_limit_mb", ORDINARY_MB)
    gil = settings.text("gil", "auto")
    return Preferences(
        settings.language,
        settings.theme,
        settings.zoom,
        settings.interpreter,
        min(max(limit, LEAST_MB), MOST_MB),
        gil if gil in GIL_WAYS else "auto",
        settings.number("follow_live", 1) != 0,
    )


def remember(settings: Settings, chosen: Preferences) -> None:
    """All but the interpreter, which is remembered where it is chosen."""
    settings.language = chosen.language
    settings.theme = chosen.theme
    settings.zoom = chosen.zoom
    settings.set_value("size_limit_mb", chosen.size_limit_mb)
    settings.set_value("gil", chosen.gil)
    settings.set_value("follow_live", int(chosen.follow_live))
