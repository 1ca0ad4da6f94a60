"""Linux: the folder with the program, a tar archive of it, and a .deb around it."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bundle import elf
from bundle.description import LOCKSTEP, ROOT, CannotPackage

#: Where the .deb puts the folder.
INSTALLED = Path("/opt/lockstep")
ICON = ROOT / "resources" / "icons" / "lockstep.svg"
PICTURES = ROOT / "packaging" / "icons"
SIZES = (48, 128, 256)
#: Libraries left to the system; the second names are those of newer releases.
DEPENDS = (
    "libstdc++6",
    "libgcc-s1",
    "libzstd1",
    "zlib1g",
    "libgl1",
    "libegl1",
    "libglib2.0-0 | libglib2.0-0t64",
    "libdbus-1-3",
    "libfontconfig1",
    "libfreetype6",
    "libxkbcommon0",
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
)


#: What a start as root wrote there, modules compiled when they were first needed, goes as well.
_AFTER_REMOVAL = f"""#!/bin/sh
set -e
case "$1" in
    remove|purge|disappear) rm -rf {INSTALLED} ;;
esac
"""


def desktop_entry(executable: str, icon: str) -> str:
    """The menu entry; ``executable`` and ``icon`` as the Desktop Entry Specification takes them."""
    return f"""[Desktop Entry]
Type=Application
Version=1.1
Name={LOCKSTEP.name}
GenericName={LOCKSTEP.kind}
GenericName[zh_CN]={LOCKSTEP.kind_zh_cn}
Comment={LOCKSTEP.summary}
Comment[zh_CN]={LOCKSTEP.summary_zh_cn}
Exec={executable} %f
Icon={icon}
Terminal=false
StartupNotify=true
StartupWMClass={LOCKSTEP.id}
Categories=Development;Profiling;
Keywords=python;thread;process;coroutine;GIL;lock;timeline;
MimeType={LOCKSTEP.mime};
"""


def mime_type() -> str:
    """A recording by its name; shared-mime-info's form.  Text of scripts keeps its own type."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{LOCKSTEP.mime}">
    <comment>{LOCKSTEP.mime_name}</comment>
    <comment xml:lang="zh_CN">{LOCKSTEP.mime_name_zh_cn}</comment>
    <glob pattern="*{LOCKSTEP.suffix}" weight="80"/>
    <icon name="{LOCKSTEP.id}"/>
  </mime-type>
