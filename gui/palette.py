"""Colours, and what makes a state recognisable: colour, height and pattern.  No Qt in here.

Three palettes: light, dark and projector.  The rules that they keep (checked by
``tests/gui/test_palette.py``): text has at least 4.5:1 against what it stands on, marks
3:1 or an outline that has, and ``running`` and ``wait_gil`` differ by 2:1 in luminance,
because where columns are blended the pattern is lost and brightness must do.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace

from engine.model import State


class Pattern(enum.Enum):
    """What is drawn over a state's fill."""

    PLAIN = "plain"
    DIAGONAL = "diagonal"  # ///
    BACK_DIAGONAL = "back_diagonal"  # \\\
    CROSS = "cross"  # /// and \\\
    VERTICAL = "vertical"  # |||
    HORIZONTAL = "horizontal"
    DOTS = "dots"


@dataclass(frozen=True, slots=True)
class StateStyle:
    """How a state looks.  ``height`` is the share of the lane's bar height, 0 to 1."""

    fill: str
    height: float
    pattern: Pattern = Pattern.PLAIN
    ink: str = ""  # the pattern's colour
    outline: str = ""  # where the fill alone is under 3:1 against the lane


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of the window, as ``#rrggbb``."""

    name: str
    dark: bool
    window: str  # panels
    surface: str  # timeline, cards, fields: what lies under or over the panels
    lane: str  # every other lane
    line: str  # hairlines between regions, grid
    edge: str  # borders of controls: 3:1 where a border alone shows that something can be pressed
    text: str
    soft_text: str  # second-rank text; still 4.5:1
    accent: str  # cursor, focus, links, the button that matters
    on_accent: str
    selection: str  # background of the selected entry of a list
    selection_text: str
    error: str
    error_back: str
    warning_back: str
    warning_text: str
    keyword: str
    string: str
    comment: str
    number: str
    name_text: str
    owners: tuple[str, ...]  # neutral shades, by badge: GIL and lock tracks, badges
    on_owner: str
    states: dict[State, StateStyle] = field(default_factory=dict)

    def style(self, state: State | int) -> StateStyle:
        """The look of a state; states that are never drawn (none, free) get the surface's colour."""
        return self.states.get(State(state)) or StateStyle(self.surface, 0.0)

    def owner_shade(self, badge: int) -> str:
        """The neutral shade that stands for the thread with this badge (0: unknown or none)."""
        return self.owners[(badge - 1) % len(self.owners)] if badge > 0 else self.owners[0]


def rgb(color: str) -> tuple[int, int, int]:
    """``#rrggbb`` as three bytes."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def linear(channel: int) -> float:
    """One sRGB byte as linear light, 0 to 1 (IEC 61966-2-1)."""
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def luminance(color: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = rgb(color)
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """``one`` with ``share`` (0 to 1) of ``other`` in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*parts)


def outlined(fill: str, *grounds: str, ratio: float = 3.1) -> str:
    """The colour for an outline of ``fill``: empty where the fill itself has ``ratio`` against
    every ground, else the fill moved away from them just far enough that it has."""
    if all(contrast(fill, ground) >= ratio for ground in grounds):
        return ""
    away = "#ffffff" if luminance(grounds[0]) < 0.2 else "#000000"
    for step in range(1, 21):
        color = mixed(fill, away, step / 20)
        if all(contrast(color, ground) >= ratio for ground in grounds):
            return color
    return away


GOLD = "#ffd166"


def _states(
    fills: dict[State, str], *, pattern_towards: str, strength: float, surface: str, lane: str
) -> dict[State, StateStyle]:
    shapes: dict[State, tuple[float, Pattern]] = {
        State.STARTING: (0.5, Pattern.DOTS),
        State.RUNNING: (1.0, Pattern.PLAIN),
        State.NATIVE: (1.0, Pattern.HORIZONTAL),
        State.WAIT_GIL: (0.5, Pattern.DIAGONAL),
        State.WAIT_CPU: (0.5, Pattern.VERTICAL),
        State.WAIT_LOCK: (0.5, Pattern.CROSS),
        State.WAIT: (0.3, Pattern.PLAIN),
        State.SLEEP: (0.14, Pattern.PLAIN),
        State.IO: (0.14, Pattern.VERTICAL),
        State.READY: (0.5, Pattern.BACK_DIAGONAL),
        State.SUSPENDED: (0.2, Pattern.DOTS),
        State.HELD: (0.7, Pattern.CROSS),
        State.UNOBSERVED: (0.5, Pattern.BACK_DIAGONAL),
        State.OWNED: (0.7, Pattern.PLAIN),
    }
    result = {}
    for state, fill in fills.items():
        height, pattern = shapes[state]
        ink = mixed(fill, pattern_towards, strength)
        if state is State.UNOBSERVED:
            ink = mixed(fill, "#ffffff" if luminance(surface) < 0.2 else "#000000", 0.42)
        if state is State.WAIT_LOCK and luminance(fill) < 0.15:
            ink = mixed(fill, GOLD, 0.45)  # dark where it must differ from the GIL's, yet not gloomy
        if state is State.NATIVE:
            ink = mixed(fill, surface, 0.35)
        result[state] = StateStyle(fill, height, pattern, ink, outlined(fill, surface, lane))
    return result


