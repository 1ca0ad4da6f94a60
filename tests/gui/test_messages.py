"""Errors as sentences."""

from __future__ import annotations

import string

import pytest
from PySide6.QtWidgets import QApplication

from engine.errors import SENTENCES, LockstepError
from gui import messages

#: Said on the command line only.
NOT_IN_THE_WINDOW = {"usage", "window_missing", "package_missing", "bench_unknown_workload", "bench_failed"}


@pytest.mark.parametrize("code", sorted(set(SENTENCES) - NOT_IN_THE_WINDOW))
def test_every_error_has_a_sentence_that_uses_only_its_data(qapp: QApplication, code: str) -> None:
    template = messages.template_of(code)
    assert template, f"no text for {code}"
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    known = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[code]) if name}
    assert names <= known
    text = messages.error_text(LockstepError(code, **{name: f"<{name}>" for name in known}))
    assert text.endswith((".", "?", "!"))
    assert "\n" not in text


def test_an_error_of_ours_is_owned_up_to(qapp: QApplication) -> None:
    text = messages.error_text(ZeroDivisionError("division\nby zero"))
    assert "ZeroDivisionError" in text
    assert "Traceback" not in text
    assert "\n" not in text


def test_a_code_without_text_falls_back_to_the_engine(qapp: QApplication) -> None:
    assert messages.error_text(LockstepError("usage", detail="what is this")) == "What is this."
