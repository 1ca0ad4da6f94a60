"""How a process ended, read from its exit code."""

from __future__ import annotations

import pytest

from engine.assembler.population import end_of_exit_code
from engine.model import End, EndKind


@pytest.mark.parametrize(
    ("code", "end"),
    [
        (0, End(EndKind.FINISHED)),
        (3, End(EndKind.FAILED, "exit code 3")),
        (-9, End(EndKind.KILLED, "SIGKILL")),
        (0xC0000005, End(EndKind.KILLED, "access violation 0xC0000005")),  # as Windows gives it
        (0xC00000FD, End(EndKind.KILLED, "error 0xC00000FD")),
    ],
)
def test_exit_codes(code: int, end: End) -> None:
    assert end_of_exit_code(code) == end
