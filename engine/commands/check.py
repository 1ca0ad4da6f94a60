"""``check``: run scenarios and read off whether they show what they teach."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from engine.scenarios import Scenario, get
from engine.scenarios.outcome import Verdict
from engine.version import VERSION

DESCRIPTION = (
    "Runs scenarios and checks on their recordings whether they show what they teach. "
    "Exit status 1 when one fails; one that does not apply here, or was too disturbed to tell, does not fail."
)
SCHEMA, SCHEMA_VERSION = "lockstep-check", 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID", help="scenarios (see: list)")
    parser.add_argument("--python", metavar="INTERPRETER", help="the interpreter to run them on")
    parser.add_argument("--json", action="store_true", help="a JSON document (docs/formats.md)")


def run(options: argparse.Namespace) -> int:
    scenarios = [get(name) for name in options.ids]  # all, before the first is run
    results = []
    for scenario in scenarios:
        result = checked(scenario, options.python)
        results.append(result)
        if not options.json:
            print(f"{result['scenario']}: {result['verdict'].replace('_', ' ')}: {result['why']}", flush=True)
    if options.json:
        document = {
            "schema": SCHEMA,
            "version": SCHEMA_VERSION,
            "lockstep": VERSION,
            "interpreter": options.python or sys.executable,
            "results": results,
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
    return int(any(result["verdict"] == Verdict.FAILS.value for result in results))


def checked(scenario: Scenario, interpreter: str | None) -> dict[str, Any]:
    """Run one scenario; gives its entry of the document."""
    from engine.scenarios.running import run as run_scenario

    begin = time.monotonic()
    outcome = run_scenario(scenario, interpreter=interpreter).outcome
    return {
        "scenario": scenario.id,
        "verdict": outcome.verdict.value,
        "reason": outcome.reason,
        "detail": outcome.detail,
        "why": outcome.why,
        "seconds": round(time.monotonic() - begin, 3),
    }
