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


def complete_framework(framework: Path) -> None:
    """A wheel holds no links: without those of its parts, codesign takes a framework for something it
    does not know."""
    name = framework.stem
    current = framework / "Versions" / "Current"
    if current.exists() or not (framework / "Versions" / "A" / name).is_file():
        return
    current.symlink_to("A")
    for part in (name, "Resources"):
        place = framework / part
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        place.symlink_to(Path("Versions", "Current", part))


def to_sign(bundle: Path) -> list[Path]:
    """All that runs but the bundle itself, innermost first, as codesign and the notary ask for:
    frameworks as a whole, any other Mach-O file by itself."""
    frameworks = [path for path in bundle.rglob("*.framework") if path.is_dir()]
    inside = tuple(frameworks)
    found = list(frameworks)
    for path in bundle.rglob("*"):
        if path.is_symlink() or not path.is_file() or any(path.is_relative_to(each) for each in inside):
            continue
        if _is_mach_o(path) and path != bundle / "Contents" / "MacOS" / LOCKSTEP.name:
            found.append(path)
    return sorted(found, key=lambda path: (-len(path.parts), str(path)))


def _is_mach_o(path: Path) -> bool:
    with path.open("rb") as file:
        magic = file.read(8)
    # For one processor, or for several: Java's classes begin alike, but with a number that is larger.
    fat = magic[:4] == b"\xca\xfe\xba\xbe" and int.from_bytes(magic[4:], "big") < 32
    return fat or magic[:4] in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")


def _sign(bundle: Path) -> None:
    identity = os.environ.get("LOCKSTEP_SIGN_IDENTITY", "-")
    options = ["--force", "--sign", identity]
    if identity != "-":
        entitlements = str(SOURCES / "entitlements.plist")
        options += ["--timestamp", "--options", "runtime", "--entitlements", entitlements]
    for framework in list(bundle.rglob("*.framework")):
        complete_framework(framework)
    for path in (*to_sign(bundle), bundle):
        subprocess.run(["codesign", *options, str(path)], check=True)
