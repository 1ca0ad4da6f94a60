"""Makes resources/fonts from fonts installed on this machine.

    apt-get install fonts-inter fonts-noto-cjk fonts-jetbrains-mono
    python -m pip install fonttools        # the extra "fonts" of pyproject.toml
    python packaging/make_fonts.py [--prefix FOLDER]

Each face is cut down to the characters the window can need: Latin, Greek, punctuation,
arrows and mathematical signs; for Chinese all of GB 2312, because names of files and
programs may hold any of it.  All three fonts are under the SIL Open Font License 1.1,
which permits this; each keeps its licence beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "resources" / "fonts"

LATIN = [
    *range(0x20, 0x250),  # Latin
    *range(0x2B0, 0x370),  # modifiers, combining marks
    *range(0x370, 0x400),  # Greek
    *range(0x2000, 0x2070),  # punctuation
    *range(0x2070, 0x20D0),  # superscripts, currency
    *range(0x2100, 0x2300),  # letter-like, arrows, mathematical
    *range(0x2300, 0x2400),  # technical: keys
    *range(0x2460, 0x2600),  # enclosed digits, boxes, shapes
    *range(0x2600, 0x27C0),
]


def gb2312() -> Iterable[int]:
    """Every character of GB 2312, its punctuation and full-width forms included."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield ord(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue


@dataclass(frozen=True)
class Face:
    source: str
    target: str
    characters: list[int]
    number: int = -1  # in a collection
    features: tuple[str, ...] = ("*",)
    hinting: bool = True


FACES = [
    *(
        Face(f"usr/share/fonts/opentype/inter/Inter-{weight}.otf", f"Inter-{weight}.otf", LATIN)
        for weight in ("Regular", "Medium", "SemiBold", "Bold")
    ),
    *(
        Face(
            f"usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-{weight}.ttf",
            f"JetBrainsMono-{weight}.ttf",
            LATIN,
            features=("kern", "mark", "mkmk", "ccmp", "zero"),  # no ligatures: code is shown as it is
        )
        for weight in ("Regular", "Bold")
    ),
    Face(
        "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "NotoSansCJKsc-Regular.otf",
        sorted({*gb2312(), *range(0x3000, 0x3040)}),
        number=2,  # Simplified Chinese
        features=("kern", "ccmp", "locl"),
        hinting=False,  # a seventh of its size, and no difference at today's resolutions
    ),
]


def make(face: Face, prefix: Path) -> Path:
    """Write the cut-down ``face``; returns its path."""
    font = TTFont(prefix / face.source, fontNumber=face.number)
    options = subset.Options(
        layout_features=list(face.features), name_IDs=["*"], notdef_outline=True, hinting=face.hinting
    )
    options.drop_tables += ["DSIG", "vhea", "vmtx", "VORG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=face.characters)
    cutter.subset(font)
    path = TARGET / face.target
    font.save(path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes resources/fonts from installed fonts.")
    parser.add_argument("--prefix", type=Path, default=Path("/"), help="folder that holds usr/share/fonts")
    prefix = parser.parse_args().prefix
    for face in FACES:
        path = make(face, prefix if (prefix / face.source).exists() else Path("/"))
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
