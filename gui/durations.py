"""Times and numbers as people read them.  No Qt, no language: units are international."""

from __future__ import annotations

#: (nanoseconds in one, symbol), from large to small.
UNITS: tuple[tuple[int, str], ...] = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"))

#: Between a number and its unit: the two stay on one line.
NARROW = "\u00a0"


def unit_for(step_ns: float) -> tuple[int, str]:
    """The largest unit in which ``step_ns`` is at least one (ns below that)."""
    for size, symbol in UNITS:
        if step_ns >= size:
            return size, symbol
    return UNITS[-1]


def duration(ns: float, digits: int = 3) -> str:
    """A length of time with up to ``digits`` digits: ``8.62 ms``, ``5 ms``, ``2 min 03 s``."""
    if ns < 0:
        return "−" + duration(-ns, digits)
    if ns >= 120 * 10**9:
        minutes, seconds = divmod(round(ns / 10**9), 60)
        if minutes >= 120:
            hours, minutes = divmod(minutes, 60)
            return f"{hours}{NARROW}h {minutes:02d}{NARROW}min"
        return f"{minutes}{NARROW}min {seconds:02d}{NARROW}s"
    size, symbol = unit_for(ns)
    value = ns / size
    if size == 1:
        return f"{round(value)}{NARROW}{symbol}"
    whole = len(str(int(value)))
    text = f"{value:.{max(0, digits - whole)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if size < UNITS[0][0] and float(text) >= 1000:  # 999.9996 ms reads 1.00 s
        return duration(size * 1000, digits)
    return f"{text}{NARROW}{symbol}"


def moment(ns: int, resolution_ns: float) -> str:
    """A point in time since the start of the run, with the digits that ``resolution_ns`` (one
    pixel) lets one tell apart: ``17.6 ms``, ``1.234 s``."""
    sign, ns = ("−", -ns) if ns < 0 else ("", ns)
    size, symbol = unit_for(max(ns, resolution_ns, 1))
    digits = 0
    fraction = size
    while fraction > max(resolution_ns, 1) and digits < 9 and fraction > 1:
        fraction //= 10
        digits += 1
    return f"{sign}{ns / size:.{digits}f}{NARROW}{symbol}"


def percent(share: float) -> str:
    """A share from 0 to 1: ``66 %``, ``0.4 %``, ``<0.1 %`` rather than a nought that is none."""
    value = share * 100
    if value <= 0:
        return f"0{NARROW}%"
    if value < 0.1:
        return f"<0.1{NARROW}%"
    if value < 10:
        text = f"{value:.1f}"
        return f"{text.removesuffix('.0') if value >= 1 else text}{NARROW}%"
    if 99.5 <= value < 100:
        return f">99{NARROW}%"
    return f"{value:.0f}{NARROW}%"


def count(number: int) -> str:
    """A number with thousands apart: ``1,204``."""
    return f"{number:,}"


def frequency(hertz: float) -> str:
    """``8.1 kHz``, ``950 Hz``."""
    if hertz >= 1000:
        return f"{hertz / 1000:.1f}{NARROW}kHz"
    return f"{hertz:.0f}{NARROW}Hz"


def size(number: int) -> str:
    """Bytes: ``412 kB``, ``1.3 MB``."""
    value = float(number)
    for symbol in ("B", "kB", "MB"):
        if value < 1000:
            return (
                f"{value:.0f}{NARROW}{symbol}"
                if symbol == "B" or value >= 10
                else f"{value:.1f}{NARROW}{symbol}"
            )
        value /= 1000
    return f"{value:.1f}{NARROW}GB"
