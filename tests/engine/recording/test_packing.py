"""Packed records come back as they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.batch import RECORD_DTYPE, Records
from engine.recording import packing


@given(hnp.arrays(np.uint8, st.integers(0, 40).map(lambda n: n * 32)))
def test_any_records_come_back(data: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> None:
    records: Records = data.view(RECORD_DTYPE)
    assert packing.unpacked(packing.packed(records)).tobytes() == records.tobytes()


def test_half_a_record_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number"):
        packing.unpacked(bytes(33))
