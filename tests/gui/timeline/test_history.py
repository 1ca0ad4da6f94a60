"""Undo and redo of navigation."""

from __future__ import annotations

import itertools

from gui.timeline.history import NavigationHistory, Place

A, B, C = Place(0, 1000.0), Place(1_000_000, 1000.0), Place(5_000_000, 10.0)


def test_back_and_forward() -> None:
    history = NavigationHistory()
    history.visit(A, B)
    history.visit(B, C)
    assert history.back(C) == B
    assert history.back(B) == A
    assert history.back(A) is None
    assert history.forward(A) == B
    assert history.forward(B) == C
    assert history.forward(C) is None


def test_going_elsewhere_forgets_what_lay_ahead() -> None:
    history = NavigationHistory()
    history.visit(A, B)
    assert history.back(B) == A
    history.visit(A, C)
    assert not history.can_go_forward
    assert history.back(C) == A


def test_what_looks_the_same_is_no_step() -> None:
    history = NavigationHistory()
    history.visit(A, Place(1500, 1000.0))
    assert not history.can_go_back


def test_the_oldest_are_forgotten() -> None:
    history = NavigationHistory(limit=3)
    places = [Place(i * 10**7, 1000.0) for i in range(6)]
    for left, reached in itertools.pairwise(places):
        history.visit(left, reached)
    here, steps = places[-1], 0
    while (before := history.back(here)) is not None:
        here, steps = before, steps + 1
    assert steps == 3
    assert here == places[2]


def test_scrolling_counts() -> None:
    history = NavigationHistory()
    history.visit(A, Place(0, 1000.0, 300))
    assert history.can_go_back
    history.clear()
    assert not history.can_go_back
