"""What is shipped is listed, from source and in a package."""

from __future__ import annotations

from pathlib import Path

from gui.dialogs.licences import entries


def test_from_source_everything_has_a_line_and_most_a_text(tmp_path: Path) -> None:
    found = dict(entries(tmp_path))
    names = " ".join(found)
    for name in ("Lockstep", "CPython", "PySide6", "numpy", "pyqtgraph", "Inter", "JetBrainsMono"):
        assert name in names
    assert "MIT" in next(text for name, text in found.items() if name.startswith("Lockstep"))


def test_in_a_package_the_texts_beside_the_list_are_shown(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("the one text")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "a.txt").write_text("first")
    (tmp_path / "two" / "b.txt").write_text("second")
    lines = "one 1.0 — MIT — one.txt\ntwo 2 — BSD — two/\nthree — see its own licence\n"
    (tmp_path / "LICENCES.txt").write_text(lines, encoding="utf-8")
    found = entries(tmp_path)
    assert found[0] == ("one 1.0 — MIT", "the one text")
    assert found[1] == ("two 2 — BSD", "first\n\nsecond")
    assert found[2][1] == ""
