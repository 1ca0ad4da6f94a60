"""Groups and brackets against plain loops."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.assembler import brackets, groups

rows = st.lists(st.tuples(st.integers(0, 4), st.integers(-50, 50)), max_size=40)


@given(rows)
def test_order_by_is_the_stable_order(pairs: list[tuple[int, int]]) -> None:
    group = np.array([g for g, _ in pairs], np.int32)
    time = np.array([t for _, t in pairs], np.int64)
    expected = sorted(range(len(pairs)), key=lambda i: pairs[i])
    assert groups.order_by(group, time).tolist() == expected


def test_order_by_with_keys_that_do_not_fit_together() -> None:
    group = np.array([2, 1, 1], np.int32)
    time = np.array([1 << 60, -(1 << 61), 1 << 61], np.int64)
    assert groups.order_by(group, time).tolist() == [1, 2, 0]


@given(rows)
def test_order_by_group_keeps_what_stands_first(pairs: list[tuple[int, int]]) -> None:
    group = np.array([g for g, _ in pairs], np.int32)
    assert groups.order_by_group(group).tolist() == sorted(range(len(pairs)), key=lambda i: pairs[i][0])


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=40))
def test_last_where_and_running_sum(pairs: list[tuple[int, bool]]) -> None:
    pairs.sort(key=lambda pair: pair[0])
    group = np.array([g for g, _ in pairs], np.int32)
    mask = np.array([m for _, m in pairs], np.bool_)
    start = groups.group_start(groups.first_of_group(group))
    last, total = [], []
    for i, (g, _) in enumerate(pairs):
        mine = [j for j in range(i + 1) if pairs[j][0] == g]
        last.append(max((j for j in mine if pairs[j][1]), default=-1))
        total.append(sum(pairs[j][1] for j in mine))
    assert groups.last_where(mask, start).tolist() == last
    assert groups.running_sum(mask.astype(np.int64), start).tolist() == total


@given(rows, rows, st.booleans(), st.booleans())
def test_find_in(
    have: list[tuple[int, int]], wanted: list[tuple[int, int]], side_right: bool, far: bool
) -> None:
    scale = 1 << 55 if far else 1
    have = sorted((g, t * scale) for g, t in have)
    wanted = [(g, t * scale) for g, t in wanted]
    found = groups.find_in(
        np.array([g for g, _ in have], np.int32),
        np.array([t for _, t in have], np.int64),
        np.array([g for g, _ in wanted], np.int32),
        np.array([t for _, t in wanted], np.int64),
        side_right=side_right,
    )
    expected = [
        max(
            (i for i, (h, s) in enumerate(have) if h == g and (s <= t if side_right else s < t)),
            default=-1,
        )
        for g, t in wanted
    ]
    assert found.tolist() == expected


def test_expand() -> None:
    which, number = groups.expand(np.array([2, 0, 3]))
    assert which.tolist() == [0, 0, 2, 2, 2]
    assert number.tolist() == [0, 1, 0, 1, 2]


events = st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 2)), max_size=30)


@given(events)
def test_brackets_like_a_stack(rows: list[tuple[int, bool, int]]) -> None:
    rows.sort(key=lambda row: row[0])
    partner, top = brackets.match(
        np.array([g for g, _, _ in rows], np.int32),
        np.array([b for _, b, _ in rows], np.bool_),
        np.array([t for _, _, t in rows], np.int64),
    )
    expected_partner = [-1] * len(rows)
    expected_top = []
    stacks: dict[int, list[int]] = {}
    for i, (g, begins, tag) in enumerate(rows):
        stack = stacks.setdefault(g, [])
        if begins:
            stack.append(i)
        else:
            fits = [d for d, j in enumerate(stack) if rows[j][2] == tag]
            if fits:
                expected_partner[i] = stack[fits[-1]]
                expected_partner[stack[fits[-1]]] = i
                del stack[fits[-1] :]
        expected_top.append(stack[-1] if stack else -1)
    assert partner.tolist() == expected_partner
    assert top.tolist() == expected_top
