"""``bench --window``: that its figures mean what they say.  How large they are is nobody's test."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pytestqt.qtbot import QtBot

import main
from engine.bench.report import BenchReport
from engine.model import State
from gui.bench import BUDGETS, as_text, frames
from gui.bench.live import event_to_pixel
from gui.bench.measuring import Stage
from tests.helpers.synthetic_store import MS, StoreBuilder

SCHEMA = Path(__file__).resolve().parents[3] / "resources" / "schemas" / "bench.json"


def report(window: dict[str, object]) -> BenchReport:
    machine = {"system": "Linux", "release": "6", "machine": "x86_64", "cpus": 2, "python": "3.13.0"}
    interpreter = {"executable": "/usr/bin/python3", "version": "3.13.0"}
    return BenchReport(machine, interpreter, "0.1.0", 1, 0.1, window=window)


def test_an_event_is_seen_with_the_first_frame_after_which_it_stays() -> None:
    builder = StoreBuilder()
    thread = builder.thread("worker", builder.process(), badge=1)
    for at in (0, 10, 12, 30, 40):
        builder.span(thread, at, at + 2, State.RUNNING)
    store, begin = builder.store(), builder.start_ns
    painted = [begin + at * MS for at in (5, 15, 25, 35)]
    # The second frame showed the span at 12, the third no longer: it counts from the fourth on.
    newest = [{thread: begin + at * MS} for at in (0, 12, 10, 12)]
    waits, unseen = event_to_pixel(store, painted, newest)
    assert waits.tolist() == pytest.approx([15 - 10, 35 - 12, 35 - 30])
    assert unseen == 1  # that at 30; what came after the last frame does not count


def test_every_gesture_is_a_frame(qtbot: QtBot, tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        found = frames.measure(stage, 2, 50)
    assert found["frames"] == 1 + 3 * (40 + 30 + 6 + 40 + 6)
    assert 0 < found["median_ms"] <= found["p95_ms"] <= found["max_ms"]


def test_the_document_keeps_to_its_schema_and_the_table_tells_the_ratio() -> None:
    figures = {
        "frames, 16 tracks": {"frames": 3, "median_ms": 5.5, "p95_ms": 9.0, "work_median_ms": 5.0},
        "bars, 100 as pyqtgraph.BarGraphItem": {"frames": 3, "work_median_ms": 500.0},
    }
    whole = report({"platform": "xcb", "size": [1920, 1080], "budgets": BUDGETS, "figures": figures})
    jsonschema.validate(json.loads(json.dumps(whole.as_json())), json.loads(SCHEMA.read_text()))
    text = as_text(whole)
    assert "frames, 16 tracks: 100 times less work a frame than the bars" in text
    assert "budget ≤ 16.7" in text


def test_what_bench_of_the_engine_takes_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["bench", "--window", "--rounds", "3"]) == 2
    assert "--only" in capsys.readouterr().err
