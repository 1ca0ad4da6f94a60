"""Runs one module of CPython's test package and writes every test's outcome as JSON.

Usage: run_unittest.py MODULE OUT.json.  Runs on the interpreter that is observed (3.9+).
"""

from __future__ import annotations

import importlib
import json
import sys
import unittest
from typing import Any


class Outcomes(unittest.TestResult):
    """Test id → passed, failed, error, skipped …; written after every test, so a crash loses nothing."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.outcomes: dict[str, dict[str, str]] = {}

    def note(self, test: Any, outcome: str, text: str = "") -> None:
        name = test.id()
        worst = self.outcomes.get(name)
        # a failed subtest or clean-up stands whatever comes after it
        if worst is None or worst["outcome"] in ("passed", "running"):
            self.outcomes[name] = {"outcome": outcome, "text": text[-4000:]}

    def write(self) -> None:
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.outcomes, file)

    def startTest(self, test: Any) -> None:
        super().startTest(test)
        self.note(test, "running")
        self.write()

    def stopTest(self, test: Any) -> None:
        super().stopTest(test)
        self.write()

    def addSuccess(self, test: Any) -> None:
        self.note(test, "passed")

    def addError(self, test: Any, err: Any) -> None:
        self.note(test, "error", self._text(err, test))

    def addFailure(self, test: Any, err: Any) -> None:
        self.note(test, "failed", self._text(err, test))

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self.note(test, "failed", self._text(err, test))

    def addSkip(self, test: Any, reason: str) -> None:
        self.note(test, "skipped", reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        self.note(test, "expected failure")

    def addUnexpectedSuccess(self, test: Any) -> None:
        self.note(test, "unexpected success")

    def _text(self, err: Any, test: Any) -> str:
        return str(self._exc_info_to_string(err, test))  # type: ignore[attr-defined]


def main() -> int:
    module, path = sys.argv[1], sys.argv[2]
    only = sys.argv[3:]
    # some tests look at sys.argv, or start sys.argv[0] again
    sys.argv[1:] = []
    support: Any = importlib.import_module("test.support")
    support.use_resources = ["cpu", "network", "subprocess", "walltime"]
    name = f"test.{module}"
    loader = unittest.defaultTestLoader
    try:
        suite = loader.loadTestsFromNames([f"{name}.{test}" for test in only] or [name])
    except unittest.SkipTest as skipped:
        print(f"skipped: {skipped}")
        return 0
    outcomes = Outcomes(path)
    suite.run(outcomes)
    outcomes.write()
    counts: dict[str, int] = {}
    for outcome in outcomes.outcomes.values():
        counts[outcome["outcome"]] = counts.get(outcome["outcome"], 0) + 1
    print(counts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
