"""A session folder, understood while it grows: tail → assembler → store."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from engine.assembler import Assembler, Delta
from engine.store import Store
from engine.tail import Tail

#: Records of one poll: a tenth of a second's work, so that a reader of a backlog stays in reach.
MAX_RECORDS = 200_000


class Watch:
    """Reads a session folder and keeps what it means in ``store``.

    Used by one thread.  Where another thread looks at the store, ``apply=False``: then a poll
    leaves it alone, and that thread calls ``store.apply(delta)`` with each delta in turn.
    """

    def __init__(self, folder: Path, *, live: bool = True, apply: bool = True) -> None:
        """``live=False``: nobody writes in the folder any more, whatever session.json says."""
        self.folder = Path(folder)
        self.store = Store()
        self._apply = apply
        self._tail = Tail(self.folder, live=live)
        self._assembler = Assembler()
        self._records = 0

    @property
    def session(self) -> dict[str, Any]:
        """session.json as it stands; {} before it is there."""
        return self._tail.session

    @property
    def complete(self) -> bool:
        """Everything was read, nothing will follow."""
        return self._tail.complete

    @property
    def records(self) -> int:
        """Records read so far."""
        return self._records

    @property
    def lost(self) -> int:
        """Records known not to have been written."""
        return self._tail.lost

    def poll(self, max_records: int = MAX_RECORDS) -> Delta:
        """What is new since the last poll; never waits for anything."""
        delta = self._assembler.feed(self._tail.poll(max_records))
        self._records = delta.records
        if self._apply:
            self.store.apply(delta)
        return delta

    def read_all(self) -> Store:
        """Poll until everything is read; for a folder that is finished or being finished."""
        while not self.complete:
            self.poll()
        return self.store

    def finish(self) -> None:
        """Nobody writes in the folder any more; the next polls bring the rest."""
        self._tail.finish()

    def close(self) -> None:
        """Close all files; the store stays."""
        self._tail.close()

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
