"""macOS: Lockstep.app with the interpreter inside, signed, and a .dmg of it.

Made on macOS alone, with Apple's command line tools.  ``LOCKSTEP_SIGN_IDENTITY`` names the certificate
(without it the bundle is signed ad hoc, which runs on the machine that made it); notarising: see
docs/packaging.md.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

from bundle.description import LOCKSTEP, ROOT

SOURCES = ROOT / "packaging" / "macos"
TYPE = f"{LOCKSTEP.identifier}.recording"


def info() -> dict[str, object]:
    """Info.plist: what Finder shows, and the type of recordings."""
    return {
        "CFBundleIdentifier": LOCKSTEP.identifier,
        "CFBundleName": LOCKSTEP.name,
        "CFBundleDisplayName": LOCKSTEP.name,
        "CFBundleExecutable": LOCKSTEP.name,
        "CFBundleIconFile": "lockstep.icns",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": LOCKSTEP.version,
        "CFBundleVersion": LOCKSTEP.version,
        "CFBundleLocalizations": ["en", "zh_CN"],
        "LSMinimumSystemVersion": "13.0",
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": LOCKSTEP.copyright,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": LOCKSTEP.mime_name,
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [TYPE],
                "CFBundleTypeIconFile": "lockstep.icns",
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": TYPE,
                "UTTypeDescription": LOCKSTEP.mime_name,
                "UTTypeConformsTo": ["public.data"],
                "UTTypeTagSpecification": {
                    "public.filename-extension": [LOCKSTEP.suffix.removeprefix(".")],
                    "public.mime-type": [LOCKSTEP.mime],
                },
            }
        ],
    }


def finish(folder: Path, archives: bool) -> list[Path]:
    """Launcher, icon and Info.plist around what is in the bundle; signature; then the .dmg."""
    bundle = folder / f"{LOCKSTEP.name}.app"
    contents = bundle / "Contents"
    executable = contents / "MacOS" / LOCKSTEP.name
    executable.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cc", "-O2", "-o", str(executable), str(SOURCES / "launcher.c")], check=True)
    shutil.copy2(ROOT / "packaging" / "icons" / "lockstep.icns", contents / "Resources")
    (contents / "Info.plist").write_bytes(plistlib.dumps(info()))
    _point_at_own_libraries(contents / "Resources" / "python")
    _sign(bundle)
    if not archives:
        return []
    image = folder.parent / f"{folder.name}.dmg"
    (folder / "Applications").symlink_to("/Applications")
    command = ["hdiutil", "create", "-quiet", "-ov", "-format", "ULMO", "-volname", LOCKSTEP.name]
    subprocess.run([*command, "-srcfolder", str(folder), str(image)], check=True)
    return [image]


def _point_at_own_libraries(python: Path) -> None:
    """libpython is found beside the executable, wherever the bundle lies."""
    executable = python / "bin" / "python3.13"
    for library in (python / "lib").glob("libpython*.dylib"):
        name = f"@executable_path/../lib/{library.name}"
        told = subprocess.run(["otool", "-L", str(executable)], capture_output=True, text=True, check=True)
        for line in told.stdout.splitlines():
            used = line.strip().split(" (")[0]
            if used.endswith(library.name) and used != name:
                subprocess.run(["install_name_tool", "-change", used, name, str(executable)], check=True)


def _sign(bundle: Path) -> None:
    """Innermost first, as codesign asks for."""
    identity = os.environ.get("LOCKSTEP_SIGN_IDENTITY", "-")
    options = ["--force", "--sign", identity]
    if identity != "-":
        entitlements = str(SOURCES / "entitlements.plist")
        options += ["--timestamp", "--options", "runtime", "--entitlements", entitlements]
    inner = [path for path in bundle.rglob("*") if path.suffix in (".so", ".dylib") and not path.is_symlink()]
    inner += [bundle / "Contents" / "Resources" / "python" / "bin" / "python3.13"]
    for path in sorted(inner, key=lambda each: -len(each.parts)):
        subprocess.run(["codesign", *options, str(path)], check=True)
    subprocess.run(["codesign", *options, str(bundle)], check=True)
