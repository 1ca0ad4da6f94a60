"""Windows: the folder with the program, a .zip of it, and an installer made by Inno Setup where it is.

Made on Windows alone; nothing here needs anything but the standard library and, for the launcher, a C
compiler (Visual Studio's cl).  Signing: see docs/packaging.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bundle.description import LOCKSTEP, ROOT, CannotPackage

SOURCES = ROOT / "packaging" / "windows"


def version_numbers(version: str) -> tuple[int, int, int, int]:
    """Windows' four numbers of a version such as ``0.1.0``."""
    numbers = [int(part) for part in version.split(".") if part.isdigit()][:4]
    numbers += [0] * (4 - len(numbers))
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def resource_script(icon: Path) -> str:
    """Icon and version data of the launcher, as the resource compiler takes them."""
    numbers = ",".join(map(str, version_numbers(LOCKSTEP.version)))
    values = {
        "CompanyName": LOCKSTEP.author,
        "FileDescription": LOCKSTEP.name,
        "FileVersion": LOCKSTEP.version,
        "InternalName": LOCKSTEP.id,
        "LegalCopyright": LOCKSTEP.copyright,
        "OriginalFilename": f"{LOCKSTEP.name}.exe",
        "ProductName": LOCKSTEP.name,
        "ProductVersion": LOCKSTEP.version,
    }
    lines = "\n".join(f'      VALUE "{name}", "{value}"' for name, value in values.items())
    place = str(icon).replace("\\", "\\\\")
    return f"""1 ICON "{place}"
1 24 "launcher.manifest"
1 VERSIONINFO
FILEVERSION {numbers}
PRODUCTVERSION {numbers}
FILEOS 0x40004
FILETYPE 0x1
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904B0"
    BEGIN
{lines}
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200
  END
END
"""


def installer_script(folder: Path, output: Path) -> str:
    """What Inno Setup makes the installer of: for one user, without administrator's rights."""
    return f"""[Setup]
AppId={LOCKSTEP.identifier}
AppName={LOCKSTEP.name}
AppVersion={LOCKSTEP.version}
AppPublisher={LOCKSTEP.author}
DefaultDirName={{autopf}}\\{LOCKSTEP.name}
DefaultGroupName={LOCKSTEP.name}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
LicenseFile={ROOT / "LICENSE"}
SetupIconFile={ROOT / "packaging" / "icons" / "lockstep.ico"}
UninstallDisplayIcon={{app}}\\{LOCKSTEP.name}.exe
OutputDir={output.parent}
OutputBaseFilename={output.stem}
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern

[Files]
Source: "{folder}\\*"; DestDir: "{{app}}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{{autoprograms}}\\{LOCKSTEP.name}"; Filename: "{{app}}\\{LOCKSTEP.name}.exe"

[Registry]
Root: HKA; Subkey: "Software\\Classes\\{LOCKSTEP.suffix}\\OpenWithProgids"; ValueType: string; \
ValueName: "{LOCKSTEP.name}.Recording"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\\Classes\\{LOCKSTEP.name}.Recording"; ValueType: string; ValueName: ""; \
ValueData: "{LOCKSTEP.mime_name}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\\Classes\\{LOCKSTEP.name}.Recording\\DefaultIcon"; ValueType: string; \
ValueName: ""; ValueData: "{{app}}\\{LOCKSTEP.name}.exe,0"
Root: HKA; Subkey: "Software\\Classes\\{LOCKSTEP.name}.Recording\\shell\\open\\command"; ValueType: string; \
ValueName: ""; ValueData: "\"\"{{app}}\\{LOCKSTEP.name}.exe\"\" \"\"%1\"\""

[UninstallDelete]
Type: filesandordirs; Name: "{{app}}\\python"
Type: filesandordirs; Name: "{{app}}\\app"

[Run]
Filename: "{{app}}\\{LOCKSTEP.name}.exe"; Description: "{LOCKSTEP.name}"; \
Flags: nowait postinstall skipifsilent
"""


def finish(folder: Path, archives: bool) -> list[Path]:
    """Launchers beside ``python`` and ``app``; then the .zip and, where Inno Setup is, the installer."""
    _make_launcher(folder, f"{LOCKSTEP.name}.exe", window=True)
    _make_launcher(folder, f"{LOCKSTEP.id}-command.exe", window=False)
    _sign(folder / f"{LOCKSTEP.name}.exe", folder / f"{LOCKSTEP.id}-command.exe")
    if not archives:
        return []
    base = folder.parent / folder.name
    made = [Path(shutil.make_archive(str(base), "zip", folder.parent, folder.name))]
    compiler = shutil.which("iscc") or r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe"
    if Path(compiler).exists():
        setup = folder.parent / f"{folder.name}-setup.exe"
        script = folder.parent / "lockstep.iss"
        script.write_text(installer_script(folder, setup), encoding="utf-8-sig")
        subprocess.run([compiler, "/Q", str(script)], check=True)
        script.unlink()
        _sign(setup)
        made.append(setup)
    return made


def _sign(*files: Path) -> None:
    """With the command the person who packages names, such as ``signtool sign /fd SHA256 …``."""
    command = os.environ.get("LOCKSTEP_SIGN_COMMAND", "")
    if command:
        subprocess.run(signing_command(command, files), check=True)


def signing_command(command: str, files: Sequence[Path]) -> str:
    """The whole command line, in which Windows itself finds the program and its arguments."""
    return f"{command} {subprocess.list2cmdline([str(file) for file in files])}"


def _make_launcher(folder: Path, name: str, window: bool) -> None:
    """Compile launcher.c with icon and version data; as a program without a console, or with one."""
    build = folder.parent / "launcher-build"
    build.mkdir(exist_ok=True)
    try:
        script = build / "launcher.rc"
        # What every resource compiler reads; UTF-8 it takes for the system's own encoding.
        script.write_text(resource_script(ROOT / "packaging" / "icons" / "lockstep.ico"), encoding="utf-16")
        shutil.copy2(SOURCES / "launcher.manifest", build)
        subsystem = "/SUBSYSTEM:WINDOWS" if window else "/SUBSYSTEM:CONSOLE"
        commands = (
            ["rc", "/nologo", "/fo", "launcher.res", "launcher.rc"],
            [
                *("cl", "/nologo", "/O2", "/MT", "/DUNICODE", "/D_UNICODE"),
                *(f"/DWINDOW={int(window)}", str(SOURCES / "launcher.c"), "launcher.res"),
                # the manifest is in the resources
                *("/link", subsystem, "/ENTRY:wmainCRTStartup", "/MANIFEST:NO", f"/OUT:{folder / name}"),
                *("user32.lib", "shell32.lib"),
            ],
        )
        for command in commands:
            subprocess.run(command, cwd=build, check=True, env=os.environ)
    except FileNotFoundError:
        raise CannotPackage(
            "The launcher needs Visual Studio's compiler: run this from its developer prompt."
        ) from None
    finally:
        shutil.rmtree(build, ignore_errors=True)
