"""Notes in session folders and recordings."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import LockstepError, RecordingError
from engine.recording import Note, load, save
from engine.recording.notes import FILE_NAME, decode, encode, keep_in_session, of_session, write_into
from tests.helpers.build_session import SessionBuilder, example

ROOT = Path(__file__).resolve().parent.parent.parent.parent
NOTES = [Note(5_000, 0, "here it begins"), Note(7_000, 2_000, '三个线程\n"wait"'), Note(9_000)]


@pytest.fixture
def session(tmp_path: Path) -> SessionBuilder:
    return example(tmp_path / "session")


@pytest.fixture
def recording(session: SessionBuilder, tmp_path: Path) -> Path:
    return save(session.folder, tmp_path / "run.lockstep").path


def same_run(one: Path, other: Path) -> bool:
    a, b = load(one), load(other)
    return (
        a.store.records == b.store.records
        and a.store.tracks == b.store.tracks
        and [c.text for c in a.store.output] == [c.text for c in b.store.output]
        and a.info.sources == b.info.sources
        and a.truncated == b.truncated
    )


@given(
    st.lists(st.builds(Note, st.integers(0, 2**62), st.integers(0, 2**62), st.text(max_size=40)), max_size=20)
)
def test_what_is_written_is_read(notes: list[Note]) -> None:
    assert sorted(decode(encode(notes)), key=repr) == sorted(notes, key=repr)


def test_the_document_is_as_its_schema_says() -> None:
    schema = json.loads((ROOT / "resources" / "schemas" / "notes.json").read_text())
    jsonschema.validate(json.loads(encode(NOTES)), schema)


@pytest.mark.parametrize(
    "document",
    [
        b"", b"\xff", b"[]", b"{}", b'{"schema": "lockstep-notes", "version": 2, "notes": []}',
        (b'{"schema": "lockstep-notes", "version": 1, "notes": [1, {"time_ns": -1}, {"time_ns": true},'
        b' {"time_ns": 1, "duration_ns": 9223372036854775807}, {"time_ns": 2, "text": 3}]}'),
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_note_is_left_out(document: bytes) -> None:
    assert decode(document) == []


def test_notes_of_a_session_are_saved_with_it(session: SessionBuilder, tmp_path: Path) -> None:
    assert of_session(session.folder) == []
    keep_in_session(session.folder, NOTES)
    assert of_session(session.folder) == NOTES
    assert load(save(session.folder, tmp_path / "run.lockstep").path).info.notes == NOTES
    assert [p.name for p in session.folder.iterdir() if p.name.endswith(".part")] == []


def test_notes_are_written_into_a_recording_again_and_again(recording: Path, tmp_path: Path) -> None:
    before = recording.read_bytes()
    other = tmp_path / "with notes.lockstep"
    write_into(recording, other, NOTES)
    assert recording.read_bytes() == before
    assert load(other).info.notes == NOTES
    assert same_run(recording, other)
    write_into(other, other, NOTES[:1])
    assert load(other).info.notes == NOTES[:1]
    size = other.stat().st_size
    write_into(other, other, NOTES[:1])
    assert other.stat().st_size == size, "old notes go"
    write_into(other, other, [])
    assert load(other).info.notes == []
    assert same_run(recording, other)


def test_many_notes_take_several_blocks(recording: Path) -> None:
    many = [Note(number, 0, "x" * 2_000) for number in range(2_000)]
    write_into(recording, recording, many)
    assert load(recording).info.notes == many


def test_a_recording_that_was_cut_off_stays_as_it_is(recording: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.lockstep"
    cut.write_bytes(recording.read_bytes()[:-70])
    other = tmp_path / "noted.lockstep"
    write_into(cut, other, NOTES)
    found = load(other)
    assert found.truncated
    assert found.info.notes == NOTES
    assert same_run(cut, other)


def test_damaged_notes_leave_the_rest_readable(recording: Path) -> None:
    write_into(recording, recording, NOTES)
    data = bytearray(recording.read_bytes())
    at = data.index(b"LKbk", data.index(b"LKbk") + 4)  # the block behind the manifest
    data[at + 44 + 10] ^= 0xFF
    recording.write_bytes(data)
    found = load(recording)
    assert found.info.notes == []
    assert not found.truncated
    assert "notes is missing" in found.warnings[0]


def test_what_is_no_recording_is_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.lockstep"
    foreign.write_bytes(b"nothing of ours" * 9)
    with pytest.raises(RecordingError):
        write_into(foreign, foreign, NOTES)
    assert foreign.read_bytes() == b"nothing of ours" * 9
    assert list(tmp_path.iterdir()) == [foreign]


def test_a_folder_that_cannot_be_written_to_is_said(recording: Path, tmp_path: Path) -> None:
    with pytest.raises(LockstepError) as caught:
        write_into(recording, tmp_path / "nowhere" / "a.lockstep", NOTES)
    assert caught.value.code == "output_unwritable"
    with pytest.raises(LockstepError):
        keep_in_session(tmp_path / "nowhere", NOTES)
    assert FILE_NAME not in {p.name for p in tmp_path.iterdir()}
