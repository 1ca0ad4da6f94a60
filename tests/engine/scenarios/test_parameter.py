"""Values of parameters: what fits, and what is said of what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import LockstepError
from engine.scenarios.parameter import Parameter, choice, integer, real, switch

WORKERS = integer("workers", 2, 50)
NAP = real("nap_s", 0.05, 5.0, "s")
LOCKED = switch("locked")
METHOD = choice("method", "fork", "spawn")


@pytest.mark.parametrize(
    ("parameter", "value", "result"),
    [
        (WORKERS, 5, 5),
        (WORKERS, "5", 5),
        (WORKERS, " 5 ", 5),
        (WORKERS, 5.0, 5),
        (NAP, "0.5", 0.5),
        (NAP, 1, 1.0),
        (LOCKED, True, True),
        (LOCKED, "no", False),
        (LOCKED, "On", True),
        (METHOD, "spawn", "spawn"),
        (choice("size", 1, 10), "10", 10),
    ],
)
def test_a_value_that_fits_comes_back_in_the_parameters_type(
    parameter: Parameter, value: object, result: object
) -> None:
    checked = parameter.checked(value)
    assert checked == result
    assert type(checked) is type(result)


@pytest.mark.parametrize(
    ("parameter", "value", "sentence"),
    [
        (WORKERS, 1, "workers must be from 2 to 50, not 1"),
        (WORKERS, "51", "workers must be from 2 to 50, not 51"),
        (WORKERS, "five", "workers must be a whole number, not five"),
        (WORKERS, 2.5, "workers must be a whole number, not 2.5"),
        (WORKERS, True, "workers must be a whole number, not True"),
        (WORKERS, None, "workers must be a whole number, not None"),
        (WORKERS, "", "workers must be a whole number, not empty"),
        (WORKERS, -(10**400), "workers must be from 2 to 50, not -100000000000000000000000000000000000000…"),
        (WORKERS, "9" * 5000, "workers must be a whole number, not " + "9" * 40 + "…"),
        (integer("bytes", 64, 16777216), 1, "bytes must be from 64 to 16777216, not 1"),
        (real("switch_s", 1e-6, 0.1), 1, "switch_s must be from 0.000001 to 0.1, not 1"),
        (NAP, "nan", "nap_s must be a number, not nan"),
        (NAP, float("inf"), "nap_s must be a number, not inf"),
        (NAP, "9", "nap_s must be from 0.05 to 5, not 9"),
        (LOCKED, "perhaps", "locked must be true or false, not perhaps"),
        (LOCKED, 1, "locked must be true or false, not 1"),
        (METHOD, "vfork", "method must be one of fork, spawn, not vfork"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_a_sentence(
    parameter: Parameter, value: object, sentence: str
) -> None:
    with pytest.raises(LockstepError) as caught:
        parameter.checked(value)
    assert str(caught.value) == sentence


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.binary()))
def test_whatever_comes_is_taken_or_refused(value: object) -> None:
    for parameter in (WORKERS, NAP, LOCKED, METHOD):
        try:
            checked = parameter.checked(value)
        except LockstepError:
            continue
        assert parameter.checked(checked) == checked
