"""Puts the locked packages into the copied interpreter, and leaves out the parts of Qt nobody asks for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bundle import elf
from bundle.description import ROOT, CannotPackage

#: PySide6 modules that gui/ and pyqtgraph import.
QT_MODULES = (
    *("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtOpenGL", "QtOpenGLWidgets", "QtNetwork", "QtTest"),
    "QtDBus",
)
#: Plugins by folder; "*" takes all.
QT_PLUGINS = {
    "platforms": ("xcb", "wayland", "offscreen", "minimal", "windows", "cocoa"),
    "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
    "platformthemes": ("*",),
    "iconengines": ("svgicon",),
    "imageformats": ("svg", "jpeg", "ico", "gif", "webp", "icns"),
    "styles": ("*",),
    "xcbglintegrations": ("*",),
    "wayland-shell-integration": ("*",),
    "wayland-decoration-client": ("*",),
    "wayland-graphics-integration-client": ("qt-plugin-wayland-egl",),
}
#: Languages of Qt's own texts.
QT_TRANSLATIONS = ("qtbase_en.qm", "qtbase_zh_CN.qm")
#: Below site-packages: tests, examples, what is for compiling against.
LEFT_OUT = (
    *("bin", "Scripts", "pyqtgraph/examples", "numpy/tests", "numpy/*/tests", "numpy/_core/include"),
    *(
        "numpy/_core/lib",
        "numpy/f2py",
        "numpy/distutils",
        "numpy/**/*.pyi",
        "PySide6/*.pyi",
        "shiboken6/*.pyi",
    ),
    *("shiboken6/include", "PySide6/include", "PySide6/typesystems", "PySide6/glue", "PySide6/doc"),
    *("PySide6/support/generate_pyi*", "PySide6/scripts", "PySide6/designer", "PySide6/lib"),
    *("PySide6/libpyside6qml*", "PySide6/pyside6qml*", "PySide6/*.lib", "shiboken6/*.lib"),
    *("numpy/**/*.a", "numpy/**/*.pxd", "shiboken6/lib/cmake", "PySide6/**/__pycache__"),
    # Needs PyOpenGL, which is not here; the pictures of a library's own icon.
    *("pyqtgraph/opengl", "pyqtgraph/icons/peegee/*_512px*", "pyqtgraph/icons/peegee/*@2x.png"),
)


def site_packages(python: Path) -> Path:
    """Where the interpreter ``python`` looks for packages, inside its own folder."""
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    place = Path(_run(python, "-I", "-c", question).strip())
    if not place.is_relative_to(python.parent.parent) and not place.is_relative_to(python.parent):
        raise CannotPackage(f"{python} looks for packages in {place}, outside its own folder.")
    place.mkdir(parents=True, exist_ok=True)
    return place


def install(python: Path, lock: Path = ROOT / "requirements.lock") -> Path:
    """Install what the lock file names, with its hashes; gives the folder."""
    place = site_packages(python)
    # The copy's own pip: it decides by its own version and system what fits.
    bundled = _run(python, "-I", "-c", "import ensurepip; print(ensurepip.__path__[0])").strip()
    wheel = next(Path(bundled, "_bundled").glob("pip-*.whl"), None)
    if wheel is None:
        raise CannotPackage(f"{python} comes without pip (ensurepip): another interpreter is needed.")
    arguments = [
        *("install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"),
        *("--root-user-action=ignore", "--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--target", str(place), "-r", str(lock)),
    ]
    if subprocess.call([str(python), str(wheel / "pip"), *arguments]) != 0:
        raise CannotPackage("The packages could not be installed; pip's message stands above.")
    return place


def trim(site: Path) -> None:
    """Leave out what the program does not use.  Everything kept is complete."""
    for pattern in LEFT_OUT:
        for path in sorted(site.glob(pattern), reverse=True):
            _remove(path)
    pyside = site / "PySide6"
    qt = pyside / "Qt" if (pyside / "Qt").is_dir() else pyside
    for path in pyside.iterdir():
        if is_unused(path):
            _remove(path)
    for path in (qt / "lib").glob("*.framework"):
        if path.stem not in QT_MODULES:
            _remove(path)
    for name in ("qml", "libexec", "metatypes", "sbom", "resources", "modules", "lib/cmake"):
        _remove(qt / name)
    _trim_plugins(qt / "plugins")
    for path in (qt / "translations").glob("*"):
        if path.name not in QT_TRANSLATIONS:
            _remove(path)
    if sys.platform.startswith("linux"):
        _trim_libraries(pyside, qt / "lib")


def strip(site: Path) -> None:
    """Leave out what only debuggers read, of modules; the libraries beside them (``*.libs``) were put
    together anew by those who made the wheels, and stay as they are."""
    for path in elf.files(site):
        if not path.parent.name.endswith(".libs") and not path.is_relative_to(site / "PySide6"):
            elf.strip(path)


def unfold_support(python: Path) -> None:
    """PySide6 carries Python modules of its own as text inside a library, and compiles them at every
    start.  It can lay them down as files beside it, which are then compiled once and used by every
    start; where it cannot, a start takes a little longer."""
    environment = {**os.environ, "SBK_EMBED": "0"}
    subprocess.run([str(python), "-I", "-c", "import shiboken6"], env=environment, check=False)


def is_unused(path: Path) -> bool:
    """Of what lies directly in PySide6: Qt's tools (Designer, lupdate and the like), and modules that
    nobody imports; on Windows their libraries (Qt6Quick.dll) lie beside them."""
    name = path.name.split(".")[0]
    if path.is_dir() and path.suffix != ".app":
        return False
    if path.suffix == ".dll" and name.startswith("Qt6"):
        return f"Qt{name[3:]}" not in QT_MODULES
    if name.startswith("Qt") and name[2:3].isupper():
        return name not in QT_MODULES
    return path.suffix in ("", ".exe", ".app") and name.lower() in {
        *("assistant", "designer", "linguist", "lrelease", "lupdate", "balsam", "balsamui", "qmlls"),
        *("qmlformat", "qmllint", "svgtoqml", "qsb", "uic", "rcc", "qmlcachegen", "qmlimportscanner"),
        "qmltyperegistrar",
    }


def _trim_plugins(plugins: Path) -> None:
    for folder in plugins.iterdir():
        kept = QT_PLUGINS.get(folder.name, ())
        for path in folder.iterdir():
            name = path.name.split(".")[0].removeprefix("lib")
            if "*" not in kept and name not in kept and name.removeprefix("q") not in kept:
                _remove(path)
        if not any(folder.iterdir()):
            folder.rmdir()


def _trim_libraries(pyside: Path, libraries: Path) -> None:
    """Keep the libraries that what is left needs, directly or through others."""
    waiting = [path for path in elf.files(pyside) if not path.is_relative_to(libraries)]
    kept: set[str] = set()
    while waiting:
        for name in elf.directly_needed(waiting.pop()):
            path = libraries / name
            if name not in kept and path.exists():
                kept.add(name)
                waiting.append(path)
    for path in libraries.iterdir():
        if path.name not in kept:
            _remove(path)


def bring_qt_libraries(site: Path) -> set[Path]:
    """The small X libraries Qt's wheel leaves to the system, which many desktops do not have; gives
    where they were taken from."""
    plugin = site / "PySide6" / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    folder = site / "PySide6" / "Qt" / "lib"
    taken: set[Path] = set()
    for name, place in elf.needed(plugin).items():
        if (
            place is not None
            and name.startswith(("libxcb-", "libxkbcommon-x11"))
            and not (folder / name).exists()
        ):
            shutil.copy2(place.resolve(), folder / name)
            elf.set_search_path(folder / name, "$ORIGIN")
            taken.add(place)
    return taken


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.exists() or path.is_symlink():
        path.unlink()


def _run(python: Path, *arguments: str) -> str:
    return subprocess.run([str(python), *arguments], capture_output=True, text=True, check=True).stdout
