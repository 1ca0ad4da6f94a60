"""Runs programs and opens recordings: between the commands of the window and the engine.

Keeps the document in step with what happens.  GUI thread only; the work itself is done by the
jobs of ``gui.bridge``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine import session as sessions
from engine.errors import LockstepError
from engine.recording import LoadedRecording, Saved, load, save
from engine.recording.notes import FILE_NAME, keep_in_session, of_session, write_into
from engine.scenarios.parameter import Value
from engine.scenarios.scenario import Scenario
from engine.session import DEFAULT_SIZE_LIMIT, Launch, Session
from engine.store import Store
from gui.bridge import Bridge, Errand
from gui.document import Document, Origin, Phase
from gui.notes import Notes
from gui.panels.output_buffer import with_input


class RunControl(QObject):
    """``failed`` (exception), ``output_arrived``, ``run_ended``, ``loaded`` (LoadedRecording),
    ``saved`` (path), ``errand_begun`` (Errand, what it does: "load" or "save")."""

    failed = Signal(object)
    output_arrived = Signal(list)
    run_ended = Signal()
    loaded = Signal(object)
    saved = Signal(object)
    errand_begun = Signal(object, str)
    notice_arrived = Signal(dict)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.bridge = Bridge(self)
        self.bridge.started.connect(self._on_started)
        self.bridge.grew.connect(document.note_growth)
        self.bridge.output_arrived.connect(self.output_arrived)
        self.bridge.event_arrived.connect(self._on_event)
        self.bridge.finished.connect(self._on_finished)
        self.bridge.failed.connect(self._on_failed)
        document.notes.changed.connect(self._on_notes_changed)
        self._errand: Errand | None = None
        self._errand_is = ""
        self.exit_status: int | None = None
        #: of the runs to come
        self.size_limit_bytes = DEFAULT_SIZE_LIMIT
        self.gil = "auto"
        self._sessions: list[Path] = []
        self._programs: list[Path] = []

    # --- running ------------------------------------------------------------------------------

    def run_scenario(
        self, scenario: Scenario, title: str, values: Mapping[str, Value], interpreter: str
    ) -> None:
        """Writes the program with these parameters and runs it."""

        folder = Path(tempfile.mkdtemp(prefix="lockstep-"))
        self._programs.append(folder)
        size_limit, gil = self.size_limit_bytes, self.gil

        def start() -> Session:
            program = scenario.prepare(values, folder)
            return Session.start(
                Launch(
                    command=[str(program)],
                    interpreter=interpreter,
                    capture=True,
                    scenario=scenario.id,
                    parameters=dict(values),
                    size_limit_bytes=size_limit,
                    gil=gil,
                )
            )

        sources = {str(folder / f"{scenario.id}.py"): scenario.source(values)}
        origin = Origin(title=title, scenario=scenario.id, interpreter=interpreter, sources=sources)
        self._run(origin, start)

    def run_script(self, script: Path, arguments: Sequence[str], interpreter: str) -> None:
        size_limit, gil = self.size_limit_bytes, self.gil

        def start() -> Session:
            return Session.start(
                Launch(
                    command=[str(script), *arguments],
                    interpreter=interpreter,
                    cwd=str(script.parent),
                    capture=True,
                    size_limit_bytes=size_limit,
                    gil=gil,
                )
            )

        origin = Origin(title=script.name, script=str(script), interpreter=interpreter)
        self._run(origin, start)

    def _run(self, origin: Origin, start: Callable[[], Session]) -> None:
        self.cancel_errand()
        self.bridge.end()
        self._forget(keep_last_program=True)
        self.exit_status = None
        store = Store()
        self._document.show(store, origin, Phase.STARTING)
        self.bridge.run(store, start)

    def stop(self) -> None:
        if self._document.phase in (Phase.STARTING, Phase.RUNNING):
            self._document.set_phase(Phase.STOPPING)
        self.bridge.stop()

    def send_input(self, data: bytes) -> None:
        self.bridge.send_input(data)

    def end_input(self) -> None:
        self.bridge.end_input()

    def _forget(self, keep_last_program: bool = False) -> None:
        """Takes runs that are no longer shown off the disk; what was worth keeping was saved."""
        kept = self._programs[-1:] if keep_last_program else []
        for folder in self._sessions:
            sessions.discard(folder)
        for folder in self._programs:
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)
        self._sessions, self._programs = [], kept

    def leave_sessions(self) -> None:
        """Runs that are shown stay on the disk when the window closes: the next start offers them."""
        self._sessions = []

    def _on_started(self, folder: Path) -> None:
        self._sessions.append(folder)
        self._document.origin.session_folder = folder
        if self._document.phase is Phase.STARTING:
            self._document.set_phase(Phase.RUNNING)

    def _on_event(self, event: dict[str, Any]) -> None:
        if event.get("event") == "exited":
            status = event.get("status")
            self.exit_status = status if isinstance(status, int) else None
        elif event.get("event") == "error":
            self.failed.emit(LockstepError("observer_failed", detail=event.get("message", "")))
        self.notice_arrived.emit(event)

    def _on_finished(self) -> None:
        self._document.origin.stopped = bool(self.bridge.session_info.get("stopped"))
        self._document.set_phase(Phase.ENDED)
        self.run_ended.emit()

    def _on_failed(self, error: BaseException) -> None:
        if self._document.store.tracks:
            self._document.set_phase(Phase.ENDED)
        else:
            self._document.clear()
        self.failed.emit(error)

    # --- files -------------------------------------------------------------------------------

    def open_recording(self, path: Path) -> None:
        def work(errand: Errand) -> LoadedRecording:
            return load(path, errand.progress)

        self._begin(Errand("load", work, self), "load", self.show_recording)

    def show_recording(self, recording: LoadedRecording) -> None:
        """A recording that was loaded takes the place of what is shown."""
        self.bridge.end()
        self._forget()
        info = recording.info
        origin = Origin(
            title=recording.path.stem,
            scenario=info.scenario,
            script=info.script,
            interpreter=str(info.interpreter.get("version", "")),
            path=recording.path,
            truncated=recording.truncated,
            stopped=bool(recording.session.get("stopped")),
            sources=info.sources,
            schedule=info.schedule,
        )
        self.bridge.session_info = recording.session
        self._document.show(recording.store, origin, Phase.LOADED, info.notes)
        self.output_arrived.emit(with_input(recording.store.output, recording.store.answered()))
        self.loaded.emit(recording)

    def recover(self, folder: Path) -> None:
        """Reads the session of a window that died."""
        self.cancel_errand()
        self._forget()
        if not sessions.own(folder):
            return  # another window was quicker
        self._sessions.append(folder)
        store = Store()
        origin = Origin(title=folder.name, session_folder=folder)
        self._document.show(store, origin, Phase.RUNNING, of_session(folder))
        self.bridge.read(store, folder)

    def save_recording(self, path: Path) -> None:
        """Packs the session that is shown; one that was loaded is copied."""
        origin = self._document.origin
        folder, source = origin.session_folder, origin.path
        notes = self._document.notes.notes

        def work(errand: Errand) -> Path:
            if folder is not None:
                saved: Saved = save(folder, path, progress=errand.progress, replace=True)
                return saved.path
            if source is not None:
                write_into(source, path, notes)
            return path

        self._begin(Errand("save", work, self), "save", lambda saved: self._on_saved(saved, notes))

    def _on_saved(self, path: Path, notes: Notes) -> None:
        self._document.origin.path = path
        self._document.origin.borrowed = False
        self._document.notes.mark_saved(notes)
        self.saved.emit(path)

    def _on_notes_changed(self) -> None:
        """What is written on a run is as safe as the run itself: it lies beside it."""
        folder, notes = self._document.origin.session_folder, self._document.notes.notes
        if folder is None or (not notes and not (folder / FILE_NAME).exists()):
            return
        try:
            keep_in_session(folder, notes)
        except LockstepError as error:
            self.failed.emit(error)

    def _begin(self, errand: Errand, what: str, succeeded: Callable[[Any], None]) -> None:
        self.cancel_errand()
        self._errand, self._errand_is = errand, what
        errand.succeeded.connect(succeeded)
        errand.failed.connect(self.failed)
        self.errand_begun.emit(errand, what)
        errand.start()

    @property
    def saving(self) -> Errand | None:
        """What is just saving a recording: that is not lost, nor is it safe yet."""
        errand = self._errand
        return errand if errand is not None and errand.running and self._errand_is == "save" else None

    def cancel_errand(self) -> None:
        errand, self._errand = self._errand, None
        if errand is not None and errand.running:
            errand.cancel()

    # --- the end ------------------------------------------------------------------------------

    def close(self) -> None:
        """Ends everything; a run that still goes on is stopped with its whole tree."""
        self.cancel_errand()
        self.bridge.end()
        self._forget()
