"""The speeds of the player.  No Qt."""

from __future__ import annotations

#: Recorded time for each unit of real time, from slow to fast.
SPEEDS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0)
ORDINARY = 1e-2


def nearest(speed: float) -> float:
    """The speed of the list that is closest to ``speed``, which may be anything."""
    if not speed > 0:
        return ORDINARY
    return min(SPEEDS, key=lambda one: max(one / speed, speed / one))


def next_speed(speed: float, step: int) -> float:
    """The next faster (1) or slower (-1) one; the same at the end of the list."""
    place = SPEEDS.index(nearest(speed)) + step
    return SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]


def speed_text(speed: float) -> str:
    """``1/100×``, ``1×``, ``10×``."""
    if speed >= 1:
        return f"{speed:g}×"
    if f"{speed:e}".startswith("3"):
        return f"3/{round(3 / speed):,}×"
    return f"1/{round(1 / speed):,}×"
