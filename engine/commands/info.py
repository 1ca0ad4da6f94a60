"""``info``: what a recording holds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.commands.opening import opened
from engine.commands.summary import document
from engine.counted import counted

DESCRIPTION = "Shows what a recording holds: tracks, who held the GIL, locks, deadlocks."

#: Tracks that are listed for people; --json has all.
MOST_TRACKS = 60
#: Names are lined up as far as this.
MOST_NAME = 40
#: States of locks and GILs, which are no states of their own in the listing.
_NOT_LISTED = ("owned", "free")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a .lockstep file")
    parser.add_argument("--json", action="store_true", help="a JSON document (docs/formats.md)")


def run(options: argparse.Namespace) -> int:
    found = document(opened(options.file))
    print(json.dumps(found, indent=2, ensure_ascii=False) if options.json else "\n".join(text(found)))
    return 0


def text(found: dict[str, Any]) -> Iterator[str]:
    """The document for people."""
    run = found["run"]
    version = run["interpreter"].get("version", "?")
    yield f"{' '.join(run['command']) or '?'}  (Python {version}, exit status {run['exit_status']})"
    yield f"{_time(found['wall_ns'])}, {counted(found['records'], 'record')}, {found['lost']:,} lost"
    if found["truncated"]:
        yield "the file is cut off: what follows holds up to there"
    yield found["verdict"]["text"]
    yield ""
    width = max((len(track["name"]) for track in found["tracks"]), default=0)
    width = min(max(width, 12), MOST_NAME)
    tracks = [track for track in found["tracks"] if track["kind"] not in ("lock", "gil")]
    names = {track["id"]: track["name"] for track in found["tracks"]}
    for track in tracks[:MOST_TRACKS]:
        end = track["end"]
        ended = end["kind"] + (f" ({end['detail']})" if end["detail"] else "")
        length = _time(track["end_ns"] - track["start_ns"])
        yield f"{track['kind']:8}{track['name']:{width}} {length:>10}  {ended}"
        states = sorted(track["states"].items(), key=lambda item: -item[1])
        shown = [f"{word} {_time(ns)}" for word, ns in states if word not in _NOT_LISTED]
        if shown:
            yield f"{'':8}  {', '.join(shown)}"
    if len(tracks) > MOST_TRACKS:
        yield f"… and {len(tracks) - MOST_TRACKS:,} more"
    for gil in found["gil"]:
        yield ""
        yield from _gil(gil, names, width)
    if found["locks"]:
        yield ""
        for lock in sorted(found["locks"], key=lambda one: -one["wait_ns"]):
            yield (
                f"{lock['kind']:8}{lock['name']:{width}} {lock['acquisitions']:>9,} × taken, "
                f"{lock['contended']:,} contended, waited {_time(lock['wait_ns'])}, "
                f"held {_time(lock['hold_ns'])}"
            )
    for deadlock in found["deadlocks"]:
        yield ""
        yield "deadlock:"
        for link in deadlock["links"]:
            yield (
                f"  {names.get(link['track'], '?')} waits for {link['object_name']}, "
                f"which {names.get(link['owner'], '?')} has ({link['file']}:{link['line']})"
            )


def _gil(gil: dict[str, Any], names: dict[int, str], width: int) -> Iterator[str]:
    head = f"GIL of process {gil['pid']}"
    if gil["interpreter"]:
        head += f", interpreter {gil['interpreter']}"
    if not gil["observed"]:
        yield f"{head}: not observed: {gil['reason']}"
        return
    yield (
        f"{head}: {counted(gil['switches'], 'switch', 'switches')}, {counted(gil['samples'], 'sample')}, "
        f"{gil['unobserved_share']:.1%} not observed"
    )
    for track, ns in sorted(gil["holder_ns"].items(), key=lambda item: -item[1]):
        waited = gil["wait_ns"].get(track, 0)
        yield f"  {names.get(int(track), '?'):{width + 6}} held {_time(ns)}, waited {_time(waited)}"


def _time(ns: int) -> str:
    for unit, size in (("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1000)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}" if ns < 1000 * size else f"{ns / size:,.0f} {unit}"
    return f"{ns} ns"
