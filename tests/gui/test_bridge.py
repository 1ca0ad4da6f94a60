"""The one place where another thread meets Qt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter_ns

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.assembler.delta import Delta
from engine.reader import Reading
from engine.session import Launch, Session, discard, new_folder
from engine.store import Store
from gui.bridge import WAITING_LIMIT, Bridge, Errand, Job, Mailbox
from tests.helpers.run_session import waited_for


@pytest.fixture
def owner(qapp: QApplication) -> Iterator[QObject]:
    owner = QObject()
    yield owner
    owner.deleteLater()


def test_messages_are_called_in_order_in_the_windows_thread(qtbot: QtBot, owner: QObject) -> None:
    mailbox = Mailbox(owner)
    got: list[tuple[int, bool]] = []
    main = threading.current_thread()

    def send() -> None:
        for number in range(200):
            mailbox.post(lambda n=number: got.append((n, threading.current_thread() is main)))  # type: ignore[misc]

    thread = threading.Thread(target=send)
    thread.start()
    qtbot.waitUntil(lambda: len(got) == 200)
    thread.join()
    assert got == [(n, True) for n in range(200)]


def test_a_run_is_behind_by_what_was_not_read_yet(tmp_path: Path, qtbot: QtBot, owner: QObject) -> None:
    """What was read last says nothing of what the program has written meanwhile."""
    script = tmp_path / "waits.py"
    script.write_text("input()\n")
    folder = new_folder("test", tmp_path / "sessions")
    bridge = Bridge(owner)
    launch = Launch(command=[str(script)], capture=True, session_folder=folder)
    bridge.run(Store(), lambda: Session.start(launch))
    try:
        qtbot.waitUntil(lambda: bool(bridge.store.tracks))
        bridge._apply(Reading(Delta(now_ns=perf_counter_ns() - 5 * 10**9), {}))
        assert bridge.lag_s >= 5
        qtbot.waitUntil(lambda: bridge.lag_s < 5)
    finally:
        bridge.end()
        discard(folder)


def test_who_is_too_far_ahead_waits(qtbot: QtBot, owner: QObject) -> None:
    mailbox = Mailbox(owner)
    sent = []
    got = []

    def send() -> None:
        for number in range(50):
            mailbox.post(lambda n=number: got.append(n))  # type: ignore[misc]
            sent.append(number)

    thread = threading.Thread(target=send)
    thread.start()
    waited_for(lambda: len(sent) == WAITING_LIMIT, "as many as may wait")
    thread.join(0.2)  # nobody takes anything: it stands
    assert thread.is_alive()
    assert len(sent) == WAITING_LIMIT
    qtbot.waitUntil(lambda: len(got) == 50)
    thread.join()


def test_closing_frees_who_waits(owner: QObject) -> None:
    mailbox = Mailbox(owner)
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.extend(mailbox.post(lambda: None) for _ in range(20)))
    thread.start()
    mailbox.close()
    thread.join(60)
    assert not thread.is_alive()
    assert answers[-1] is False


def test_one_signal_wakes_for_many_messages(qtbot: QtBot, owner: QObject) -> None:
    mailbox = Mailbox(owner)
    signals = []
    mailbox._posted.connect(lambda: signals.append(1))
    got: list[int] = []
    for number in range(WAITING_LIMIT):
        mailbox.post(lambda n=number: got.append(n))  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(got) == WAITING_LIMIT)
    assert len(signals) == 1


def test_a_job_that_fails_says_so_in_the_windows_thread(qtbot: QtBot, owner: QObject) -> None:
    failures: list[BaseException] = []

    def work(job: Job) -> None:
        raise ValueError("no")

    job = Job("test", work, failures.append, owner)
    job.start()
    qtbot.waitUntil(lambda: bool(failures))
    assert str(failures[0]) == "no"
    job.end()
    assert not job.is_alive()


def test_a_job_ends_when_told(owner: QObject) -> None:
    def work(job: Job) -> None:
        while job.post(lambda: None):  # waits for room, which nobody makes
            pass

    job = Job("test", work, lambda error: None, owner)
    job.start()
    job.end()
    assert not job.is_alive()


def test_an_errand_tells_progress_and_result(qtbot: QtBot, owner: QObject) -> None:
    go = threading.Event()

    def work(errand: Errand) -> str:
        assert errand.progress(1, 4)
        go.wait(60)
        assert errand.progress(4, 4)
        return "done"

    errand = Errand("test", work, owner)
    seen: list[tuple[object, object]] = []
    errand.progressed.connect(lambda done, total: seen.append((done, total)))
    with qtbot.waitSignal(errand.succeeded) as succeeded:
        errand.start()
        qtbot.waitUntil(lambda: seen == [(1, 4)])
        go.set()
    assert succeeded.args == ["done"]
    assert not errand.running


def test_a_cancelled_errand_is_told_and_says_nothing_more(qtbot: QtBot, owner: QObject) -> None:
    asked = threading.Event()
    stopped = threading.Event()

    def work(errand: Errand) -> str:
        while errand.progress(1, 2):
            asked.set()
        stopped.set()
        return "too late"

    errand = Errand("test", work, owner)
    with qtbot.assertNotEmitted(errand.succeeded, wait=50):
        errand.start()
        qtbot.waitUntil(asked.is_set)
        errand.cancel()
        qtbot.waitUntil(stopped.is_set)


def test_cancelling_what_is_over_does_nothing(qtbot: QtBot, owner: QObject) -> None:
    errand = Errand("test", lambda _errand: 1, owner)
    mailbox = errand._job.mailbox
    with qtbot.waitSignal(errand.succeeded):
        errand.start()
    qtbot.waitUntil(lambda: not shiboken6.isValid(mailbox))
    errand.cancel()
    errand.cancel()
    never_started = Errand("test", lambda _errand: 1, owner)
    never_started.cancel()


def test_a_bridge_without_a_run_takes_commands_and_ends(qapp: QApplication) -> None:
    bridge = Bridge()
    assert not bridge.busy
    bridge.stop()
    bridge.send_input(b"x")
    bridge.end()
    bridge.deleteLater()


def test_a_start_that_fails_is_reported(qtbot: QtBot, qapp: QApplication) -> None:
    from engine.store import Store

    bridge = Bridge()

    def start() -> object:
        raise FileNotFoundError("gone")

    with qtbot.waitSignal(bridge.failed) as failed:
        bridge.run(Store(), start)
    assert isinstance(failed.args[0], FileNotFoundError)
    assert not bridge.busy
    bridge.deleteLater()
