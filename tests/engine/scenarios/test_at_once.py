"""Checks tell who computed, or waited, at the same moment from the recording, not from how fast it was."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from engine.agent.layout import Wait
from engine.model import GilFigures, ObjectInfo, OutputChunk, State, TrackKind
from engine.recording import load
from engine.scenarios import get, texts
from engine.scenarios.outcome import Verdict
from engine.scenarios.recordings import FOLDER
from engine.scenarios.texts import LANGUAGES
from engine.scenarios.view import Machine, View
from engine.scenarios.ways import WAYS
from tests.engine.scenarios.test_view import LINUX, Recorded

HOLDS, FAILS, DISTURBED = Verdict.HOLDS, Verdict.FAILS, Verdict.TOO_DISTURBED
Span = tuple[int, int, State, int]
#: What a thread does, one letter every 10 ms.
STATES = {
    "r": State.RUNNING,
    "n": State.NATIVE,
    "g": State.WAIT_GIL,
    "c": State.WAIT_CPU,
    "l": State.WAIT_LOCK,
    "i": State.IO,
    "s": State.SLEEP,
}
STEP_MS = 10


def spans(does: str, at: int = 0) -> list[Span]:
    """``does`` from the step ``at`` on; blanks before it are time in which it does not live yet."""
    at += len(does) - len(does.lstrip())
    reasons = {"s": int(Wait.SLEEP)}
    return [
        (STEP_MS * step, STEP_MS * (step + 1), STATES[letter], reasons.get(letter, 0))
        for step, letter in enumerate(does.strip(), start=at)
    ]


@dataclass
class Program:
    """A recording made of letters."""

    recorded: Recorded = field(default_factory=Recorded)

    def __post_init__(self) -> None:
        self.first = self.recorded.track(TrackKind.PROCESS, "program", -1)
        self.recorded.gil.append(GilFigures(10, 0, -1, True, ""))

    def main(self, *calls: Span) -> Program:
        """``calls``: from and to which step the main thread waited."""
        waits = [(STEP_MS * begin, STEP_MS * end, state, why) for begin, end, state, why in calls]
        self.recorded.track(TrackKind.THREAD, "MainThread", self.first, (0, 0, State.RUNNING, 0), *waits)
        return self

    def threads(self, *rows: str, name: str = "Thread") -> Program:
        for number, does in enumerate(rows, start=1):
            self.recorded.track(TrackKind.THREAD, f"{name} {number}", self.first, *spans(does))
        return self

    def children(self, *rows: str, name: str = "Process") -> Program:
        for number, does in enumerate(rows, start=1):
            process = self.recorded.track(TrackKind.PROCESS, f"{name}-{number}", self.first, *spans(does))
            self.recorded.track(TrackKind.THREAD, "MainThread", process, *spans(does))
        return self

    def says(self, *lines: str) -> Program:
        self.recorded.output.append(OutputChunk(0, 1, "".join(f"{line}\n" for line in lines).encode()))
        return self


def judged(program: Program, scenario_id: str, **values: object) -> tuple[Verdict, str]:
    """The verdict, and which text tells what happened; that text can be filled in every language."""
    scenario = get(scenario_id)
    chosen = scenario.checked(values)
    reading = scenario.reading(View(program.recorded, LINUX, chosen))
    told = reading.told or reading.answer or ""
    if reading.outcome.verdict is HOLDS:
        for language in LANGUAGES:
            template = scenario.texts(language).happened[told]
            assert texts.fields(template) <= {*chosen, *reading.figures}, language
    return reading.outcome.verdict, told if reading.outcome.verdict is HOLDS else ""


JOIN = (12, 18, State.WAIT, Wait.THREAD_JOIN)


@pytest.mark.parametrize(
    ("rows", "buffer_bytes", "expected"),
    [
        (("n" * 10, " " * 10 + "n" * 5, " " * 10 + "n" * 5), 4_194_304, (HOLDS, "threads")),
        (("n" * 10, " " * 10 + "n" * 9, " " * 10 + "n" * 9), 4_194_304, (HOLDS, "threads_less")),
        (("n" * 10, " " * 10 + "nncnccnc", " " * 10 + "cncncncn"), 4_194_304, (HOLDS, "threads_less")),
        (("n" * 10, " " * 10 + "ncncncnc", " " * 10 + "cncncncn"), 4_194_304, (DISTURBED, "")),
        (("n" * 10, " " * 10 + "nnncncncncncnc", " " * 10 + "cncncncncncncn"), 4_194_304, (DISTURBED, "")),
        (("n" * 10, " " * 10 + "nlnlnlnl", " " * 10 + "lnlnlnln"), 4_194_304, (FAILS, "")),
        (("n" * 10, " " * 10 + "ncccccccccccn", " " * 10 + " ggggggggggg"), 4_194_304, (DISTURBED, "")),
        (("r" * 10, " " * 10 + "rgrgrgrg", " " * 10 + "grgrgrgr"), 4_194_304, (FAILS, "")),
        (("r" * 8, " " * 10 + "rgrgrgrg", " " * 10 + "grgrgrgr"), 1_024, (HOLDS, "same")),
        (("r" * 20, " " * 20 + "rgrgrgrg", " " * 20 + "grgrgrgr"), 1_024, (HOLDS, "same_uneven")),
        (("r" * 8, " " * 10 + "rrrr", " " * 14 + "rrrr"), 1_024, (DISTURBED, "")),
        (("n" * 10, " " * 10 + "n" * 9, " " * 10 + "n" * 9), 1_024, (FAILS, "")),
    ],
    ids=[
        "as fast as two",
        "at once on slow cores",
        "now and then at once",
        "never a core for both",
        "for a moment, as samples would have it",
        "a lock around it",
        "no core for who had the GIL",
        "the GIL is kept",
        "kept, as it should",
        "kept, one part disturbed",
        "one was done before the other began",
        "let go of, as it should not",
    ],
)
def test_hashing(rows: tuple[str, ...], buffer_bytes: int, expected: tuple[Verdict, str]) -> None:
    program = Program().main().threads(*rows)
    assert judged(program, "gil_released", buffer_bytes=buffer_bytes) == expected


@pytest.mark.parametrize(
    ("calls", "rows", "expected"),
    [
        ((), ("r" * 8, " " * 10 + "rgrgrgrg", " " * 10 + "grgrgrgr"), (HOLDS, "same")),
        ((), ("r" * 20, " " * 20 + "rgrgrgrg", " " * 20 + "grgrgrgr"), (HOLDS, "same_uneven")),
        ((), ("r" * 8, " " * 10 + "rrrr", " " * 14 + "rrrr"), (DISTURBED, "")),
        ((JOIN,), ("r" * 8, " " * 10 + "rrrr", " " * 18 + "rrrr"), (FAILS, "")),
        ((), ("r" * 8, " " * 10 + "rrrr", " " * 10 + "rrrr"), (FAILS, "")),
        ((), ("n" * 8, " " * 10 + "nlnlnlnl", " " * 10 + "lnlnlnln"), (FAILS, "")),
    ],
    ids=["in turns", "one part disturbed", "too short", "joined one by one", "no GIL", "outside the GIL"],
)
def test_counting_threads(
    calls: tuple[Span, ...], rows: tuple[str, ...], expected: tuple[Verdict, str]
) -> None:
    assert judged(Program().main(*calls).threads(*rows), "threads_cpu_bound", threads=2) == expected


@pytest.mark.parametrize(
    ("calls", "rows", "expected"),
    [
        ((), ("r" * 8, " " * 10 + "rrrr", " " * 10 + "rrrr"), (HOLDS, "threads")),
        ((), ("r" * 8, " " * 10 + "r" * 9, " " * 10 + "r" * 9), (HOLDS, "threads_less")),
        ((), ("r" * 8, " " * 10 + "rcrc", " " * 10 + "crcr"), (DISTURBED, "")),
        (
            ((10, 18, State.WAIT, Wait.PROCESS_JOIN),),
            ("r" * 8, " " * 10 + "rrrr", " " * 18 + "r" * 4),
            (FAILS, ""),
        ),
    ],
    ids=["as fast as two", "at once on slow cores", "never a core for both", "joined one by one"],
)
def test_counting_processes(
    calls: tuple[Span, ...], rows: tuple[str, ...], expected: tuple[Verdict, str]
) -> None:
    assert judged(Program().main(*calls).children(*rows), "processes_cpu_bound") == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("i" * 16, " " * 16 + "i" * 8, " " * 16 + "i" * 8), (HOLDS, "threads")),
        (("i" * 16, " " * 16 + "i" * 14, " " * 16 + "c" * 4 + "i" * 10), (HOLDS, "threads_less")),
        (("i" * 16, " " * 16 + "iiii", " " * 20 + "iiii"), (DISTURBED, "")),
        (("i" * 16, " " * 16 + "ililil", " " * 16 + "lilili"), (FAILS, "")),
    ],
    ids=["side by side", "the cores came late", "one was done before the other began", "a lock around it"],
)
def test_a_crawler(rows: tuple[str, ...], expected: tuple[Verdict, str]) -> None:
    assert judged(Program().main().threads(*rows), "threads_network", threads=2, pages=4) == expected


@pytest.mark.parametrize(
    ("naps", "hashing", "expected"),
    [
        (("ssss", "ssss"), (" " * 5 + "nnnn", " " * 5 + "nnnn"), (HOLDS, "hashing")),
        (("ssss", "ssss"), (" " * 5 + "ncnc", " " * 5 + "cncn"), (DISTURBED, "")),
        (("ssss", "ssss"), (" " * 5 + "rgrg", " " * 5 + "grgr"), (FAILS, "")),
    ],
    ids=["parallel", "never a core for both", "a loop in Python"],
)
def test_naps_and_hashing(
    naps: tuple[str, ...], hashing: tuple[str, ...], expected: tuple[Verdict, str]
) -> None:
    program = Program().main().threads(*naps, name="napping").threads(*hashing, name="hashing")
    assert judged(program, "concurrent_or_parallel") == expected


@pytest.mark.parametrize(
    ("rows", "counted", "expected"),
    [
        (("rrrr", "rrrr"), 1_900_000, (HOLDS, "lost")),
        (("rrrr", "    rrrr"), 2_000_000, (DISTURBED, "")),
        (("rrrr", "rrrr"), 2_000_000, (FAILS, "")),
    ],
    ids=["lost", "one after the other", "at once and nothing lost"],
)
def test_one_number_for_two(rows: tuple[str, ...], counted: int, expected: tuple[Verdict, str]) -> None:
    program = Program().main().children(*rows).says(f"counted: {counted}")
    assert judged(program, "process_shared_memory", rounds=1_000_000) == expected


@pytest.mark.parametrize(
    ("ticks", "gaps", "expected"),
    [
        ([11, 13, 15, 17, 31, 33, 35, 37], (100, 20, 15), (HOLDS, "inline")),
        ([11, 13, 15, 17, 31, 33, 35, 37], (100, 120, 15), (DISTURBED, "")),
        ([21, 31, 33, 35, 37], (100, 98, 15), (FAILS, "")),
    ],
    ids=["the clock goes on", "it was late for other reasons", "beside the thread it stands still"],
)
def test_a_clock(ticks: list[int], gaps: tuple[int, int, int], expected: tuple[Verdict, str]) -> None:
    sleeps = [(at, at + 1, State.SLEEP, Wait.SLEEP) for at in ticks]
    program = Program().main(*sleeps).threads(" " * 10 + "r" * 10).children(" " * 30 + "r" * 10)
    lines = [
        f"{way}: longest gap {gap} ms" for way, gap in zip(("inline", "thread", "process"), gaps, strict=True)
    ]
    assert judged(program.says(*lines), "responsiveness") == expected


@pytest.mark.parametrize(
    ("thread_us", "process_us", "threads", "processes", "expected"),
    [
        (5.0, 20.0, "gr", "rr", (HOLDS, "dearer")),
        (30.0, 20.0, "gr", "rrrr", (HOLDS, "dearer_work")),
        (22.0, 20.0, "rr", "rr", (DISTURBED, "")),
        (60.0, 20.0, "rrrrrr", "rr", (FAILS, "")),
    ],
    ids=["dearer", "threads in each other's way", "alike", "threads had more to do"],
)
def test_handing_over(
    thread_us: float, process_us: float, threads: str, processes: str, expected: tuple[Verdict, str]
) -> None:
    program = Program().main().threads(threads, name="x").threads(" " * 10 + "i" * 6, name="QueueFeeder")
    program.recorded.tracks[2].name = "consumer thread"
    program.children(" " * 10 + processes)
    program.says(f"between threads: {thread_us} µs", f"between processes: {process_us} µs")
    assert judged(program, "communication_cost") == expected


@pytest.mark.parametrize(
    ("times", "work", "expected"),
    [
        ((5, 150, 20), ("r", "rrrr", "rr"), (HOLDS, "fork")),
        ((40, 150, 20), ("rccc", "rrrr", "rr"), (DISTURBED, "")),
        ((40, 15, 20), ("rrrr", "r", "rr"), (FAILS, "")),
    ],
    ids=["fork first", "fork waited for a core", "fork had most to do"],
)
def test_start_methods(
    times: tuple[int, int, int], work: tuple[str, str, str], expected: tuple[Verdict, str]
) -> None:
    program = Program().main()
    for name, does in zip(("ForkProcess", "SpawnProcess", "ForkServerProcess"), work, strict=True):
        program.children(does, name=name)
    lines = [f"{name}: {ms} ms" for name, ms in zip(("fork", "spawn", "forkserver"), times, strict=True)]
    assert judged(program.says(*lines), "process_start_methods") == expected


@pytest.mark.parametrize(
    ("calls", "processes", "gained", "expected"),
    [
        ((), (" " * 20 + "rrrr", " " * 20 + "rrrr"), 0.5, (HOLDS, "processes")),
        ((), (" " * 20 + "rrrr", " " * 20 + "rrrr"), 1.1, (HOLDS, "processes_less")),
        ((), (" " * 20 + "rcrc", " " * 20 + "crcr"), 1.1, (DISTURBED, "")),
        (
            ((20, 25, State.WAIT, Wait.PROCESS_JOIN),),
            (" " * 20 + "rrrr", " " * 25 + "rrrr"),
            1.1,
            (FAILS, ""),
        ),
    ],
    ids=["faster", "at once and no faster", "never a core for both", "joined one by one"],
)
def test_six_ways_to_compute(
    calls: tuple[Span, ...],
    processes: tuple[str, ...],
    gained: float,
    expected: tuple[Verdict, str],
) -> None:
    program = Program().main(*calls).threads("rgrgrgrg", "grgrgrgr")
    program.children(*processes).children(" " * 30 + "rrrr", " " * 30 + "rrrr", name="Pool")
    for _ in range(2):
        task = program.recorded.track(TrackKind.TASK, "piece_async", 1, *spans(" " * 40 + "rr"))
        coroutine = ObjectInfo(task, "Task", "piece_async", 10, extra={"coroutine": "piece_async"})
        program.recorded.objects[task], program.recorded.tracks[task].object = coroutine, task
    times = {way: 1.0 if "process" not in way else gained for way in WAYS}
    program.says(*(f"{way}: {seconds:.3f} s" for way, seconds in times.items()))
    assert judged(program, "compare_cpu", pieces=2) == expected


@pytest.mark.parametrize(
    ("name", "wrongly"),
    [("gil_released", {"buffer_bytes": 1_024}), ("threads_images", {"filter": "MedianFilter"})],
)
def test_a_real_run_does_not_pass_for_the_contrary(name: str, wrongly: dict[str, object]) -> None:
    """Threads that computed outside the GIL, read as if the C code kept it."""
    recording, scenario = load(FOLDER / f"{name}.lockstep"), get(name)
    machine = Machine.of_session(recording.session)
    for values, verdict in (({}, HOLDS), (wrongly, FAILS)):
        view = View(recording.store, machine, scenario.checked(values))
        assert scenario.check(view).verdict is verdict
