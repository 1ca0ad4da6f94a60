"""Time to pixel and back.  Plain arithmetic, no Qt.

Times are integer nanoseconds; float begins where pixels begin.  Differences are taken in
integers first, so that a run recorded after months of uptime is as sharp as any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

#: Closest zoom: one nanosecond a pixel.
MIN_NS_PER_PX = 1.0


@dataclass(frozen=True, slots=True)
class TimeTransform:
    """The visible stretch of time: its first nanosecond, the scale, and how wide it is drawn."""

    start_ns: int
    ns_per_px: float
    width_px: int

    @property
    def end_ns(self) -> int:
        """The first nanosecond right of the visible stretch."""
        return self.start_ns + self.length_ns

    @property
    def length_ns(self) -> int:
        return max(1, round(self.ns_per_px * self.width_px))

    def x_of(self, time_ns: int) -> float:
        """Where a moment stands, in pixels from the left edge (may lie outside)."""
        return (int(time_ns) - self.start_ns) / self.ns_per_px

    def xs_of(self, times_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """The same for an array; shape is kept."""
        return np.asarray((times_ns - self.start_ns) / self.ns_per_px, dtype=np.float64)

    def t_of(self, x_px: float) -> int:
        """The moment at a pixel."""
        return self.start_ns + round(x_px * self.ns_per_px)

    # --- other stretches, made from this one -------------------------------------------

    def resized(self, width_px: int) -> TimeTransform:
        """The same stretch of time drawn in another width."""
        width_px = max(1, width_px)
        return TimeTransform(self.start_ns, max(MIN_NS_PER_PX, self.length_ns / width_px), width_px)

    def zoomed(self, factor: float, x_px: float) -> TimeTransform:
        """``factor`` > 1 shows less time, larger; the moment at ``x_px`` stays where it is."""
        scale = max(MIN_NS_PER_PX, self.ns_per_px / factor)
        anchor = self.start_ns + x_px * self.ns_per_px - self.start_ns  # ns from the left edge
        return replace(self, start_ns=self.start_ns + round(anchor - x_px * scale), ns_per_px=scale)

    def panned(self, pixels: float) -> TimeTransform:
        """Moves the window: positive shows later times."""
        return replace(self, start_ns=self.start_ns + round(pixels * self.ns_per_px))

    def fitted(self, start_ns: int, end_ns: int, margin: float = 0.0) -> TimeTransform:
        """Shows [start, end] with ``margin`` (a share of the length) on both sides."""
        length = max(1, int(end_ns) - int(start_ns))
        room = round(length * margin)
        scale = max(MIN_NS_PER_PX, (length + 2 * room) / max(1, self.width_px))
        first = int(start_ns) - room
        if scale == MIN_NS_PER_PX:  # too short to fill the width: centred
            first = int(start_ns) - round((scale * self.width_px - length) / 2)
        return replace(self, start_ns=first, ns_per_px=scale)

    def clamped(self, low_ns: int, high_ns: int) -> TimeTransform:
        """Kept to the run: never shows much more than it, and never loses it from sight (a tenth of
        what is visible may lie beyond an end)."""
        run = max(1, high_ns - low_ns)
        widest = max(MIN_NS_PER_PX, run * 1.2 / max(1, self.width_px))
        scale = min(self.ns_per_px, widest)
        length = scale * self.width_px
        start = self.start_ns
        if scale < self.ns_per_px:  # zoomed out too far: keep the middle
            start += round((self.ns_per_px - scale) * self.width_px / 2)
        room = length * 0.1
        first, last = low_ns - room, high_ns + room - length
        if first > last:  # all of it is visible: keep it in the middle
            start = round((first + last) / 2)
        else:
            start = round(min(max(start, first), last))
        return replace(self, start_ns=start, ns_per_px=scale)
