"""The rules of colour: readable text, visible marks, states told apart in brightness alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from engine.model import THREAD_STATES, State
from gui.palette import PALETTES, Palette, Pattern, contrast, linear, luminance, mixed, outlined

TEXT = 4.5
MARK = 3.0

palettes = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES.keys())


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1.0)


def test_linear_light_ends_where_it_should() -> None:
    assert linear(0) == 0
    assert linear(255) == pytest.approx(1.0)
    assert luminance("#ffffff") == pytest.approx(1.0)


def test_mixing_goes_from_one_to_the_other() -> None:
    assert mixed("#000000", "#ffffff", 0) == "#000000"
    assert mixed("#000000", "#ffffff", 1) == "#ffffff"
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


@palettes
def test_text_is_readable_on_every_ground(palette: Palette) -> None:
    for ground in (palette.window, palette.surface, palette.lane):
        for name in ("text", "soft_text", "accent", "error"):
            assert contrast(getattr(palette, name), ground) >= TEXT, (name, ground)


@palettes
def test_code_is_readable(palette: Palette) -> None:
    for name in ("keyword", "string", "comment", "number", "name_text"):
        assert contrast(getattr(palette, name), palette.window) >= TEXT, name


@palettes
def test_text_on_coloured_grounds_is_readable(palette: Palette) -> None:
    assert contrast(palette.on_accent, palette.accent) >= TEXT
    assert contrast(palette.selection_text, palette.selection) >= TEXT
    assert contrast(palette.text, palette.error_back) >= TEXT
    assert contrast(palette.error, palette.error_back) >= TEXT
    assert contrast(palette.warning_text, palette.warning_back) >= TEXT
    for shade in palette.owners:
        assert contrast(palette.on_owner, shade) >= TEXT, shade


@palettes
def test_marks_show_on_both_lanes_or_have_an_outline_that_does(palette: Palette) -> None:
    for state, style in palette.states.items():
        edge = style.outline or style.fill
        for ground in (palette.surface, palette.lane):
            assert contrast(edge, ground) >= MARK, (state, ground)


@palettes
def test_running_and_waiting_for_the_gil_differ_by_two_to_one(palette: Palette) -> None:
    running, waiting = (luminance(palette.style(s).fill) + 0.05 for s in (State.RUNNING, State.WAIT_GIL))
    assert max(running, waiting) / min(running, waiting) >= 2.0


@palettes
def test_patterns_show_on_their_fill(palette: Palette) -> None:
    for state, style in palette.states.items():
        if style.pattern is not Pattern.PLAIN:
            assert contrast(style.ink, style.fill) >= 1.5, state


@palettes
def test_every_state_of_a_thread_has_a_look_of_its_own(palette: Palette) -> None:
    looks = [(palette.style(s).height, palette.style(s).pattern) for s in THREAD_STATES]
    by_grey = {
        look: [s for s, other in zip(THREAD_STATES, looks, strict=True) if other == look] for look in looks
    }
    for states in by_grey.values():
        # Where height and pattern are shared, brightness must tell them apart.
        for one in states:
            for other in states:
                if one is not other:
                    assert contrast(palette.style(one).fill, palette.style(other).fill) >= 1.5, (one, other)


#: Linear RGB as seen without one kind of cones (Machado, Oliveira, Fernandes 2009, severity 1).
LESS_COLOUR = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


def lab(
    name: str, seen: tuple[tuple[float, float, float], ...]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """CIELAB of a colour as somebody sees it."""
    light = [linear(int(name[at : at + 2], 16)) for at in (1, 3, 5)]
    rgb = np.clip(np.array(seen) @ np.array(light), 0.0, 1.0)
    x, y, z = np.cbrt(np.array(XYZ) @ rgb / np.array((0.95047, 1.0, 1.08883)))
    return np.array((116 * y - 16, 500 * (x - y), 200 * (y - z)))


@palettes
@pytest.mark.parametrize("kind", LESS_COLOUR)
def test_states_that_look_alike_without_a_colour_differ_in_height_or_pattern(
    palette: Palette, kind: str
) -> None:
    for one, other in combinations(THREAD_STATES, 2):
        a, b = palette.style(one), palette.style(other)
        if (a.height, a.pattern) == (b.height, b.pattern):
            apart = np.linalg.norm(lab(a.fill, LESS_COLOUR[kind]) - lab(b.fill, LESS_COLOUR[kind]))
            assert apart >= 20, (one, other)


@palettes
@pytest.mark.parametrize("kind", LESS_COLOUR)
def test_waits_for_the_gil_and_for_a_lock_differ_without_their_patterns(palette: Palette, kind: str) -> None:
    """Bars a few pixels wide have room for a colour alone."""
    gil, lock = (
        lab(palette.style(state).fill, LESS_COLOUR[kind]) for state in (State.WAIT_GIL, State.WAIT_LOCK)
    )
    assert np.linalg.norm(gil - lock) >= 14


@palettes
def test_edges_of_controls_show(palette: Palette) -> None:
    for ground in (palette.window, palette.surface):
        assert contrast(palette.edge, ground) >= MARK


def test_outlined_leaves_alone_what_shows_already() -> None:
    assert outlined("#000000", "#ffffff") == ""
    assert contrast(outlined("#eeeeee", "#ffffff"), "#ffffff") >= MARK
    assert contrast(outlined("#111111", "#000000"), "#000000") >= MARK
