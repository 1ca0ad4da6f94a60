#!/usr/bin/env python3
"""Makes the package for the system this runs on: ``python3 dev.py package`` calls it.

    make_package.py [--interpreter PATH] [--output FOLDER] [--folder-only]

Gives a folder with the program and a CPython 3.13 in it, and from that folder the forms people
download: Linux a .tar.xz and a .deb; Windows an installer and a .zip; macOS a .dmg.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from bundle import application, interpreter, packages
from bundle.description import LOCKSTEP, ROOT, CannotPackage


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py package", description="Make the package.")
    parser.add_argument("--interpreter", default="", metavar="PATH", help="the CPython 3.13 to bundle")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", metavar="FOLDER")
    parser.add_argument("--folder-only", action="store_true", help="no archives and installers")
    options = parser.parse_args(arguments)
    try:
        made = make(options.interpreter, options.output.resolve(), not options.folder_only)
    except CannotPackage as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
        return 2
    for path in made:
        print(f"{_size(path) / 1e6:7.1f} MB  {path}")
    return 0


def make(python: str, output: Path, archives: bool) -> list[Path]:
    """Make everything; gives what was made, the folder first."""
    source = interpreter.find(python)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"dev.py: {time.monotonic() - started:5.1f} s  {text}", file=sys.stderr, flush=True)

    folder = output / f"{LOCKSTEP.id}-{LOCKSTEP.version}-{LOCKSTEP.platform}"
    shutil.rmtree(folder, ignore_errors=True)
    output.mkdir(parents=True, exist_ok=True)
    contents, resources = _places(folder)
    say(f"copying CPython {'.'.join(map(str, source.version))} from {source.base}")
    copied = interpreter.copy(source, contents / "python")
    say("installing the packages")
    site = packages.install(copied)
    say("leaving out what is not used")
    packages.trim(site)
    taken: set[Path] = set()
    if sys.platform.startswith("linux"):
        taken |= packages.bring_qt_libraries(site)
        packages.strip(site)
    packages.unfold_support(copied)
    say("copying the program, compiling")
    application.copy(resources / "app")
    stdlib = site.parent
    licences = contents / "licences"
    application.gather_licences(site, _first(stdlib / "LICENSE.txt", source.base / "LICENSE.txt"), licences)
    application.compile_all(copied, (stdlib, resources / "app"))
    say("finishing")
    made = [folder]
    if sys.platform == "win32":
        from bundle import windows

        made += windows.finish(folder, archives)
    elif sys.platform == "darwin":
        from bundle import macos

        made += macos.finish(folder, archives)
    else:
        from bundle import linux

        taken |= linux.libraries_of_system(source.stdlib, folder)
        application.gather_library_licences(taken, licences)
        linux.finish_folder(folder)
        if archives:
            archive = output / f"{folder.name}.tar.xz"
            say("packing the archive")
            linux.make_archive(folder, archive)
            made.append(archive)
            if shutil.which("dpkg-deb"):
                deb = output / f"{folder.name}.deb"
                say("packing the .deb")
                linux.make_deb(folder, deb)
                made.append(deb)
    say("done")
    return made


def _places(folder: Path) -> tuple[Path, Path]:
    """Where the interpreter goes, and where the program."""
    if sys.platform == "darwin":
        contents = folder / "Lockstep.app" / "Contents"
        return contents / "Resources", contents / "Resources"
    return folder, folder


def _first(*paths: Path) -> Path | None:
    return next((path for path in paths if path.exists()), None)


def _size(path: Path) -> int:
    """Bytes of a file, or of a folder's files."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
