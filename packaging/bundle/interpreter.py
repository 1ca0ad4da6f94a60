"""Copies a real CPython with its whole standard library, so that it runs from any folder.

CPython finds its library from where its executable is, so a copy of ``bin`` and ``lib`` is enough; on
Linux the shared libraries its extension modules need come along, and are found by a path relative to
the file that asks, never by an environment variable: nothing leaks into other interpreters.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bundle import elf
from bundle.description import CannotPackage

WANTED = (3, 13)
#: CPython's own tests, and what is for building against it.
LEFT_OUT = (
    "test",
    "EXTERNALLY-MANAGED",
    "__pycache__",
    "config-*",
    "site-packages",
    "dist-packages",
    "*.a",
    "idle_test",
    "tests",
    *("_test*.so", "_test*.pyd", "_ctypes_test*", "_xxtestfuzz*", "xxlimited*", "xxsubtype*"),
)
_QUESTION = """
import json, os, sys, sysconfig
print(json.dumps({
    "implementation": sys.implementation.name, "version": list(sys.version_info[:3]),
    "base": sys.base_prefix, "platbase": sys.base_exec_prefix,
    "executable": os.path.realpath(getattr(sys, "_base_executable", sys.executable)),
    "stdlib": sysconfig.get_path("stdlib", vars={"base": sys.base_prefix,
    "installed_base": sys.base_prefix}),
    "free": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "framework": bool(sysconfig.get_config_var("PYTHONFRAMEWORK")),
    "dynload": next((p for p in sys.path if p.endswith("lib-dynload")), ""),
}))
"""


@dataclass(frozen=True)
class Source:
    """An installed CPython to copy."""

    executable: Path
    base: Path
    stdlib: Path
    dynload: Path | None
    version: tuple[int, int, int]


def find(path: str = "") -> Source:
    """The interpreter at ``path``, or a CPython 3.13 found on this machine.

    Raises:
        CannotPackage: it is no CPython 3.13 with a GIL, or there is none.
    """
    if path:
        return _asked(path)
    for candidate in _candidates():
        try:
            return _asked(candidate)
        except CannotPackage:
            continue
    raise CannotPackage(
        "There is no CPython 3.13 here to bundle. Name one: python3 dev.py package --interpreter PATH"
    )


def _candidates() -> list[str]:
    home = Path.home()
    patterns = (
        f".pyenv/versions/{WANTED[0]}.{WANTED[1]}.*/bin/python",
        f".local/share/uv/python/cpython-{WANTED[0]}.{WANTED[1]}.*/bin/python3",
        f"AppData/Roaming/uv/python/cpython-{WANTED[0]}.{WANTED[1]}.*/python.exe",
    )
    found = [str(path) for pattern in patterns for path in sorted(home.glob(pattern), reverse=True)]
    return [sys.executable, *found, shutil.which(f"python{WANTED[0]}.{WANTED[1]}") or ""]


def _asked(path: str) -> Source:
    try:
        answer = subprocess.run(
            [path, "-I", "-c", _QUESTION], capture_output=True, text=True, check=True, timeout=60
        ).stdout
        told = json.loads(answer)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise CannotPackage(f"{path} does not answer as Python does.") from None
    version = tuple(told["version"])
    if told["implementation"] != "cpython" or version[:2] != WANTED or told["free"]:
        shown = ".".join(map(str, version))
        raise CannotPackage(
            f"{path} is {told['implementation']} {shown}; the package takes CPython 3.13 with a GIL."
        )
    if told["framework"]:
        raise CannotPackage(
            f"{path} is a framework build, which runs from its own place only; uv's or pyenv's can be moved."
        )
    stdlib = Path(told["stdlib"])
    dynload = Path(told["dynload"]) if told["dynload"] else None
    return Source(
        Path(told["executable"]), Path(told["base"]), stdlib, dynload, (version[0], version[1], version[2])
    )


def copy(source: Source, target: Path) -> Path:
    """Copy ``source`` into the empty folder ``target``; gives the copy's executable."""
    if sys.platform == "win32":
        return _copy_windows(source, target)
    executable = target / "bin" / f"python{WANTED[0]}.{WANTED[1]}"
    executable.parent.mkdir(parents=True)
    shutil.copy2(source.executable, executable)
    for name in ("python3", "python"):
        executable.with_name(name).symlink_to(executable.name)
    stdlib = target / "lib" / f"python{WANTED[0]}.{WANTED[1]}"
    shutil.copytree(source.stdlib, stdlib, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (stdlib / "site-packages").mkdir(exist_ok=True)
    if sys.platform.startswith("linux"):
        _bring_libraries(source, target, executable)
    else:
        _bring_dylib(source, target)
    return executable


def _copy_windows(source: Source, target: Path) -> Path:
    """The layout of python.org's installer: everything below one folder, DLLs beside the executable."""
    target.mkdir(parents=True)
    for pattern in ("python*.exe", "python*.dll", "vcruntime*.dll", "LICENSE.txt"):
        for file in source.base.glob(pattern):
            shutil.copy2(file, target / file.name)
    for name in ("DLLs", "Lib", "tcl"):
        if (source.base / name).is_dir():
            shutil.copytree(
                source.base / name, target / name, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.pdb")
            )
    (target / "Lib" / "site-packages").mkdir(exist_ok=True)
    return target / "python.exe"


def _bring_dylib(source: Source, target: Path) -> None:
    """macOS: the interpreter's own library, and Tcl and Tk with their scripts."""
    for pattern in ("libpython*.dylib", "libtcl*.dylib", "libtk*.dylib"):
        for file in (source.base / "lib").glob(pattern):
            shutil.copy2(file, target / "lib" / file.name)
    for pattern in ("tcl[0-9]*", "tk[0-9]*"):
        for scripts in (source.base / "lib").glob(pattern):
            skipped = shutil.ignore_patterns("demos", "tzdata", "msgs")
            shutil.copytree(scripts, target / "lib" / scripts.name, ignore=skipped)


def _bring_libraries(source: Source, target: Path, executable: Path) -> None:
    """The interpreter's own library and those its extension modules need; Tk's apart, as only it
    needs X's libraries, which no window of ours should take from here."""
    own, tk = target / "lib", target / "lib" / "tk"
    dynload = next((target / "lib").glob("python*/lib-dynload"))
    originals = source.dynload or source.stdlib / "lib-dynload"
    _take(elf.needed(source.executable), own)
    for module in sorted(dynload.glob("*.so")):
        if not module.name.startswith("_tkinter"):
            _take(elf.needed(originals / module.name), own)
    for module in dynload.glob("_tkinter*.so"):
        _take_tk(elf.needed(originals / module.name), own, tk, source.base / "lib")
    elf.set_search_path(executable, "$ORIGIN/../lib")
    for library in elf.files(own):
        if library.is_relative_to(dynload):
            extra = ("$ORIGIN/../../tk",) if library.name.startswith("_tkinter") else ()
            elf.set_search_path(library, "$ORIGIN/../..", *extra)
        else:
            elf.set_search_path(library, "$ORIGIN", *(("$ORIGIN/..",) if library.is_relative_to(tk) else ()))
        elf.strip(library)
    elf.strip(executable)


def _take(libraries: dict[str, Path | None], folder: Path) -> None:
    for name, place in libraries.items():
        if place is not None and not elf.OF_SYSTEM.match(name) and not (folder / name).exists():
            shutil.copy2(place.resolve(), folder / name)
            os.chmod(folder / name, 0o644)  # noqa: PTH101


def _take_tk(libraries: dict[str, Path | None], own: Path, tk: Path, base: Path) -> None:
    """Tk with the X libraries below it and the scripts of Tcl and Tk, where both look for them."""
    tk.mkdir(exist_ok=True)
    x = ("libX11.", "libxcb.", "libfontconfig.", "libfreetype.")
    for name, place in libraries.items():
        if place is None or (own / name).exists():
            continue
        if name.startswith(x) or not elf.OF_SYSTEM.match(name):
            shutil.copy2(place.resolve(), tk / name)
    version = next((name[6:9] for name in libraries if name.startswith("libtcl")), "")
    for name in ("tcl", "tk"):
        for parent in (base, Path("/usr/share/tcltk"), Path("/usr/lib"), Path("/usr/local/lib")):
            scripts = parent / f"{name}{version}"
            if scripts.is_dir() and not (own / scripts.name).exists():
                skipped = shutil.ignore_patterns("demos", "*.a", "tzdata", "msgs")
                shutil.copytree(scripts, own / scripts.name, ignore=skipped)
                break
