"""Undo and redo of navigation, as in a web browser.  Plain data, no Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """What part of the recording is looked at: time by start and scale, tracks by scroll."""

    start_ns: int
    ns_per_px: float
    scroll_px: int = 0

    def near(self, other: Place) -> bool:
        """True when the two look the same to the eye: under 2 pixels apart."""
        return (
            abs(self.start_ns - other.start_ns) <= 2 * self.ns_per_px
            and abs(self.ns_per_px - other.ns_per_px) <= 0.002 * self.ns_per_px
            and abs(self.scroll_px - other.scroll_px) <= 2
        )


class NavigationHistory:
    """The places one has been.  ``visit`` is called when a gesture has come to rest, with the
    place it left from and the one it led to."""

    def __init__(self, limit: int = 200) -> None:
        self._back: list[Place] = []
        self._forward: list[Place] = []
        self._limit = limit

    def clear(self) -> None:
        self._back.clear()
        self._forward.clear()

    @property
    def can_go_back(self) -> bool:
        return bool(self._back)

    @property
    def can_go_forward(self) -> bool:
        return bool(self._forward)

    def visit(self, left: Place, reached: Place) -> None:
        """Notes that ``left`` was left for ``reached``."""
        if left.near(reached):
            return
        if not self._back or not self._back[-1].near(left):
            self._back.append(left)
        del self._back[: -self._limit]
        self._forward.clear()

    def back(self, here: Place) -> Place | None:
        """Where to go back to, or None; ``here`` can then be gone forward to."""
        while self._back:
            place = self._back.pop()
            if not place.near(here):
                self._forward.append(here)
                return place
        return None

    def forward(self, here: Place) -> Place | None:
        while self._forward:
            place = self._forward.pop()
            if not place.near(here):
                self._back.append(here)
                return place
        return None
