"""A ``.lockstep`` file opened: its store, and what is known about the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.assembler import Assembler
from engine.errors import LockstepError, RecordingError
from engine.recording.feed import RecordingFeed
from engine.recording.notes import Note
from engine.recording.save import Progress
from engine.store import Store

#: Records that go through the assembler at once while a file is opened.
STRETCH = 500_000


@dataclass(slots=True)
class RecordingInfo:
    """What was run, with what, when.  Values that a file lacks are empty, 0 or None."""

    command: list[str] = field(default_factory=list)
    script: str = ""
    module: str = ""
    scenario: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    interpreter: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    gil_way: str = ""
    started_at: str = ""
    started_ns: int = 0
    ended_ns: int | None = None
    exit_status: int | None = None
    #: version of Lockstep that observed, and that wrote the file
    lockstep: str = ""
    saved_by: str = ""
    saved_at: str = ""
    #: what one record is taken to have cost the program
    record_cost_ns: int = 0
    #: file → text, as the files were when the recording was saved
    sources: dict[str, str] = field(default_factory=dict)
    #: those of them that were modified after the program had started
    changed_sources: frozenset[str] = frozenset()
    #: what people wrote on it, in the order of time
    notes: list[Note] = field(default_factory=list)
    #: a schedule that was put into it (``engine.schedule.schedule``); empty: none
    schedule: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class LoadedRecording:
    """``truncated``: the file was cut off or is damaged; ``warnings`` say where (English)."""

    path: Path
    store: Store
    info: RecordingInfo
    session: dict[str, Any]
    truncated: bool
    warnings: list[str]


def load(path: Path, progress: Progress | None = None) -> LoadedRecording:
    """Open a recording.

    ``progress(done, total)`` is told bytes; when it gives False, the opening is given up.
    Raises RecordingError and nothing else, whatever the file holds.
    """
    try:
        with RecordingFeed(Path(path)) as feed:
            return _load(feed, progress)
    except LockstepError:
        raise
    except (MemoryError, RecursionError) as error:
        raise RecordingError("too_large", path, "there is not enough memory for it") from error
    except Exception as error:
        # Every block matched its checksum, so this is a mistake of ours, or a file made by hand.
        # Neither may end the window; the traceback stays with the error.
        raise RecordingError("not_understood", path, f"{type(error).__name__}: {error}") from error


def _load(feed: RecordingFeed, progress: Progress | None) -> LoadedRecording:
    store = Store()
    assembler = Assembler()
    while not feed.complete:
        store.apply(assembler.feed(feed.poll(STRETCH)))
        if progress is not None and progress(*feed.done) is False:
            raise RecordingError("cancelled", feed.path)
    return LoadedRecording(
        path=feed.path,
        store=store,
        info=info_of(feed),
        session=feed.session,
        truncated=feed.truncated,
        warnings=list(feed.warnings),
    )


def info_of(feed: RecordingFeed) -> RecordingInfo:
    """What a recording says about its run, as far as it was read."""
    info = session_info(feed.session)
    info.saved_by = _as(str, feed.manifest.get("lockstep"), "")
    info.saved_at = _as(str, feed.manifest.get("saved_at"), "")
    info.record_cost_ns = _as(int, feed.manifest.get("record_cost_ns"), 0)
    info.sources = {path: source.text for path, source in feed.sources.items()}
    info.changed_sources = frozenset(path for path, source in feed.sources.items() if source.changed)
    info.notes = list(feed.notes)
    info.schedule = dict(feed.schedule)
    return info


def session_info(session: Mapping[str, Any]) -> RecordingInfo:
    """What session.json says, its types checked."""
    command = session.get("command")
    return RecordingInfo(
        command=[str(part) for part in command] if isinstance(command, list) else [],
        script=_as(str, session.get("script"), ""),
        module=_as(str, session.get("module"), ""),
        scenario=_as(str, session.get("scenario"), ""),
        parameters=_as(dict, session.get("parameters"), {}),
        interpreter=_as(dict, session.get("interpreter"), {}),
        machine=_as(dict, session.get("machine"), {}),
        limits=_as(dict, session.get("limits"), {}),
        gil_way=_as(str, session.get("gil_way"), ""),
        started_at=_as(str, session.get("started_at"), ""),
        started_ns=_as(int, session.get("started_ns"), 0),
        ended_ns=_as(int, session.get("ended_ns"), None),
        exit_status=_as(int, session.get("exit_status"), None),
        lockstep=_as(str, session.get("lockstep"), ""),
    )


def _as(kind: type, value: object, otherwise: Any) -> Any:
    return value if isinstance(value, kind) and not isinstance(value, bool) else otherwise
