"""What the packages are described with is well-formed, on every system, and says the same everywhere."""

from __future__ import annotations

import configparser
import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bundle import application, interpreter, linux, macos, packages, windows
from bundle.description import LOCKSTEP, ROOT, CannotPackage
from engine.version import VERSION


def test_one_version() -> None:
    assert LOCKSTEP.version == VERSION
    assert windows.version_numbers("1.2.3") == (1, 2, 3, 0)


def test_the_menu_entry_opens_recordings() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read_string(linux.desktop_entry("/opt/lockstep/lockstep", "lockstep"))
    told = entry["Desktop Entry"]
    assert told["Exec"] == "/opt/lockstep/lockstep %f"
    assert told["Terminal"] == "false"
    assert LOCKSTEP.mime in told["MimeType"].split(";")


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not here")
def test_the_menu_entry_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "lockstep.desktop"
    file.write_text(linux.desktop_entry("lockstep", "lockstep"), encoding="utf-8")
    assert subprocess.run(["desktop-file-validate", str(file)], check=False).returncode == 0


def test_the_type_is_told_by_the_name() -> None:
    root = ElementTree.fromstring(linux.mime_type())
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    kind = root.find(f"{space}mime-type")
    assert kind is not None
    assert kind.get("type") == LOCKSTEP.mime
    glob = kind.find(f"{space}glob")
    assert glob is not None
    assert glob.get("pattern") == "*.lockstep"


