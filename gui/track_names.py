"""Names that tell tracks apart: every process has a ``MainThread``.  No widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from engine.model import Track, TrackKind


class TrackNames:
    """Names for a list in which tracks of all processes stand side by side; looked through once, so
    for one making of the list."""

    def __init__(self, tracks: Mapping[int, Track]) -> None:
        self._tracks = tracks
        self.count = len(tracks)
        self._processes = {t.pid: t.name for t in tracks.values() if t.kind is TrackKind.PROCESS}
        alike = Counter(self._processes.values())
        self._alike = {name for name, found in alike.items() if found > 1}
        several = len(self._processes) > 1
        pids: dict[tuple[TrackKind, str], set[int]] = {}
        for track in tracks.values() if several else ():
            pids.setdefault((track.kind, track.name), set()).add(track.pid)
        self._ambiguous = {key for key, found in pids.items() if len(found) > 1}

    def of(self, track_id: int) -> str:
        """The track's name, with that of its process where another process has one of the same name
        and kind; empty for no track."""
        track = self._tracks.get(track_id)
        if track is None:
            return ""
        if (track.kind, track.name) not in self._ambiguous:
            return track.name
        process = self._processes.get(track.pid, "")
        if track.kind is TrackKind.PROCESS or not process or process in self._alike:
            process = f"pid {track.pid}"
        return f"{track.name} · {process}"
