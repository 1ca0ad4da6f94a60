"""What holds for every test: no real screen, nothing left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers import leaks, screen, without_qt

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The same examples everywhere and every time; others when asked for (``default``).  How long one takes
# is the machine's affair: it is no failure.
_NOT_TIMED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **_NOT_TIMED)
settings.register_profile("default", derandomize=False, **_NOT_TIMED)
settings.load_profile(os.environ.get("LOCKSTEP_TEST_EXAMPLES", "same"))
WITHOUT_QT = os.environ.get("LOCKSTEP_TEST_WITHOUT_QT") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    if WITHOUT_QT:  # pytest-qt is off, but its options stand in pyproject.toml
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "unused without Qt")


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # a shell's background job starts with it ignored, and so would every program that tests run
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if WITHOUT_QT:
        without_qt.refuse_qt()


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a child process, an open file or shared memory."""
    files = "qapp" not in request.fixturenames
    before = leaks.held(files)
    yield
    left = leaks.left_behind(before, files)
    assert not left, f"left behind: {', '.join(left)}"


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The ``DISPLAY`` of a virtual screen with a window manager, one for the whole run."""
    missing = screen.missing_programs()
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")
    with screen.virtual_screen() as name:
        yield name
