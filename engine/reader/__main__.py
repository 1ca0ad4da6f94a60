"""``python -I -S engine/reader PATHS``: becomes the reader process of one run.  Not for people.

PATHS is the list of folders to import from (JSON).  A line on standard input says what to read; the
process ends when that input does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from time import monotonic, sleep
from typing import BinaryIO

#: Polls a second.  More of them took the cores from the window and the program, and what happened was
#: not seen any sooner.
RATE_HZ = 24
#: Between two polls at least so long, so that a slow machine does other things as well.
LEAST_PAUSE_S = 0.004
#: Records of one poll: what is applied well within a frame.
POLL_RECORDS = 40_000


def main(source: BinaryIO, pipe: BinaryIO) -> None:
    """Reads what is asked for until it is complete, or until nobody wants it."""
    from pathlib import Path

    from engine.assembler.delta import Delta
    from engine.reader import Reading
    from engine.reader.pipe import send
    from engine.watch import Watch

    def says_something(delta: Delta, before: int) -> bool:
        """An idle program must not repaint the window."""
        return bool(
            delta.records != before
            or delta.open_spans
            or delta.spans
            or delta.new_tracks
            or delta.changed_tracks
            or delta.output
            or delta.marks
            or delta.complete
        )

    line = source.readline()
    if not line:
        return
    asked = json.loads(line)
    threading.Thread(target=_end_with, args=(source,), daemon=True).start()
    try:
        with Watch(Path(asked["folder"]), live=asked["live"], apply=False) as watch:
            while True:
                begun, before = monotonic(), watch.records
                delta = watch.poll(POLL_RECORDS)
                if says_something(delta, before):
                    send(pipe, Reading(delta, watch.session))
                if delta.complete:
                    return
                if delta.records - before < POLL_RECORDS // 2:
                    sleep(max(LEAST_PAUSE_S, begun + 1 / RATE_HZ - monotonic()))
    except BrokenPipeError:
        return
    except Exception as error:
        send(pipe, error)


def _end_with(source: BinaryIO) -> None:
    source.read()
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the window
    sys.path[:] = json.loads(sys.argv[1])
    main(sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)  # the thread that waits for the end of the input would be in the way of a tidy end
