"""Times and numbers as people read them."""

from __future__ import annotations

import pytest

from gui.durations import count, duration, frequency, moment, percent, size, unit_for

NARROW = "\u00a0"


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 ns"),
        (7, "7 ns"),
        (999, "999 ns"),
        (1_000, "1 µs"),
        (8_620_000, "8.62 ms"),
        (5_000_000, "5 ms"),
        (412_000_000, "412 ms"),
        (999_999_600, "1 s"),
        (1_240_000_000, "1.24 s"),
        (119_000_000_000, "119 s"),
        (123_000_000_000, "2 min 03 s"),
        (2 * 3600 * 10**9 + 5 * 60 * 10**9, "2 h 05 min"),
        (-5_000_000, "−5 ms"),
    ],
)
def test_durations(ns: int, text: str) -> None:
    assert duration(ns).replace(NARROW, " ") == text


@pytest.mark.parametrize(
    ("ns", "resolution", "text"),
    [
        (17_600_000, 100_000, "17.6 ms"),
        (17_600_000, 41_000, "17.60 ms"),
        (17_600_123, 1, "17.600123 ms"),
        (0, 1_000_000, "0 ms"),
        (-2_000_000, 1_000_000, "−2 ms"),
    ],
)
def test_a_moment_has_the_digits_one_can_see(ns: int, resolution: float, text: str) -> None:
    assert moment(ns, resolution).replace(NARROW, " ") == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (0.0004, "<0.1 %"),
        (0.004, "0.4 %"),
        (0.01, "1 %"),
        (0.666, "67 %"),
        (0.997, ">99 %"),
        (1.0, "100 %"),
    ],
)
def test_shares(share: float, text: str) -> None:
    assert percent(share).replace(NARROW, " ") == text


def test_numbers() -> None:
    assert count(1204) == "1,204"
    assert frequency(8100).replace(NARROW, " ") == "8.1 kHz"
    assert frequency(950).replace(NARROW, " ") == "950 Hz"
    assert [size(n).replace(NARROW, " ") for n in (12, 4_200, 412_000, 1_300_000, 2_500_000_000)] == [
        "12 B",
        "4.2 kB",
        "412 kB",
        "1.3 MB",
        "2.5 GB",
    ]


def test_units() -> None:
    assert unit_for(1) == (1, "ns")
    assert unit_for(999_999) == (1_000, "µs")
    assert unit_for(10**9) == (10**9, "s")
