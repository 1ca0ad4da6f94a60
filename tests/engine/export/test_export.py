"""What is exported says what the store says, and opens elsewhere."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.errors import LockstepError
from engine.export import FORMATS, export, perfetto, spans_csv
from engine.model import ARROW_KINDS, SPAN_DTYPE, State, Track, TrackKind
from engine.store import Store
from tests.helpers.build_store import GIL, LOCK, MAIN, SPANS, START, TASK, WORKER, delta, small_store

SCHEMAS = Path(__file__).parents[3] / "resources" / "schemas"


def as_csv(store: Store) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    spans_csv.write(store, out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline=""), strict=True))


def as_perfetto(store: Store) -> dict[str, Any]:
    out = io.StringIO()
    perfetto.write(store, out, info={"command": ["python", "prog.py"]})
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


class TestCsv:
    def test_has_the_columns_that_are_promised(self) -> None:
        out = io.StringIO(newline="")
        spans_csv.write(Store(), out)
        expected = "track_id,pid,tid,track,kind,state,start_ns,end_ns,object,owner,file,line\n"
        assert out.getvalue() == expected

    def test_has_a_row_for_every_span(self) -> None:
        rows = as_csv(small_store())
        assert len(rows) == sum(map(len, SPANS.values()))
        assert rows[2] == {
            "track_id": str(MAIN),
            "pid": "77",
            "tid": "77",
            "track": "MainThread",
            "kind": "thread",
            "state": "wait_lock",
            "start_ns": str(START + 4000),
            "end_ns": str(START + 6000),
            "object": "lock",
            "owner": str(WORKER),
            "file": "/home/me/prog.py",
            "line": "12",
        }
        sleeping = rows[7]
        assert (sleeping["state"], sleeping["object"], sleeping["owner"]) == ("sleep", "", "")
        assert sleeping["track"] == "worker, 1"
        assert sleeping["file"] == "/home/me/other, file.py"
        assert {row["tid"] for row in rows if row["kind"] in ("lock", "gil", "task", "process")} == {""}

    def test_tells_objects_with_one_name_apart(self) -> None:
        store = small_store()
        change = delta()
        change.spans = {LOCK: change.spans[LOCK].copy()}
        change.spans[LOCK]["object"] = 3
        store.apply(change)
        assert [row["object"] for row in as_csv(store) if row["track_id"] == str(LOCK)] == [
            "lock",
            "lock",
            "lock #2",
            "lock #2",
        ]


class Importer:
    """What Perfetto's importer does with the events, as far as tracks, nesting and flows go."""

    def __init__(self, document: dict[str, Any]) -> None:
        events = list(enumerate(document["traceEvents"]))
        timed = sorted((e for e in events if "ts" in e[1]), key=lambda e: (e[1]["ts"], e[0]))
        self.names = {
            (e["pid"], e["tid"]): e["args"]["name"] for _, e in events if e["name"] == "thread_name"
        }
        self.processes = {e["pid"]: e["args"]["name"] for _, e in events if e["name"] == "process_name"}
        self.flows: dict[int, list[dict[str, Any]]] = {}
        self.slices: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for _, event in timed:
            track = self.slices.setdefault((event["pid"], event["tid"]), [])
            if event["ph"] == "X":
                if track:
                    end = track[-1]["ts"] + track[-1]["dur"]
                    assert event["ts"] >= end - 1e-6, "slices of one track overlap"
                track.append(event)
            elif event["ph"] in "sf":
                assert track, "a flow outside any slice is dropped"
                assert event["ph"] == "s" or event["bp"] == "e"
                self.flows.setdefault(event["id"], []).append(track[-1])