def test_macos_owns_the_type() -> None:
    told = plistlib.loads(plistlib.dumps(macos.info()))
    assert told["CFBundleShortVersionString"] == VERSION
    exported = told["UTExportedTypeDeclarations"][0]
    assert exported["UTTypeTagSpecification"]["public.filename-extension"] == ["lockstep"]
    assert told["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == [exported["UTTypeIdentifier"]]
    plistlib.loads((ROOT / "packaging" / "macos" / "entitlements.plist").read_bytes())


def test_windows_gets_icon_version_and_type(tmp_path: Path) -> None:
    script = windows.resource_script(tmp_path / "lockstep.ico")
    assert f'VALUE "ProductVersion", "{VERSION}"' in script
    assert "FILEVERSION 0,1,0,0" in script or not VERSION.startswith("0.1.0")
    setup = windows.installer_script(tmp_path / "folder", tmp_path / "lockstep-setup.exe")
    assert r"Software\Classes\.lockstep\OpenWithProgids" in setup
    assert '""{app}\\Lockstep.exe"" ""%1""' in setup
    ElementTree.parse(ROOT / "packaging" / "windows" / "launcher.manifest")
    signing = windows.signing_command("signtool sign /fd SHA256", [Path("a folder", "Lockstep.exe")])
    assert signing == f'signtool sign /fd SHA256 "{Path("a folder", "Lockstep.exe")}"'


def test_the_icons_are_what_they_say() -> None:
    icons = ROOT / "packaging" / "icons"
    assert (icons / "lockstep.ico").read_bytes()[:4] == b"\0\0\1\0"
    data = (icons / "lockstep.icns").read_bytes()
    assert data[:4] == b"icns"
    assert int.from_bytes(data[4:8], "big") == len(data)


@pytest.mark.linux
@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_everything_is_importable_where_linux_is_not(system: str, tmp_path: Path) -> None:
    """And a recording can be listed, looked at and drawn there."""
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    program = str(ROOT / "tests" / "package" / "elsewhere.py")
    answer = subprocess.run(
        [sys.executable, program, system, str(tmp_path / "picture.png")],
        cwd=ROOT, env={**environment, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "picture.png").is_file()


def test_another_python_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotPackage, match="does not answer"):
        interpreter.find(str(tmp_path / "python"))
    if sys.version_info[:2] != interpreter.WANTED:
        with pytest.raises(CannotPackage, match=r"takes CPython 3\.13"):
            interpreter.find(sys.executable)


def test_the_program_is_copied_without_tests_and_caches(tmp_path: Path) -> None:
    application.copy(tmp_path / "app")
    assert (tmp_path / "app" / "main.py").is_file()
    assert (tmp_path / "app" / "resources" / "recordings" / "first.lockstep").is_file()
    assert not (tmp_path / "app" / "tests").exists()
    assert not list((tmp_path / "app").rglob("__pycache__"))


def test_only_plugins_that_are_used_stay(tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    for name in ("platforms/libqxcb.so", "platforms/qwindows.dll", "platforms/libqvnc.so", "tls/libqtls.so"):
        (plugins / name).parent.mkdir(parents=True, exist_ok=True)
        (plugins / name).touch()
    packages._trim_plugins(plugins)
    left = sorted(str(path.relative_to(plugins)) for path in plugins.rglob("*") if path.is_file())
    assert left == [os.path.join("platforms", name) for name in ("libqxcb.so", "qwindows.dll")]


@pytest.mark.parametrize(
    ("used", "unused"),
    [
        (("QtCore.abi3.so", "libpyside6.abi3.so.6.11"), ("QtQuick.abi3.so", "qmlls", "lupdate")),
        (("QtGui.pyd", "Qt6Gui.dll", "opengl32sw.dll", "msvcp140.dll"), ("Qt6Quick.dll", "designer.exe")),
        (("QtSvg.abi3.so", "libpyside6.abi3.6.11.dylib"), ("Designer.app", "QtQml.abi3.so")),
    ],
    ids=["linux", "windows", "macos"],
)
def test_only_modules_that_are_used_stay(
    used: tuple[str, ...], unused: tuple[str, ...], tmp_path: Path
) -> None:
    """Names as the wheels have them."""
    for name in (*used, *unused):
        (tmp_path / name).mkdir() if name.endswith(".app") else (tmp_path / name).touch()
    assert {path.name for path in tmp_path.iterdir() if packages.is_unused(path)} == set(unused)


@pytest.mark.linux
def test_on_macos_all_that_runs_is_signed(tmp_path: Path) -> None:
    """Frameworks, which a wheel carries without their links, as a whole, and before what is round them."""
    bundle = tmp_path / "Lockstep.app"
    library = bundle / "Contents" / "Resources" / "python" / "lib"
    framework = library / "QtCore.framework"
    for folder in ("Resources", "Versions/A/Resources"):
        (framework / folder).mkdir(parents=True)
        (framework / folder / "Info.plist").touch()
    for path, magic in (
        (framework / "Versions" / "A" / "QtCore", b"\xca\xfe\xba\xbe\0\0\0\2"),
        (library / "module.so", b"\xcf\xfa\xed\xfe"),
        (library.parent / "bin" / "python3.13", b"\xcf\xfa\xed\xfe"),
        (library / "Some.class", b"\xca\xfe\xba\xbe\0\0\0\x34"),
        (library / "os.py", b"import"),
        (bundle / "Contents" / "MacOS" / "Lockstep", b"\xcf\xfa\xed\xfe"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(magic + bytes(64))
    (library.parent / "bin" / "python3").symlink_to("python3.13")
    macos.complete_framework(framework)
    links = {str(path.relative_to(framework)) for path in framework.rglob("*") if path.is_symlink()}
    assert links == {"QtCore", "Resources", os.path.join("Versions", "Current")}
    assert (framework / "Resources" / "Info.plist").is_file()
    assert (framework / "QtCore").is_file()
    names = [path.name for path in macos.to_sign(bundle)]
    assert sorted(names) == ["QtCore.framework", "module.so", "python3.13"]


@pytest.mark.linux
@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="this system knows no .deb")
def test_a_deb_takes_away_what_was_written_into_it(tmp_path: Path) -> None:
    folder = tmp_path / "lockstep-folder"
    (folder / "python").mkdir(parents=True)
    (folder / "share").mkdir()
    linux.make_deb(folder, tmp_path / "lockstep.deb")
    control = tmp_path / "control"
    subprocess.run(["dpkg-deb", "--control", str(tmp_path / "lockstep.deb"), str(control)], check=True)
    script = (control / "postrm").read_text(encoding="utf-8")
    assert os.access(control / "postrm", os.X_OK)
    gone = tmp_path / "opt"
    script = script.replace(str(linux.INSTALLED), str(gone))
    for action, left in (("upgrade", True), ("remove", False)):
        (gone / "__pycache__").mkdir(parents=True, exist_ok=True)
        subprocess.run(["sh", "-c", script, "postrm", action], check=True, timeout=300)
        assert gone.exists() is left


@pytest.mark.linux
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")
def test_the_launcher_hands_everything_on(tmp_path: Path) -> None:
    """It starts what lies beside it, with the arguments as they are, and sets no variable."""
    folder = tmp_path / "a folder"
    python = folder / "python" / "bin" / "python3.13"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"; env\n')
    python.chmod(0o755)
    linux.make_launcher(folder / "lockstep")
    answer = subprocess.run(
        [str(folder / "lockstep"), "record", "a b", "%s"],
        env={"ONLY": "this"}, capture_output=True, text=True, check=True, timeout=300,
    ).stdout.splitlines()  # fmt: skip
    assert answer[:6] == ["-E", "-s", str(folder / "app" / "main.py"), "record", "a b", "%s"]
    assert "ONLY=this" in answer
    assert not any(line.startswith(("PYTHON", "LD_", "LOCKSTEP")) for line in answer)


@pytest.mark.linux
def test_the_folder_puts_itself_into_the_menu_and_takes_itself_out(tmp_path: Path) -> None:
    folder = tmp_path / 'of "mine" & $HOME'
    share = folder / "share"
    share.mkdir(parents=True)
    for name in ("install.sh", "README.txt"):
        shutil.copy2(ROOT / "packaging" / "linux" / name, folder)
    shutil.copy2(linux.ICON, share / "lockstep.svg")
    for size in linux.SIZES:
        shutil.copy2(linux.PICTURES / f"lockstep-{size}.png", share)
    (share / "lockstep.desktop").write_text(linux.desktop_entry("x", "lockstep"), encoding="utf-8")
    (share / "lockstep.xml").write_text(linux.mime_type(), encoding="utf-8")
    data = tmp_path / "data"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(data)}
    command = ["sh", str(folder / "install.sh")]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    entry = (data / "applications" / "lockstep.desktop").read_text(encoding="utf-8")
    # in quotes, with backslashes before what is special there
    path = str(folder / "lockstep").replace('"', '\\"').replace("$", "\\$")
    assert f'Exec="{path}" %f\n' in entry
    assert (data / "icons" / "hicolor" / "48x48" / "apps" / "lockstep.png").is_file()
    subprocess.run([*command, "--remove"], env=environment, check=True, capture_output=True, timeout=300)
    left = [path for path in data.rglob("*lockstep*") if path.is_file()]
    assert left == []
