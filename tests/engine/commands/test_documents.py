"""JSON documents and tables keep to what docs/formats.md and the schemas say."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.commands import info, list_scenarios, summary
from engine.export import spans_csv
from engine.model import State
from engine.recording import LoadedRecording, RecordingInfo
from engine.store import Store
from tests.helpers.build_session import SessionBuilder
from tests.helpers.build_store import LOCK, MAIN, START, WORKER, small_store

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "resources" / "schemas"


def schema(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return document


def validate(name: str, document: Any) -> None:
    jsonschema.validate(document, schema(name), cls=jsonschema.Draft202012Validator)


def loaded(store: Store) -> LoadedRecording:
    return LoadedRecording(
        path=Path("a.lockstep"),
        store=store,
        info=RecordingInfo(
            command=["python", "prog.py"], interpreter={"version": "3.13.0"}, record_cost_ns=350
        ),
        session={},
        truncated=False,
        warnings=[],
    )


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_schemas_are_schemas_and_documented(path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
    assert f"`{path.name}`" in (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def test_list_keeps_to_its_schema() -> None:
    document = json.loads(json.dumps(list_scenarios.document()))
    validate("list", document)
    ids = [scenario["id"] for scenario in document["scenarios"]]
    assert "deadlock_two_locks" in ids
    assert document["broken"] == []
    text = list_scenarios.text()
    assert all(name in text for name in ids)


class TestInfo:
    def test_keeps_to_its_schema(self) -> None:
        for store in (Store(), small_store()):
            validate("info", json.loads(json.dumps(summary.document(loaded(store)))))

    def test_schema_names_every_member(self) -> None:
        """A member that is added to the document must be added to the schema as well."""
        document = json.loads(json.dumps(summary.document(loaded(small_store()))))
        document["surprise"] = 1
        with pytest.raises(jsonschema.ValidationError):
            validate("info", document)
        del document["surprise"]
        document["tracks"][0]["states"]["idle"] = 3
        with pytest.raises(jsonschema.ValidationError):
            validate("info", document)

    def test_says_what_the_store_says(self) -> None:
        document = summary.document(loaded(small_store()))
        assert (document["records"], document["lost"]) == (40, 2)
        assert document["wall_ns"] == 9001
        main = document["tracks"][MAIN]
        assert (main["id"], main["tid"], main["kind"], main["badge"]) == (MAIN, 77, "thread", 1)
        assert main["states"] == {"running": 7001, "wait_lock": 2000}
        assert document["tracks"][WORKER]["end"] == {"kind": "failed", "detail": "ValueError: no"}
        gil = document["gil"][0]
        assert gil["unobserved_share"] == pytest.approx(300 / 6000)
        assert gil["holder_ns"] == {str(MAIN): 4200, str(WORKER): 1000}
        assert document["deadlocks"] == [
            {
                "time_ns": START + 5000,
                "links": [
                    {
                        "track": MAIN,
                        "object": 1,
                        "object_name": "lock",
                        "owner": WORKER,
                        "since_ns": START + 4000,
                        "file": "/home/me/prog.py",
                        "line": 12,
                    }
                ],
            }
        ]
        assert [lock["track"] for lock in document["locks"]] == [LOCK]

    def test_text_names_tracks_locks_and_the_cycle(self) -> None:
        text = "\n".join(info.text(summary.document(loaded(small_store()))))
        assert "python prog.py" in text
        assert "worker, 1" in text
        assert "ValueError: no" in text
        assert "MainThread waits for lock, which worker, 1 has (/home/me/prog.py:12)" in text
        assert "5.0% not observed" in text

    def test_gil_that_was_not_seen_says_why(self) -> None:
        store = small_store()
        store.gil[0].observed, store.gil[0].reason = False, "no /proc here"
        document = summary.document(loaded(store))
        validate("info", json.loads(json.dumps(document)))
        assert "not observed: no /proc here" in "\n".join(info.text(document))


def test_csv_rows_keep_to_their_schema() -> None:
    out = io.StringIO(newline="")
    spans_csv.write(small_store(), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    for row in rows:
        validate("spans_csv", row)
    with pytest.raises(jsonschema.ValidationError):
        validate("spans_csv", {**rows[0], "state": "idle"})


def test_states_in_the_schemas_are_those_there_are() -> None:
    words = {state.word for state in State if state is not State.NONE}
    info_states = schema("info")["properties"]["tracks"]["items"]["properties"]["states"]
    assert set(info_states["propertyNames"]["enum"]) == words
    assert set(schema("spans_csv")["properties"]["state"]["enum"]) == words


def test_session_that_the_tests_build_keeps_to_the_schema(tmp_path: Path) -> None:
    session = SessionBuilder(tmp_path)
    validate("session", session.info)
    validate("session", {**session.info, "ended_ns": 5, "exit_status": -9})


def test_formats_name_every_member_of_info() -> None:
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    section = text.split("## info --json")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)(?:\[\])?`", section))
    properties = schema("info")["properties"]
    wanted = set(properties) - {"schema", "version", "lockstep"}
    for nested in ("tracks", "gil", "locks", "deadlocks"):
        wanted |= set(properties[nested]["items"]["properties"])
    for nested in ("run", "cost", "verdict"):
        wanted |= set(properties[nested]["properties"])
    assert wanted <= named
