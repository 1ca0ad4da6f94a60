"""Every text of the window has a translation, and translations fit their texts."""

from __future__ import annotations

import importlib.util
import re
import shutil
import string
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from gui.language import FOLDER, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = ROOT / "packaging" / "update_translations.py"
    spec = importlib.util.spec_from_file_location("update_translations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def messages(language: str) -> Iterator[tuple[str, str]]:
    """(text, translation); plural forms one by one."""
    tree = ElementTree.parse(FOLDER / f"lockstep_{language}.ts")
    for message in tree.getroot().iter("message"):
        source = message.findtext("source", "")
        translation = message.find("translation")
        assert translation is not None
        forms = [form.text or "" for form in translation] or [translation.text or ""]
        for form in forms:
            yield source, form


def test_no_text_is_without_translation(tool: ModuleType, tmp_path: Path) -> None:
    """Collected anew from the sources: a text that was added today is found as well."""
    for language in LANGUAGES:
        shutil.copy(FOLDER / f"lockstep_{language}.ts", tmp_path)
    tool.update(tmp_path)
    for language in LANGUAGES:
        assert tool.untranslated(tmp_path / f"lockstep_{language}.ts") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_in_braces_are_those_of_the_text(language: str) -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for source, translation in messages(language):
        assert names(translation) == names(source), source
        assert ("%n" in translation) == ("%n" in source), source


def test_chinese_is_chinese() -> None:
    unchanged = [
        source
        for source, translation in messages("zh_CN")
        if source == translation and re.search("[a-z]{4}", source)
    ]
    assert unchanged == ["pid {pid}"] or not [u for u in unchanged if u not in ("Lockstep", "pid {pid}")]


def test_what_is_loaded_is_what_is_translated(tool: ModuleType, tmp_path: Path) -> None:
    """The .qm files were made from the .ts files as they stand."""
    import subprocess

    for language in LANGUAGES:
        made = tmp_path / f"{language}.qm"
        subprocess.run(
            [tool.tool("lrelease"), str(FOLDER / f"lockstep_{language}.ts"), "-qm", str(made)],
            check=True,
            capture_output=True,
        )
        assert made.read_bytes() == (FOLDER / f"lockstep_{language}.qm").read_bytes(), language