class TestPerfetto:
    def test_document_keeps_to_its_schema(self) -> None:
        schema = json.loads((SCHEMAS / "perfetto.json").read_text())
        document = as_perfetto(small_store())
        for good in (as_perfetto(Store()), document):
            jsonschema.validate(good, schema, cls=jsonschema.Draft202012Validator)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(
                {**document, "traceEvents": [{"ph": "X", "name": "no times"}]},
                schema,
                cls=jsonschema.Draft202012Validator,
            )

    def test_every_track_and_span_is_there(self) -> None:
        seen = Importer(as_perfetto(small_store()))
        assert seen.processes == {77: 'prog "é".py'}
        own = perfetto.OWN_NUMBERS
        assert seen.names == {
            (77, own): "process",
            (77, own + GIL): "GIL",
            (77, 77): "MainThread",
            (77, 78): "worker, 1",
            (77, own + TASK): "fetch",
            (77, own + LOCK): "lock",
        }
        waits = seen.slices[77, 77][1]
        assert waits["name"] == "wait_lock"
        assert (waits["ts"], waits["dur"]) == (4.0, 2.0)
        assert waits["args"] == {
            "object": "lock",
            "owner": "worker, 1 (2)",
            "line": "/home/me/prog.py:12",
            "timed_out": True,
        }
        assert sum(map(len, seen.slices.values())) == sum(map(len, SPANS.values()))
        assert seen.slices[77, own + LOCK][1]["args"]["waiting"] == 1

    def test_arrows_bind_to_the_spans_they_join(self) -> None:
        seen = Importer(as_perfetto(small_store()))
        assert {
            number: [(s["tid"], s["name"], s["ts"]) for s in ends] for number, ends in seen.flows.items()
        } == {
            1: [(77, "running", 0.0), (78, "wait_gil", 1.0)],
            2: [(78, "running", 4.5), (77, "running", 6.0)],
        }

    def test_marks_are_instants(self) -> None:
        document = as_perfetto(small_store())
        assert [e for e in document["traceEvents"] if e["ph"] == "i"] == [
            {
                "ph": "i",
                "s": "t",
                "pid": 77,
                "tid": 78,
                "cat": "mark",
                "name": "gc",
                "ts": 5.1,
                "args": {"text": "generation 2", "duration_ns": 1_200_000},
            }
        ]

    def test_native_id_that_was_used_twice_is_given_to_nobody(self) -> None:
        store = small_store()
        change = delta()
        again = Track(6, TrackKind.THREAD, "later", 77, 78, 0, START, START)
        change.new_tracks, change.spans = [again], {}
        store.apply(change)
        numbers = perfetto.track_numbers(store)
        assert numbers[MAIN] == 77
        assert numbers[WORKER] == perfetto.OWN_NUMBERS + WORKER
        assert numbers[6] == perfetto.OWN_NUMBERS + 6
        assert len(set(numbers.values())) == len(numbers)

    def test_nanoseconds_of_a_long_run_are_kept(self) -> None:
        assert perfetto._us(123_456_789_012_345) == "123456789012.345"
        assert perfetto._us(-1) == "-0.001"
        assert perfetto._us(7) == "0.007"


class TestFile:
    def test_replaces_whole_or_not_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "out.csv"
        path.write_text("old")
        export(small_store(), "csv", path)
        assert path.read_text(encoding="utf-8").startswith("track_id,")

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setitem(FORMATS, "csv", fail)
        with pytest.raises(LockstepError, match="No space left"):
            export(small_store(), "csv", path)
        assert path.read_text(encoding="utf-8").startswith("track_id,")
        assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]

    def test_unwritable_place_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(LockstepError) as caught:
            export(small_store(), "perfetto", tmp_path / "no" / "x.json")
        assert caught.value.code == "output_unwritable"

    def test_dash_is_standard_output(self, capsys: pytest.CaptureFixture[str]) -> None:
        export(small_store(), "csv", Path("-"))
        assert len(capsys.readouterr().out.splitlines()) == 1 + sum(map(len, SPANS.values()))


def test_every_state_and_arrow_has_a_word() -> None:
    assert {state.word for state in State} >= {"running", "wait_gil", "owned", "free"}
    assert len({kind.value for kind in ARROW_KINDS}) == len(ARROW_KINDS)
    assert SPAN_DTYPE.names is not None