</mime-info>
"""


def make_launcher(target: Path) -> None:
    """Compile the launcher; statically where that works, so that it asks for no C library.

    Raises:
        CannotPackage: there is no C compiler.
    """
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise CannotPackage("The launcher needs a C compiler; on Debian: apt-get install gcc libc6-dev")
    command = [compiler, "-O2", "-s", "-o", str(target), str(ROOT / "packaging" / "linux" / "launcher.c")]
    if subprocess.call([*command, "-static"], stderr=subprocess.DEVNULL) != 0:
        subprocess.run(command, check=True)


def finish_folder(folder: Path) -> None:
    """Launcher, icon, menu entry and MIME type beside ``python`` and ``app``."""
    make_launcher(folder / LOCKSTEP.id)
    share = folder / "share"
    share.mkdir()
    shutil.copy2(ICON, share / "lockstep.svg")
    for size in SIZES:
        shutil.copy2(PICTURES / f"lockstep-{size}.png", share)
    (share / "lockstep.desktop").write_text(
        desktop_entry(str(INSTALLED / LOCKSTEP.id), LOCKSTEP.id), encoding="utf-8"
    )
    (share / "lockstep.xml").write_text(mime_type(), encoding="utf-8")
    for name in ("install.sh", "README.txt"):
        shutil.copy2(ROOT / "packaging" / "linux" / name, folder / name)
    (folder / "install.sh").chmod(0o755)


def libraries_of_system(stdlib: Path, folder: Path) -> set[Path]:
    """Where the libraries came from that were taken along with the interpreter."""
    lib = folder / "python" / "lib"
    taken = {path.name for path in (*lib.glob("*.so*"), *(lib / "tk").glob("*.so*"))}
    found = {name: place for each in elf.files(stdlib) for name, place in elf.needed(each).items() if place}
    return {place for name, place in found.items() if name in taken and not place.is_relative_to(folder)}


def make_archive(folder: Path, target: Path) -> None:
    """``target`` is a .tar.xz with the one folder in it; owners and order the same every time."""
    command = [
        *("tar", "--create", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"),
        *(
            "--use-compress-program",
            "xz -6 -T0",
            "--file",
            str(target),
            "-C",
            str(folder.parent),
            folder.name,
        ),
    ]
    subprocess.run(command, check=True)


def make_deb(folder: Path, target: Path) -> None:
    """A .deb that installs ``folder`` as /opt/lockstep with menu entry, icon, type and command."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        root = Path(name, "root")
        place = root / INSTALLED.relative_to("/")
        place.parent.mkdir(parents=True)
        subprocess.run(["cp", "-a", "--link", str(folder), str(place)], check=True)
        for extra in ("install.sh", "README.txt"):
            (place / extra).unlink(missing_ok=True)
        shutil.rmtree(place / "share")
        _share(root)
        command = root / "usr" / "bin" / LOCKSTEP.id
        command.parent.mkdir(parents=True)
        command.symlink_to(INSTALLED / LOCKSTEP.id)
        control = root / "DEBIAN"
        control.mkdir()
        (control / "control").write_text(_control(root, folder), encoding="utf-8")
        (control / "postrm").write_text(_AFTER_REMOVAL, encoding="utf-8")
        (control / "postrm").chmod(0o755)
        _run_deb(root, target)


def _share(root: Path) -> None:
    share = root / "usr" / "share"
    texts = {
        "applications/lockstep.desktop": desktop_entry(LOCKSTEP.id, LOCKSTEP.id),
        "mime/packages/lockstep.xml": mime_type(),
        "doc/lockstep/copyright": _copyright(),
    }
    for name, text in texts.items():
        path = share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with gzip.GzipFile(share / "doc" / "lockstep" / "changelog.gz", "wb", mtime=0) as file:
        file.write((ROOT / "CHANGELOG.md").read_bytes())
    for name in (LOCKSTEP.id, LOCKSTEP.mime.replace("/", "-")):
        kind = "apps" if name == LOCKSTEP.id else "mimetypes"
        pictures = {f"{size}x{size}": PICTURES / f"lockstep-{size}.png" for size in SIZES}
        for folder, source in {"scalable": ICON, **pictures}.items():
            icon = share / "icons" / "hicolor" / folder / kind / f"{name}{source.suffix}"
            icon.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, icon)


def _copyright() -> str:
    return (
        "Lockstep is under the MIT licence. What is shipped with it, and under which licences, stands in\n"
        f"{INSTALLED}/licences/LICENCES.txt, with the texts beside it.\n\n"
        + (ROOT / "LICENSE").read_text(encoding="utf-8")
    )


def _control(root: Path, folder: Path) -> str:
    size = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir()) // 1024
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    glibc = elf.newest_glibc(elf.files(folder / "python"))
    return f"""Package: {LOCKSTEP.id}
Version: {LOCKSTEP.version}
Architecture: {architecture}
Maintainer: {LOCKSTEP.author} <{LOCKSTEP.contact}>
Installed-Size: {size}
Depends: libc6 (>= {glibc}), {", ".join(DEPENDS)}
Recommends: shared-mime-info, desktop-file-utils, hicolor-icon-theme
Section: devel
Priority: optional
Description: {LOCKSTEP.summary}
 Lockstep runs a Python program, records what its threads, processes and
 coroutines do, and draws who runs, who holds the GIL, who waits for which lock
 and who has it. It brings a Python of its own and needs no other.
"""


def _run_deb(root: Path, target: Path) -> None:
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(root), str(target)]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        raise CannotPackage("dpkg-deb is not installed, so there is no .deb.") from None
