"""What one poll of a session folder brings: the form in which records reach the assembler.

Plain data.  ``engine.tail`` fills it, ``engine.assembler`` reads it; tests build it by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.agent import layout
from engine.model import OutputChunk

#: One record as numpy sees it, 32 bytes (``layout.RECORD_FIELDS``).
RECORD_DTYPE = np.dtype(layout.RECORD_FIELDS)

#: ``ProcessFeed.index`` of the observer, which is not one of the program's processes.
OBSERVER_INDEX = -1

Records = NDArray[np.void]


@dataclass(slots=True)
class ProcessFeed:
    """What is new from one process folder since the last poll.

    ``folder`` is the folder's name ("p4711-1a2b…", "observer"), ``index`` counts processes in
    the order the reader found them and stays theirs (``OBSERVER_INDEX`` for the observer).
    ``lines`` are the new complete lines of the side file, parsed (a line that is not a JSON
    array is left out and counted in ``broken``).  ``records`` are new records by thread serial
    (the observer's stand under 0), ``RECORD_DTYPE``, in the order of the file; slots with kind
    0 are left out.  ``native_ids`` gives the native thread id in each segment's header, for the
    segments that this feed brings records of; ``pid`` the process id in it (0: not known yet).
    """

    folder: str
    index: int
    pid: int = 0
    lines: list[list[Any]] = field(default_factory=list)
    records: dict[int, Records] = field(default_factory=dict)
    native_ids: dict[int, int] = field(default_factory=dict)
    broken: int = 0


@dataclass(slots=True)
class Batch:
    """Everything new in a session folder since the last poll.

    Every record stamped before ``watermark_ns`` (perf_counter_ns) has been delivered with this
    batch or an earlier one; later ones may be in it as well.  ``lost`` is the number of records
    known not to have been written, ``size_bytes`` the size of the session folder, both since its
    beginning.  ``complete``: nothing will follow, the watermark no longer matters.
    """

    watermark_ns: int
    processes: list[ProcessFeed] = field(default_factory=list)
    observer: ProcessFeed | None = None
    output: list[OutputChunk] = field(default_factory=list)
    lost: int = 0
    size_bytes: int = 0
    complete: bool = False
