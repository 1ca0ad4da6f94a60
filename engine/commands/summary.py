"""The document of ``info --json``: what a recording holds, in figures."""

from __future__ import annotations

from typing import Any

from engine.analysis import lock_figures, verdict
from engine.model import Deadlock, GilFigures, LockFigures, State, Track
from engine.recording import LoadedRecording
from engine.store import Store
from engine.version import VERSION

SCHEMA, SCHEMA_VERSION = "lockstep-info", 1


def document(loaded: LoadedRecording) -> dict[str, Any]:
    """As docs/formats.md says, and resources/schemas/info.json holds it to."""
    store, info = loaded.store, loaded.info
    found = verdict(store)
    return {
        "schema": SCHEMA,
        "version": SCHEMA_VERSION,
        "lockstep": VERSION,
        "file": str(loaded.path),
        "truncated": loaded.truncated,
        "warnings": loaded.warnings,
        "run": {
            "command": info.command,
            "script": info.script or None,
            "module": info.module or None,
            "scenario": info.scenario or None,
            "parameters": info.parameters,
            "interpreter": info.interpreter,
            "machine": info.machine,
            "started_at": info.started_at or None,
            "exit_status": info.exit_status,
            "gil_way": info.gil_way or None,
            "limits": info.limits,
            "observed_by": info.lockstep or None,
            "saved_by": info.saved_by or None,
            "saved_at": info.saved_at or None,
        },
        "start_ns": store.start_ns,
        "end_ns": store.end_ns,
        "wall_ns": store.end_ns - store.start_ns,
        "tracks": [track_entry(store, track) for track in store.tracks.values()],
        "gil": [gil_entry(figures) for figures in store.gil],
        "locks": [lock_entry(figures) for figures in lock_figures(store)],
        "deadlocks": [deadlock_entry(store, found) for found in store.deadlocks],
        "notes": [
            {"time_ns": note.time_ns, "duration_ns": note.duration_ns, "text": note.text}
            for note in info.notes
        ],
        "records": store.records,
        "lost": store.lost,
        "cost": cost(loaded),
        "problems": store.problems,
        "verdict": {"code": found.code, "data": dict(found.data), "text": str(found)},
    }


def track_entry(store: Store, track: Track) -> dict[str, Any]:
    """One track; its states in ns, those it was never in left out."""
    totals = store.totals(track.id)
    return {
        "id": track.id,
        "pid": track.pid,
        "tid": track.tid or None,
        "name": track.name,
        "kind": track.kind.value,
        "parent": track.parent if track.parent >= 0 else None,
        "start_ns": track.start_ns,
        "end_ns": track.end_ns,
        "end": {"kind": track.end.kind.value, "detail": track.end.detail},
        "states": {state.word: int(totals[state]) for state in State if totals[state]},
        "badge": track.badge or None,
        "sort": track.sort,
        "object": track.object if track.object >= 0 else None,
        "interpreter": track.interpreter,
        "notes": list(track.notes),
    }


def gil_entry(figures: GilFigures) -> dict[str, Any]:
    """One interpreter's GIL.  The share is of the time from its first to its last moment."""
    whole = figures.observed_ns + figures.unobserved_ns
    return {
        "pid": figures.pid,
        "interpreter": figures.interpreter,
        "track": figures.track if figures.track >= 0 else None,
        "observed": figures.observed,
        "reason": figures.reason or None,
        "samples": figures.samples,
        "switches": figures.switches,
        "missed": figures.missed,
        "observed_ns": figures.observed_ns,
        "unobserved_ns": figures.unobserved_ns,
        "unobserved_share": figures.unobserved_ns / whole if whole else (0.0 if figures.observed else 1.0),
        "holder_ns": {str(track): ns for track, ns in figures.hold_ns.items()},
        "wait_ns": {str(track): ns for track, ns in figures.wait_ns.items()},
    }


def lock_entry(figures: LockFigures) -> dict[str, Any]:
    return {
        "object": figures.object,
        "track": figures.track if figures.track >= 0 else None,
        "name": figures.name,
        "kind": figures.kind,
        "acquisitions": figures.acquisitions,
        "contended": figures.contended,
        "wait_ns": figures.wait_ns,
        "hold_ns": figures.hold_ns,
        "longest_wait_ns": figures.longest_wait_ns,
        "longest_hold_ns": figures.longest_hold_ns,
    }


def deadlock_entry(store: Store, deadlock: Deadlock) -> dict[str, Any]:
    """A cycle: each link's track waits for an object that the owner has."""
    links = []
    for link in deadlock.links:
        info = store.objects.get(link.object)
        place = store.locations.get(link.location)
        links.append(
            {
                "track": link.track,
                "object": link.object,
                "object_name": info.name or info.sort if info is not None else None,
                "owner": link.owner,
                "since_ns": link.since_ns,
                "file": place.file if place is not None else None,
                "line": place.line if place is not None else None,
            }
        )
    return {"time_ns": deadlock.time_ns, "links": links}


def cost(loaded: LoadedRecording) -> dict[str, Any]:
    """What recording is estimated to have cost the program: its records, at so much each.

    The share is of the time all its threads were running or could have been.
    """
    each = loaded.info.record_cost_ns
    total = each * loaded.store.records
    busy = 0
    for track in loaded.store.tracks.values():
        if track.kind.value == "thread":
            totals = loaded.store.totals(track.id)
            busy += int(totals[State.RUNNING] + totals[State.NATIVE])
    return {"record_ns": each, "estimated_ns": total, "share": min(1.0, total / busy) if busy else 0.0}
