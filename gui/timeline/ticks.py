"""Where the ruler's ticks stand and what they say.  Plain arithmetic, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from gui.durations import NARROW, moment, unit_for
from gui.timeline.transform import TimeTransform


@dataclass(frozen=True, slots=True)
class Tick:
    """``x`` in pixels from the left edge; ``label`` is empty for a minor tick."""

    x: float
    time_ns: int  # since the start of the run
    label: str


@dataclass(frozen=True, slots=True)
class Ticks:
    """``base``: when labels would need more than three decimals they say only the difference
    from this moment, which then stands at the left edge of the ruler; empty otherwise."""

    ticks: tuple[Tick, ...]
    step_ns: int
    base: str = ""
    minor_ns: int = 0


def nice_step(at_least_ns: float) -> int:
    """The smallest of 1, 2, 5 × 10ⁿ ns that is at least this long; from a minute on 1, 2, 5, 10,
    15, 30 minutes and hours, as clocks are read."""
    if at_least_ns > 50 * 10**9:
        minute = 60 * 10**9
        for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440):
            if minutes * minute >= at_least_ns:
                return minutes * minute
        days = int(at_least_ns // (1440 * minute)) + 1
        return days * 1440 * minute
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= at_least_ns:
                return factor * power
        power *= 10


def _decimals(step_ns: int, unit_ns: int) -> int:
    digits = 0
    while step_ns * 10**digits % unit_ns and digits < 9:
        digits += 1
    return digits


def _clock(time_ns: int, step_ns: int) -> str:
    seconds = time_ns // 10**9
    if step_ns >= 3600 * 10**9:
        return f"{seconds // 3600}{NARROW}h"
    return f"{seconds // 60}{NARROW}min"


def ruler_ticks(transform: TimeTransform, origin_ns: int, label_px: float = 82.0) -> Ticks:
    """The ticks of the visible stretch; ``origin_ns`` is the start of the run (0 on the ruler),
    ``label_px`` the least distance of two labels."""
    step = nice_step(max(1.0, transform.ns_per_px * label_px))
    first = (transform.start_ns - origin_ns) // step * step
    last = transform.end_ns - origin_ns
    minutes = step >= 60 * 10**9
    unit, symbol = unit_for(max(step, 1))
    reach = max(abs(first), abs(last))
    # Read in the unit of the whole, not of the step: 0.2 s, 0.4 s … beside 1.0 s.
    big, big_symbol = unit_for(max(step, reach / 2))
    base = ""
    offset = 0
    if not minutes:
        if _decimals(step, big) <= 2:
            unit, symbol = big, big_symbol
        elif reach >= 1000 * unit:
            # The part that all labels share is written once.
            offset = (transform.start_ns - origin_ns + step - 1) // (1000 * step) * (1000 * step)
            base = moment(offset, 1000 * step)
    digits = _decimals(step, unit)
    ticks: list[Tick] = []
    time = first
    while time <= last:
        x = transform.x_of(origin_ns + time)
        if minutes:
            label = _clock(time, step) if time >= 0 else ""
        elif base:
            label = f"+{(time - offset) / unit:.{digits}f}{NARROW}{symbol}" if time >= offset else ""
        else:
            sign = "−" if time < 0 else ""
            label = f"{sign}{abs(time) / unit:.{digits}f}{NARROW}{symbol}"
        ticks.append(Tick(x, time, label))
        time += step
    return Ticks(tuple(ticks), step, base, step // 5 if step >= 5 else 0)
