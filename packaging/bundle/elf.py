"""Shared libraries on Linux: which a file needs, where they are, and how they are found in the folder.

Uses ``ldd`` and ``patchelf``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from bundle.description import CannotPackage

#: Never taken along: the C library, and what must fit the machine's screen, drivers and fonts.
OF_SYSTEM = re.compile(
    r"ld-linux|lib(c|m|dl|rt|pthread|util|resolv|nsl|gcc_s|stdc\+\+|zstd|"
    r"GL|EGL|GLX|GLdispatch|OpenGL|drm|gbm|"
    r"glib-2\.0|gthread-2\.0|gobject-2\.0|gio-2\.0|dbus-1|systemd|fontconfig|freetype|"
    r"X11|X11-xcb|xcb|wayland-[a-z]+|gtk-3|gdk-3)\.so"
)
_GLIBC = re.compile(rb"\x00GLIBC_2\.(\d+)(?:\.\d+)?(?=\x00)")


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def files(folder: Path) -> list[Path]:
    """All ELF files below ``folder``, links left out, in a stable order."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path for path in found if is_elf(path))


def needed(path: Path) -> dict[str, Path | None]:
    """What the loader would load for ``path``, by name, with where it is; None where it is missing."""
    answer = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout
    result: dict[str, Path | None] = {}
    for name, place in re.findall(r"^\s+(\S+) => (not found|\S+)", answer, re.MULTILINE):
        result[name] = None if place == "not found" else Path(place)
    return result


def directly_needed(path: Path) -> list[str]:
    return _run("patchelf", "--print-needed", str(path)).split()


def set_search_path(path: Path, *places: str) -> None:
    """Let the loader look at ``places``, which may begin with ``$ORIGIN``, for what ``path`` needs."""
    _run("patchelf", "--set-rpath", ":".join(places), str(path))


def strip(path: Path) -> None:
    """Leave out what only debuggers read; the dynamic symbols stay (``_PyRuntime`` is read by the agent)."""
    if shutil.which("strip"):
        _run("strip", "--strip-debug", str(path))


def newest_glibc(paths: Iterable[Path]) -> str:
    """The oldest C library that has every symbol these files ask for, as ``2.34``."""
    minors = [int(number) for path in paths for number in _GLIBC.findall(path.read_bytes())]
    return f"2.{max(minors, default=17)}"


def _run(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise CannotPackage(
            f"{command[0]} is not installed; on Debian: apt-get install {command[0]}"
        ) from None
    except subprocess.CalledProcessError as error:
        raise CannotPackage(f"{' '.join(command)} failed: {error.stderr.strip()}") from None
