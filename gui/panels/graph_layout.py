"""Where the nodes of the wait-for graph stand.  Plain arithmetic, no Qt.

Three columns: who waits, what for, who has it.  Rows follow the order of the tracks, so
nothing jumps when the cursor moves.  An owner that waits itself stands in the first column
only: its line goes back there, and a circle of waits becomes a circle on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.moment import Edge, Moment

#: More nodes than this in a column are summed up in one.
MOST_ROWS = 7


@dataclass(frozen=True, slots=True)
class Node:
    """``key``: ("track", id), ("gil", track id), ("object", id) or ("more", how many)."""

    key: tuple[str, int]
    column: int
    row: float
    in_cycle: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """``dashed``: waits for; else: is held by.  ``via``: the row in which it passes the middle
    column, where it goes from the first to the last and must not run through what stands between."""

    start: int
    end: int
    dashed: bool
    in_cycle: bool
    via: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    rows: float


EMPTY = Layout((), (), 0)


def _target(edge: Edge) -> tuple[str, int]:
    return ("gil", edge.gil) if edge.gil >= 0 else ("object", edge.object)


def lay_out(moment: Moment, objects_that_are_tracks: dict[int, int]) -> Layout:
    """The graph of ``moment``.

    ``objects_that_are_tracks``: object id → track, for what is a thread, task or process itself
    (join, await): it then stands as its track, with one line instead of two.
    """
    edges = sorted(moment.edges, key=lambda e: e.waiter)
    if not edges:
        return EMPTY
    cyclic = {track for cycle in moment.cycles for track in cycle}
    waiters = list(dict.fromkeys(e.waiter for e in edges))
    shown = waiters if len(waiters) <= MOST_ROWS else waiters[: MOST_ROWS - 1]
    nodes: list[Node] = []
    places: dict[tuple[str, int], int] = {}

    def add(key: tuple[str, int], column: int, row: float, lit: bool) -> int:
        if key not in places:
            places[key] = len(nodes)
            nodes.append(Node(key, column, row, lit))
        return places[key]

    for row, track in enumerate(shown):
        add(("track", track), 0, row, track in cyclic)
    if len(shown) < len(waiters):
        add(("more", len(waiters) - len(shown)), 0, len(shown), False)
    last = len(shown) - (0 if len(shown) < len(waiters) else 1)
    visible = [e for e in edges if e.waiter in shown]
    direct = {e: objects_that_are_tracks.get(e.object, -1) if e.gil < 0 else -1 for e in visible}
    by_target: dict[tuple[str, int], list[Edge]] = {}
    for edge in visible:
        if direct[edge] < 0:
            by_target.setdefault(_target(edge), []).append(edge)
    taken: dict[int, list[float]] = {1: [], 2: []}

    def free_row(column: int, wish: float) -> float:
        row = wish
        while any(abs(row - other) < 0.99 for other in taken[column]):
            row += 0.5
        taken[column].append(row)
        return row

    lines: list[Line] = []
    for target, group in by_target.items():
        rows = [nodes[places["track", e.waiter]].row for e in group]
        wish = sum(rows) / len(rows)
        lit = any(e.waiter in cyclic and e.owner in cyclic for e in group)
        middle = add(target, 1, free_row(1, wish), lit)
        lines.extend(
            Line(places["track", edge.waiter], middle, True, lit and edge.waiter in cyclic) for edge in group
        )
        owner = next((e.owner for e in group if e.owner >= 0), -1)
        if owner >= 0:
            key = ("track", owner)
            if key not in places:
                add(key, 2, free_row(2, nodes[middle].row), owner in cyclic)
            lines.append(Line(middle, places[key], False, lit and owner in cyclic))
    for edge, track in direct.items():
        if track >= 0:
            key = ("track", track)
            lit = edge.waiter in cyclic and track in cyclic
            if key not in places:
                wish = nodes[places["track", edge.waiter]].row
                add(key, 2, free_row(2, wish), track in cyclic)
            start = nodes[places["track", edge.waiter]]
            passes = nodes[places[key]].column == 2 and any(node.column == 1 for node in nodes)
            via = free_row(1, start.row) if passes else None
            lines.append(Line(places["track", edge.waiter], places[key], True, lit, via))
    rows_used = (
        max([last, *(node.row for node in nodes), *(row for rows in taken.values() for row in rows)]) + 1
    )
    return Layout(tuple(nodes), tuple(lines), rows_used)
