"""Every reason that a check can give has a sentence in both languages."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.scenarios.outcome import REASONS, Outcome, Verdict
from gui.language import Languages
from gui.reasons import reason_text


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_said_in_both_languages(qapp: QApplication, reason: str) -> None:
    outcome = Outcome(Verdict.TOO_DISTURBED, reason, "1.2 times")
    languages = Languages("en", qapp)
    english = reason_text(outcome)
    languages.choose("zh_CN")
    chinese = reason_text(outcome)
    assert reason_text(outcome, with_detail=True) == f"{chinese} 1.2 times."
    languages.choose("en")
    assert english.endswith(".")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert chinese.endswith("。")
