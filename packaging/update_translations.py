"""Collects the texts of the window and builds the translations the window loads.

    python packaging/update_translations.py            sources → .ts → .qm
    python packaging/update_translations.py --check    only says what is not translated; status 1 then

``resources/i18n/lockstep_zh_CN.ts`` is translated with Qt Linguist (``pyside6-linguist``) or an
editor; ``lockstep_en.ts`` holds the plural forms alone.  Uses Qt's own lupdate and lrelease, which
PySide6 brings along.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "i18n"
TOOLS = Path(PySide6.__file__).parent


def tool(name: str) -> str:
    """Qt's tool inside the PySide6 package, whatever the platform calls it."""
    for candidate in (TOOLS / name, TOOLS / f"{name}.exe", TOOLS / "Qt" / "libexec" / name):
        if candidate.is_file():
            return str(candidate)
    raise SystemExit(f"PySide6 has no {name} here")


def sources() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "gui").rglob("*.py"))]


def update(folder: Path = FOLDER) -> None:
    """Sources → .ts: new texts come in unfinished, texts that are gone go."""
    for language, options in (("zh_CN", []), ("en", ["-pluralonly"])):
        subprocess.run(
            [
                tool("lupdate"),
                *sources(),
                *("-tr-function-alias", "translate+=_translate", "-locations", "none"),
                *("-no-obsolete", "-source-language", "en", "-target-language", language),
                *(*options, "-ts", str(folder / f"lockstep_{language}.ts")),
            ],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def release() -> None:
    """.ts → .qm, which the window loads."""
    for path in sorted(FOLDER.glob("lockstep_*.ts")):
        subprocess.run(
            [tool("lrelease"), str(path), "-qm", str(path.with_suffix(".qm"))],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def untranslated(path: Path) -> list[str]:
    """The texts of a .ts file that have no finished translation, as "context: text"."""
    found = []
    for context in ElementTree.parse(path).getroot().iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            finished = translation is not None and translation.get("type") is None
            texts = [] if translation is None else [translation.text, *(f.text for f in translation)]
            if not finished or not any(text and text.strip() for text in texts):
                found.append(f"{name}: {message.findtext('source', '')}")
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--check", action="store_true", help="only say what is not translated")
    chosen = options.parse_args()
    if not chosen.check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        update()
        release()
    missing = [text for path in sorted(FOLDER.glob("lockstep_*.ts")) for text in untranslated(path)]
    for text in missing:
        print(text)
    print(f"{len(missing)} texts without translation", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
