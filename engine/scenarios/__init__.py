"""Small real programs to learn from: what there is to run, ask, read off and say."""

from engine.scenarios.catalogue import broken, catalogue, get, reload
from engine.scenarios.outcome import Outcome, Verdict
from engine.scenarios.scenario import Reading, Scenario
from engine.scenarios.view import Machine, View

__all__ = [
    "Machine",
    "Outcome",
    "Reading",
    "Scenario",
    "Verdict",
    "View",
    "broken",
    "catalogue",
    "get",
    "reload",
]
