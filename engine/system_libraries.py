"""The system libraries and the screen a window needs, asked for before Qt aborts over them.

Wheels of Qt leave some libraries to the system.  When one is missing, Qt ends the process
with a message that names neither the package nor a remedy; so they are tried here first.
Standard library only; used by dev.py before anything is installed, and by the window.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """``soname`` as the loader knows it, ``package`` as Debian and Ubuntu name it."""

    soname: str
    package: str


# Both lists were found on a bare Debian 12 by leaving one out at a time.
OFFSCREEN = (
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libGL.so.1", "libgl1"),
    Library("libEGL.so.1", "libegl1"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libfontconfig.so.1", "libfontconfig1"),
)
WINDOW = (
    *OFFSCREEN,
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)


def missing(libraries: tuple[Library, ...]) -> list[Library]:
    """Those of ``libraries`` that cannot be loaded; empty on systems other than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    return [library for library in libraries if not _loads(library.soname)]


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_apt() -> bool:
    return shutil.which("apt-get") is not None


def install_command(packages: list[str]) -> list[str]:
    """The command that installs ``packages`` on Debian and Ubuntu, without ``sudo``."""
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def sentence(libraries: list[Library]) -> str:
    """What to tell a person about missing ``libraries``, with the command that helps."""
    if has_apt():
        command = " ".join(install_command([library.package for library in libraries]))
        return f"Some system libraries are missing. Install them with\n  sudo {command}"
    names = ", ".join(library.soname for library in libraries)
    return f"These system libraries are missing; install them with your system's package manager: {names}"


def screen_problem() -> str | None:
    """Why no window can open here, as a sentence, or None when there is a screen."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    if _wayland_answers():
        return None
    display = os.environ.get("DISPLAY", "")
    if not display:
        return (
            "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. "
            "Start Lockstep in a desktop session, or use its commands that need no window, "
            "for example: list, record, info, export."
        )
    if not _display_answers(display):
        return f"There is no screen here: nothing answers at DISPLAY={display}."
    return None


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    return _connects(os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), name))  # noqa: PTH118


def _display_answers(display: str) -> bool:
    """Whether an X server listens at ``display``; assumed for one on another machine."""
    host, _, number = display.rpartition(":")
    number = number.split(".")[0]
    if not number.isdigit() or host not in ("", "unix"):
        return bool(number)
    path = f"/tmp/.X11-unix/X{number}"
    return _connects(path) or _connects("\0" + path)


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(address)
        except OSError:
            return False
        return True
