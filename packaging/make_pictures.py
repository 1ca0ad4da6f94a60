"""Makes docs/pictures: real runs of the scenarios, drawn by the command ``screenshot``.

    python packaging/make_pictures.py [NAME...]

A scenario is run again, some times, when this machine was too busy for it to show what it is
about: what is in a picture was recorded, not arranged.  ``--recording FILE`` draws that
instead, for the pictures of its scenario.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage, QImageWriter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.recording import load  # noqa: E402
from engine.scenarios import get  # noqa: E402
from engine.scenarios.outcome import Verdict  # noqa: E402
from engine.scenarios.running import run  # noqa: E402

TARGET = ROOT / "docs" / "pictures"
TRIES = 6
#: Larger ones make README slow to open.
MOST_BYTES = 250_000


@dataclass(frozen=True)
class Picture:
    name: str
    scenario: str
    options: tuple[str, ...]


PICTURES = (
    Picture("window-light", "threads_cpu_bound", ("--size", "1600x900")),
    Picture("window-dark", "threads_cpu_bound", ("--size", "1600x900", "--theme", "dark")),
    Picture("deadlock", "deadlock_two_locks", ("--size", "1600x900")),
    Picture("coroutines", "coroutine_blocking", ("--size", "1600x900", "--theme", "dark")),
    Picture("projector", "threads_cpu_bound", ("--size", "1920x1080", "--projector")),
    Picture("window-zh_CN", "lock_balance", ("--size", "1600x900", "--lang", "zh_CN")),
)


def recorded(scenario_id: str, folder: Path) -> Path:
    """A recording that shows what the scenario is about."""
    file = folder / f"{scenario_id}.lockstep"
    for number in range(1, TRIES + 1):
        if file.exists():
            break
        print(f"{scenario_id}: run {number}", flush=True)
        outcome = run(get(scenario_id), keep=file).outcome
        if outcome.verdict is not Verdict.HOLDS:
            print(f"  {outcome.verdict.value}: {outcome.why}", flush=True)
            if number < TRIES:
                file.unlink()
    return file


def shrink(file: Path) -> int:
    """The picture with the 256 colours it has most of, the others as the nearest of these: smoothed
    edges of letters.  Gives its bytes."""
    image = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
    width, height = image.width(), image.height()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, width) | np.uint32(0xFF000000)
    colors, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = colors[np.argsort(-counts, kind="stable")[:256]]
    parts = np.stack([colors >> shift & 255 for shift in (0, 8, 16)], axis=1).astype(np.int64)
    kept_parts = np.stack([kept >> shift & 255 for shift in (0, 8, 16)], axis=1).astype(np.int64)
    nearest = ((parts[:, None, :] - kept_parts[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    indices = np.zeros((height, -(-width // 4) * 4), np.uint8)  # rows begin at multiples of four bytes
    indices[:, :width] = nearest.astype(np.uint8)[places.reshape(height, width)]
    small = QImage(indices.data, width, height, indices.shape[1], QImage.Format.Format_Indexed8)
    small.setColorTable([int(color) for color in kept])
    writer = QImageWriter(str(file), b"png")
    writer.setCompression(100)
    if not writer.write(small):
        raise OSError(f"{file}: {writer.errorString()}")
    return file.stat().st_size


def main(arguments: list[str] | None = None) -> int:
    names = [picture.name for picture in PICTURES]
    parser = argparse.ArgumentParser(description="Makes docs/pictures.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--recording", action="append", default=[], type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(names)
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    given = {load(file).info.scenario: file for file in options.recording}
    TARGET.mkdir(parents=True, exist_ok=True)
    status = 0
    with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
        for picture in PICTURES:
            if options.names and picture.name not in options.names:
                continue
            file = given.get(picture.scenario) or recorded(picture.scenario, Path(folder))
            out = TARGET / f"{picture.name}.png"
            command = [sys.executable, str(ROOT / "main.py"), "screenshot", str(file), *picture.options]
            subprocess.run([*command, "-o", str(out)], check=True)
            size = shrink(out)
            print(f"{out.relative_to(ROOT)}: {size:,} bytes", flush=True)
            if size > MOST_BYTES:
                print(f"  more than {MOST_BYTES:,} bytes", file=sys.stderr)
                status = 1
    return status


if __name__ == "__main__":
    raise SystemExit(main())
