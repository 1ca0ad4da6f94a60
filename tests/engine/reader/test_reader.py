"""The reader process brings what reading in this process would, and ends with whoever asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.assembler.delta import Delta
from engine.errors import LockstepError
from engine.model import SPAN_DTYPE
from engine.reader import Reader, Reading
from engine.reader.pipe import receive, send
from engine.store import Store
from engine.watch import Watch
from tests.engine.test_watch import content, watched
from tests.helpers.build_session import example
from tests.helpers.run_session import ROOT, gone, running, waited_for

PATIENCE_S = 60.0


def read(reader: Reader) -> tuple[Store, dict[str, object]]:
    store, session = Store(), {}
    while True:
        reading = reader.next(PATIENCE_S)
        assert reading is not None
        store.apply(reading.delta)
        session = reading.session
        if reading.delta.complete:
            return store, session


def test_it_brings_what_reading_here_does(tmp_path: Path) -> None:
    example(tmp_path)
    with Reader() as reader:
        reader.open(tmp_path, live=False)
        store, session = read(reader)
    assert content(store) == content(watched(tmp_path))
    with Watch(tmp_path, live=False) as watch:
        watch.read_all()
        assert session == watch.session


def test_a_live_run_is_read_to_its_end(tmp_path: Path) -> None:
    with Reader() as reader, running(tmp_path, "print('done')\n") as session:
        reader.open(Path(session.folder), live=True)
        store, _ = read(reader)
    assert b"".join(chunk.text for chunk in store.output).split() == [b"done"]


def test_arrays_arrive_as_they_were_and_can_be_written() -> None:
    spans = np.zeros(5, SPAN_DTYPE)
    spans["start"] = np.arange(5)
    inward, outward = os.pipe()
    with open(inward, "rb") as source, open(outward, "wb") as target:
        send(target, Reading(Delta(spans={3: spans, 4: spans[:0]}), {"a": 1}))
        target.close()
        reading = receive(source)
        assert reading.session == {"a": 1}
        assert reading.delta.spans[3].tolist() == spans.tolist()
        assert not len(reading.delta.spans[4])
        reading.delta.spans[3]["end"] = 7
        with pytest.raises(EOFError):
            receive(source)


def test_what_goes_wrong_there_is_raised_here() -> None:
    with Reader() as reader:
        reader.open(Path("no\0name"), live=False)
        with pytest.raises(ValueError, match="null"):
            reader.next(PATIENCE_S)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not killed by signals there")
def test_a_reader_that_is_killed_is_told(tmp_path: Path) -> None:
    with Reader() as reader:
        os.kill(reader.pid, signal.SIGKILL)
        reader.open(tmp_path, live=True)
        with pytest.raises(LockstepError) as caught:
            reader.next(PATIENCE_S)
    assert caught.value.code == "reader_ended"
    assert caught.value.data["status"] == "-9"


def test_closing_ends_it_though_nobody_takes_what_it_sends(tmp_path: Path) -> None:
    example(tmp_path)
    with Reader() as reader:
        reader.open(tmp_path, live=False)
        waited_for(lambda: reader._arrived.full(), "something has arrived")
    assert reader._process.returncode is not None


_OWNER = """\
import sys, time
from engine.reader import Reader
reader = Reader()
print(reader.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not killed by signals there")
def test_it_ends_with_its_owner() -> None:
    with subprocess.Popen([sys.executable, "-c", _OWNER], stdout=subprocess.PIPE, cwd=ROOT) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.kill()
        owner.wait()
    waited_for(lambda: gone(pid), "the reader is gone")
