"""Makes docs/pictures/film.png, an animated picture: the window stepping through a real run.

    python packaging/make_film.py [--recording FILE] [--steps N]

The run is recorded here unless a recording is given; each frame is what the command ``screenshot``
draws at one of the run's own steps.  An animated PNG, as browsers show it; frames hold what differs.
"""

from __future__ import annotations

import argparse
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from make_pictures import recorded  # noqa: E402

from engine.recording import load  # noqa: E402
from engine.steps import EventIndex, chosen  # noqa: E402

TARGET = ROOT / "docs" / "pictures" / "film.png"
SCENARIO = "deadlock_two_locks"
SIZE = "1280x720"
WIDTH = 960
FRAME_MS = 1400
LAST_MS = 4000
MOST_BYTES = 2_500_000

Pixels = NDArray[np.uint8]


def moments(file: Path, most: int) -> list[int]:
    """Nanoseconds after the start of the steps that matter most, spread over them."""
    store = load(file).store
    index = EventIndex(store)
    index.refresh()
    times = sorted({int(time) - store.start_ns for time in chosen(index)["time"]})
    if len(times) <= most:
        return times
    return [times[round(n * (len(times) - 1) / (most - 1))] for n in range(most)]


def frame(file: Path, moment_ns: int, folder: Path) -> Pixels:
    """The window at that moment, rows × columns × RGB."""
    out = folder / "frame.png"
    command = [sys.executable, str(ROOT / "main.py"), "screenshot", str(file), "--size", SIZE]
    subprocess.run([*command, "--at", f"{moment_ns}ns", "-o", str(out)], check=True)
    image = QImage(str(out)).scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    # Of each part the upper five bits: smoothed edges need no more, and the file is half as large.
    colors = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
    return ((colors & 0xF8) | 0x04).astype(np.uint8)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def compressed(pixels: Pixels) -> bytes:
    """Rows of a PNG, each the difference to the row above."""
    rows = pixels.reshape(len(pixels), -1)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    filtered = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = 2
    filtered[:, 1:] = rows - above
    return zlib.compress(filtered.tobytes(), 9)


def changed(before: Pixels, after: Pixels) -> tuple[slice, slice]:
    """The smallest box with all that differs; one pixel where nothing does."""
    differs = (before != after).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def animated(frames: list[Pixels]) -> bytes:
    """An APNG that repeats for ever (PNG specification, third edition)."""
    height, width = frames[0].shape[:2]
    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    parts.append(chunk(b"acTL", struct.pack(">II", len(frames), 0)))
    sequence = 0
    for number, pixels in enumerate(frames):
        box = (slice(0, height), slice(0, width)) if number == 0 else changed(frames[number - 1], pixels)
        piece = pixels[box]
        delay = LAST_MS if number == len(frames) - 1 else FRAME_MS
        place = (piece.shape[1], piece.shape[0], box[1].start, box[0].start)
        parts.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, *place, delay, 1000, 0, 0)))
        sequence += 1
        data = compressed(piece)
        if number == 0:
            parts.append(chunk(b"IDAT", data))
        else:
            parts.append(chunk(b"fdAT", struct.pack(">I", sequence) + data))
            sequence += 1
    return b"".join([*parts, chunk(b"IEND", b"")])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Makes docs/pictures/film.png.")
    parser.add_argument("--recording", type=Path, metavar="FILE")
    parser.add_argument("--steps", type=int, default=10, metavar="N")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lockstep-") as name:
        folder = Path(name)
        file = options.recording or recorded(SCENARIO, folder)
        frames = [frame(file, moment, folder) for moment in moments(file, options.steps)]
    data = animated(frames)
    TARGET.write_bytes(data)
    print(f"{TARGET.relative_to(ROOT)}: {len(frames)} frames, {len(data):,} bytes")
    return 0 if len(data) <= MOST_BYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