LIGHT = Palette(
    name="light",
    dark=False,
    window="#ffffff",
    surface="#f5f6f8",
    lane="#ffffff",
    line="#dcdfe4",
    edge="#868d98",
    text="#14171c",
    soft_text="#586274",
    accent="#0b66c3",
    on_accent="#ffffff",
    selection="#cee0f3",
    selection_text="#074b91",
    error="#b42318",
    error_back="#fdeceb",
    warning_back="#fff4d6",
    warning_text="#6b4700",
    keyword="#7a2d8f",
    string="#0b5d49",
    comment="#586274",
    number="#a33b00",
    name_text="#0b57a8",
    owners=("#d3dae2", "#bcc7d2", "#a3b1bf", "#dfe4ea", "#c7d0d9", "#b0bcc8"),
    on_owner="#14171c",
    states=_states(
        {
            State.STARTING: "#8a929e",
            State.RUNNING: "#0b5d49",
            State.NATIVE: "#3730a3",
            State.WAIT_GIL: "#e8590c",
            State.WAIT_CPU: "#7a6650",
            State.WAIT_LOCK: "#785200",
            State.WAIT: "#9d4f8c",
            State.SLEEP: "#2b7fb8",
            State.IO: "#2b7fb8",
            State.READY: "#c2620e",
            State.SUSPENDED: "#9d4f8c",
            State.HELD: "#4b5563",
            State.UNOBSERVED: "#cbd0d7",
            State.OWNED: "#bcc7d2",
        },
        pattern_towards="#000000",
        strength=0.38,
        surface="#f3f5f8",
        lane="#ffffff",
    ),
)

DARK = Palette(
    name="dark",
    dark=True,
    window="#1b2027",
    surface="#14171c",
    lane="#1d222a",
    line="#303843",
    edge="#6b7683",
    text="#eef1f5",
    soft_text="#9aa5b3",
    accent="#7cc4ff",
    on_accent="#0b1622",
    selection="#2e4052",
    selection_text="#9fd3ff",
    error="#ff9a8f",
    error_back="#3d1f1d",
    warning_back="#3a3013",
    warning_text="#ffd978",
    keyword="#d7a6f0",
    string="#7ddcb5",
    comment="#9aa5b3",
    number="#ffb37a",
    name_text="#8ec9ff",
    owners=("#46525f", "#586574", "#6a7788", "#3c4753", "#4f5b69", "#616e7f"),
    on_owner="#ffffff",
    states=_states(
        {
            State.STARTING: "#7d8896",
            State.RUNNING: "#34d399",
            State.NATIVE: "#93a8ff",
            State.WAIT_GIL: "#d9480f",
            State.WAIT_CPU: "#a8937c",
            State.WAIT_LOCK: "#eeb329",
            State.WAIT: "#c084b8",
            State.SLEEP: "#5fb4e8",
            State.IO: "#5fb4e8",
            State.READY: "#e08a3c",
            State.SUSPENDED: "#c084b8",
            State.HELD: "#9aa5b3",
            State.UNOBSERVED: "#373f49",
            State.OWNED: "#5c6a79",
        },
        pattern_towards="#000000",
        strength=0.42,
        surface="#14171c",
        lane="#1d222a",
    ),
)

#: Maximum contrast: black on white, the states of the light palette a shade darker where a
#: washed-out projector would lose them.
PROJECTOR = replace(
    LIGHT,
    name="projector",
    surface="#ffffff",
    lane="#eef0f3",
    line="#b9bfc8",
    edge="#4b5563",
    text="#000000",
    soft_text="#2d3540",
    accent="#004fa3",
    selection_text="#00386f",
    comment="#3f4855",
    owners=("#cdd5de", "#b2bfcc", "#95a5b5", "#dce2e9", "#bfcad5", "#a4b2c0"),
    on_owner="#000000",
    states=_states(
        {
            **{state: style.fill for state, style in LIGHT.states.items()},
            State.RUNNING: "#004d3a",
            State.NATIVE: "#2a2391",
            State.WAIT_GIL: "#dd4f05",
            State.WAIT_LOCK: "#6f4c00",
            State.STARTING: "#737b87",
            State.SLEEP: "#1a6fa8",
            State.IO: "#1a6fa8",
        },
        pattern_towards="#000000",
        strength=0.5,
        surface="#ffffff",
        lane="#eef0f3",
    ),
)

PALETTES = {palette.name: palette for palette in (LIGHT, DARK, PROJECTOR)}
