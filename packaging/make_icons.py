"""Makes the icon's forms from resources/icons/lockstep.svg: PNGs, Windows' .ico, macOS' .icns.

python packaging/make_icons.py
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "resources" / "icons" / "lockstep.svg"
TARGET = ROOT / "packaging" / "icons"
SIZES = (16, 32, 48, 64, 128, 256, 512)
#: The names of PNG entries in an .icns file, by size.
ICNS = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}


def png(renderer: QSvgRenderer, size: int) -> bytes:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def ico(images: dict[int, bytes]) -> bytes:
    """PNGs in the frame of an .ico: a directory of 16 bytes each, then the pictures."""
    head = struct.pack("<HHH", 0, 1, len(images))
    place = len(head) + 16 * len(images)
    entries = b""
    for size, data in images.items():
        side = 0 if size == 256 else size
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(data), place)
        place += len(data)
    return head + entries + b"".join(images.values())


def icns(images: dict[int, bytes]) -> bytes:
    """PNGs in the frame of an .icns: a name and a length before each."""
    parts = b"".join(
        name + struct.pack(">I", 8 + len(images[size])) + images[size] for size, name in ICNS.items()
    )
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def main() -> None:
    app = QGuiApplication([])
    renderer = QSvgRenderer(str(SOURCE))
    images = {size: png(renderer, size) for size in SIZES}
    TARGET.mkdir(exist_ok=True)
    for size in (48, 128, 256):
        (TARGET / f"lockstep-{size}.png").write_bytes(images[size])
    (TARGET / "lockstep.ico").write_bytes(ico({size: images[size] for size in SIZES if size <= 256}))
    (TARGET / "lockstep.icns").write_bytes(icns(images))
    app.quit()


if __name__ == "__main__":
    main()
