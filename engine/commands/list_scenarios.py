"""``list``: the scenarios there are."""

from __future__ import annotations

import argparse
import json
from typing import Any

from engine.scenarios import broken, catalogue, guides
from engine.scenarios.lesson import LESSON
from engine.scenarios.parameter import Kind, Parameter
from engine.scenarios.recordings import shipped
from engine.version import VERSION

DESCRIPTION = "Shows the scenarios with their parameters."

SCHEMA, SCHEMA_VERSION = "lockstep-list", 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a JSON document (docs/formats.md)")


def run(options: argparse.Namespace) -> int:
    print(json.dumps(document(), indent=2, ensure_ascii=False) if options.json else text())
    return 0


def document() -> dict[str, Any]:
    """The JSON document."""
    return {
        "schema": SCHEMA,
        "version": SCHEMA_VERSION,
        "lockstep": VERSION,
        "scenarios": [
            {
                "id": scenario.id,
                "group": scenario.group,
                "title": scenario.texts("en").title,
                "stopped": scenario.is_over is not None,
                "recorded": shipped(scenario.id) is not None,
                "parameters": [_parameter(parameter) for parameter in scenario.parameters],
            }
            for scenario in catalogue()
        ],
        "lesson": [step.scenario for step in LESSON],
        "guides": [
            {"id": name, "title": guides.texts("en")[f"{name}_title"]} for name in ("choose", "claims")
        ],
        "broken": [{"id": one.id, "error": one.error} for one in broken()],
    }


def text() -> str:
    """For people: group by group, parameters behind each."""
    lines: list[str] = []
    group = ""
    for scenario in catalogue():
        if scenario.group != group:
            group = scenario.group
            lines += ["", group] if lines else [group]
        lines.append(f"  {scenario.id:28} {scenario.texts('en').title}")
        lines += [f"  {'':28}   {_spelled(parameter)}" for parameter in scenario.parameters]
    lines += [f"\n  {one.id}: cannot be used: {one.error}" for one in broken()]
    return "\n".join(lines)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    number = parameter.kind in (Kind.INTEGER, Kind.REAL)
    return {
        "name": parameter.name,
        "kind": parameter.kind.value,
        "default": parameter.default,
        "low": parameter.low if number else None,
        "high": parameter.high if number else None,
        "choices": list(parameter.choices) or None,
        "unit": parameter.unit or None,
    }


def _spelled(parameter: Parameter) -> str:
    head = f"--set {parameter.name}={_value(parameter.default)}"
    if parameter.kind is Kind.CHOICE:
        return f"{head}  ({', '.join(map(str, parameter.choices))})"
    if parameter.kind is Kind.SWITCH:
        return f"{head}  (true, false)"
    unit = f" {parameter.unit}" if parameter.unit else ""
    return f"{head}  ({_value(parameter.low)} to {_value(parameter.high)}{unit})"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
