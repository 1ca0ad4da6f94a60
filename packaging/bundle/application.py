"""The program's own files: what git knows of them, compiled; licences of everything shipped."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from email.parser import HeaderParser
from pathlib import Path

from bundle.description import LOCKSTEP, ROOT

#: What runs; tests, packaging and the docs' sources stay at home.
PARTS = ("main.py", "engine", "gui", "resources", "docs", "LICENSE", "README.md", "CHANGELOG.md")
#: Not compiled, as neither the window nor a program under observation loads it: IDLE, turtle's demos,
#: lexers of languages other than Python's (paths with / or \\).
NOT_COMPILED = r"[/\\](?:idlelib|turtledemo|pygments[/\\]lexers[/\\](?!(?:__init__|_mapping|python)\.py))"
#: How Debian's copyright files name the texts that are everywhere the same.
_COMMON_LICENCE = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9-]+(?:\.[0-9]+)?)")
_LICENCE_NAMES = ("LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*")


def copy(target: Path) -> None:
    """Copy the program into ``target``."""
    ignored = shutil.ignore_patterns("__pycache__", "*.ts", ".mypy_cache", "pictures")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        elif source.exists():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def compile_all(python: Path, folders: Iterable[Path]) -> None:
    """Compile every module: the folder may be one that users cannot write.  No times are compared,
    as archives and installers change them.  A file that cannot be compiled (Python 2's, a template)
    stays as it is."""
    command = [
        *(str(python), "-I", "-m", "compileall", "-q", "-q", "-j", "0"),
        *("--invalidation-mode", "unchecked-hash", "-x", NOT_COMPILED),
    ]
    for folder in folders:
        prefix = ["-s", str(folder.parent), str(folder)]
        subprocess.call([*command, *prefix], stderr=subprocess.DEVNULL)


def gather_licences(site: Path, python_licence: Path | None, target: Path) -> None:
    """Everything shipped, with its version and licence, in ``target``/LICENCES.txt, and the texts
    beside it.  The window's Licences view reads that file."""
    target.mkdir(parents=True, exist_ok=True)
    lines = [f"{LOCKSTEP.name} {LOCKSTEP.version} — MIT — LICENSE.txt"]
    shutil.copy2(ROOT / "LICENSE", target / "LICENSE.txt")
    version = ".".join(map(str, _version_of(site)))
    if python_licence is not None and python_licence.exists():
        shutil.copy2(python_licence, target / "CPython-LICENSE.txt")
    lines.append(f"CPython {version} — Python-2.0 — CPython-LICENSE.txt, CPython-incorporated.txt")
    for metadata in sorted(site.glob("*.dist-info/METADATA"), key=lambda path: path.parent.name.lower()):
        told = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
        name, number = told["Name"], told["Version"]
        texts = _texts(metadata.parent)
        licence = told["License-Expression"] or (told["License"] or "").split("\n")[0] or "see its text"
        place = _copy_texts(name, texts, metadata.parent, target)
        if not place and "LGPL" in licence:
            place = "Qt-PySide6.txt, LGPL-3.0.txt, GPL-3.0.txt"
        lines.append(f"{name} {number} — {licence} — {place}".rstrip(" —"))
    for text in sorted((ROOT / "resources" / "fonts").glob("*LICENSE.txt")):
        shutil.copy2(text, target / text.name)
        lines.append(f"Font {text.name.split('-LICENSE')[0]} — OFL-1.1 — {text.name}")
    # Qt's wheels carry no text of their licence, CPython not those of the code it contains.
    for text in sorted((ROOT / "packaging" / "licences").glob("*.txt")):
        shutil.copy2(text, target / text.name)
    (target / "LICENCES.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def gather_library_licences(libraries: Iterable[Path], target: Path) -> None:
    """The copyright files of Debian's packages that the libraries come from, where this is Debian, and
    the licences these refer to."""
    lines, common = [], set()
    for library in sorted(libraries):
        package = _debian_package(library)
        text = Path("/usr/share/doc") / package / "copyright"
        if not package or not text.is_file():
            lines.append(f"{library.name} — see its own licence")
            continue
        shutil.copy2(text.resolve(), target / f"{package}-copyright.txt")
        common |= set(_COMMON_LICENCE.findall(text.read_text(encoding="utf-8", errors="replace")))
        lines.append(f"{library.name} — {package} — {package}-copyright.txt")
    with (target / "LICENCES.txt").open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n" if lines else "")
    for name in sorted(common):
        text = Path("/usr/share/common-licenses") / name
        if text.is_file():
            (target / "common-licenses").mkdir(exist_ok=True)
            shutil.copy2(text.resolve(), target / "common-licenses" / name)


def _debian_package(library: Path) -> str:
    """Debian's package with this file; it may know it by a path without /usr."""
    for path in (library, library.resolve()):
        plain = str(path).removeprefix("/usr")
        for known in (plain, "/usr" + plain):
            try:
                owner = subprocess.run(["dpkg", "-S", known], capture_output=True, text=True, check=False)
            except FileNotFoundError:
                return ""
            if owner.returncode == 0:
                return owner.stdout.split(":")[0].strip()
    return ""


def _texts(folder: Path) -> list[Path]:
    found = {path for name in _LICENCE_NAMES for path in folder.rglob(name) if path.is_file()}
    return sorted(found)


def _copy_texts(name: str, texts: list[Path], base: Path, target: Path) -> str:
    """One text beside the list, several in a folder; gives which."""
    if len(texts) == 1:
        shutil.copy2(texts[0], target / f"{name}-LICENSE.txt")
        return f"{name}-LICENSE.txt"
    for text in texts:
        copied = target / name / "_".join(text.relative_to(base).parts)
        copied.parent.mkdir(exist_ok=True)
        shutil.copy2(text, copied)
    return f"{name}/" if texts else ""


def _version_of(site: Path) -> tuple[int, ...]:
    root = next(
        path for path in (*site.parents,) if (path / "bin").is_dir() or (path / "python.exe").exists()
    )
    python = root / "python.exe" if sys.platform == "win32" else root / "bin" / "python3"
    question = "import sys; print(*sys.version_info[:3])"
    answer = subprocess.run([str(python), "-I", "-c", question], capture_output=True, text=True, check=True)
    return tuple(map(int, answer.stdout.split()))
