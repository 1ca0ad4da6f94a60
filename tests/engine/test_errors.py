"""Every error that reaches people has a sentence that its data fills."""

from __future__ import annotations

import string

import pytest

from engine.errors import SENTENCES, LockstepError, RecordingError, UsageError


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_sentence_is_one_line_made_from_its_data(code: str) -> None:
    names = [name for _, name, _, _ in string.Formatter().parse(SENTENCES[code]) if name]
    data = {name: f"<{name}\nof {code}>" for name in names}
    text = str(LockstepError(code, **data))
    assert "\n" not in text
    assert not text.endswith(".")
    for name in names:
        assert f"<{name} of {code}>" in text


def test_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no such error code"):
        LockstepError("no_such_code")


def test_missing_datum_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        str(LockstepError("script_missing"))


def test_recording_error_keeps_its_parts() -> None:
    error = RecordingError("damaged", "/x/a.lockstep", "block 3")
    assert (error.code, error.kind, error.detail) == ("recording_damaged", "damaged", "block 3")
    assert str(error) == "/x/a.lockstep is damaged: block 3"


def test_usage_error_says_what_it_was_given() -> None:
    assert str(UsageError("--set needs NAME=VALUE, not 3")) == "--set needs NAME=VALUE, not 3"
