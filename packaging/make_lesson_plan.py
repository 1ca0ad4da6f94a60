"""Writes the pages of the lesson, the claims and the choices in docs, from their texts and the scenarios'.

python packaging/make_lesson_plan.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.scenarios import guides, lesson  # noqa: E402
from engine.scenarios.texts import LANGUAGES  # noqa: E402


def pages() -> dict[Path, str]:
    """Every page, by its file."""
    result = {}
    for language in LANGUAGES:
        ending = "" if language == "en" else f".{language}"
        result[ROOT / "docs" / f"lesson-plan{ending}.md"] = lesson.plan(language)
        result[ROOT / "docs" / f"claims{ending}.md"] = guides.claims_page(language)
        result[ROOT / "docs" / f"choose{ending}.md"] = guides.choose_page(language)
        result[ROOT / "docs" / f"lesson-questions{ending}.md"] = lesson.questions(language)
    return result


def main() -> int:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
