"""What would run next: scenario or script, its parameters, the interpreter.  GUI thread only."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.scenarios.parameter import Value
from engine.scenarios.scenario import Scenario
from gui import interpreters as finding
from gui.bridge import Errand
from gui.interpreters import Interpreter
from gui.settings import Settings


class RunChoice(QObject):
    """``interpreters_found``, ``interpreter_changed``."""

    interpreters_found = Signal()
    interpreter_changed = Signal()

    def __init__(
        self, settings: Settings, interpreters: list[Interpreter] | None, parent: QObject | None = None
    ) -> None:
        """``interpreters``: instead of looking for them (tests)."""
        super().__init__(parent)
        self._settings = settings
        self._look = interpreters is None
        own = ".".join(map(str, sys.version_info[:3]))
        self.interpreters = interpreters or [Interpreter(sys.executable, own)]
        self._chosen = settings.interpreter
        self._errand: Errand | None = None
        self.scenario = ""
        self.script: Path | None = None
        self.arguments: tuple[str, ...] = ()
        self._values: dict[str, dict[str, Value]] = {}

    # --- what ---------------------------------------------------------------------------------

    @property
    def anything(self) -> bool:
        return bool(self.scenario) or self.script is not None

    def choose_scenario(self, scenario: str) -> None:
        self.scenario = scenario
        self.script = None
        self._settings.scenario = scenario

    def choose_script(self, script: Path, arguments: tuple[str, ...] = ()) -> None:
        self.scenario = ""
        self.script = script
        self.arguments = arguments

    def choose_nothing(self) -> None:
        """Nothing is there to be run; which scenario was the last one stays known."""
        self.scenario = ""
        self.script = None

    def values(self, scenario: Scenario) -> dict[str, Value]:
        """The parameters as they were set last, else as the program has them."""
        return scenario.checked(self._values.get(scenario.id, {}))

    def set_values(self, scenario: str, values: Mapping[str, Value]) -> None:
        self._values[scenario] = dict(values)

    # --- on what ------------------------------------------------------------------------------

    @property
    def interpreter(self) -> str:
        """The path of the one that will run the program."""
        known = {i.path for i in self.interpreters}
        return self._chosen if self._chosen in known else self.interpreters[0].path

    @property
    def interpreter_label(self) -> str:
        path = self.interpreter
        return next(i.label for i in self.interpreters if i.path == path)

    def choose_interpreter(self, path: str) -> None:
        self._chosen = path
        self._settings.interpreter = path
        self.interpreter_changed.emit()

    def add_interpreter(self, path: str) -> None:
        """One that a person named; said to be unusable only when a program is run on it."""
        known = finding.ask(path) or Interpreter(path, "?")
        if known.path not in {i.path for i in self.interpreters}:
            self.interpreters.append(known)
        self.choose_interpreter(known.path)

    def look_for_interpreters(self) -> None:
        """Once, in the background."""
        if not self._look:
            return
        self._look = False
        self._errand = Errand("interpreters", lambda _errand: finding.found(), self)
        self._errand.succeeded.connect(self._on_found)
        self._errand.start()

    def _on_found(self, found: list[Interpreter]) -> None:
        self._errand = None
        if not found:
            return
        chosen = self.interpreter
        paths = {i.path for i in found}
        extra = [i for i in self.interpreters if i.path not in paths and i.path == chosen]
        self.interpreters = [*found, *extra]
        if not self._settings.interpreter:
            self._chosen = chosen if chosen in {i.path for i in self.interpreters} else found[0].path
        self.interpreters_found.emit()

    def close(self) -> None:
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
