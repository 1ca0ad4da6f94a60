"""One piece of work done in several ways, measured: one after the other, threads, processes, coroutines.

Figures come from runs that nothing observes.  A run that is observed shows how it went, and
gives no figures.
"""

from engine.comparison.measuring import Comparison, Figures, Progress, WayFigures, compare
from engine.comparison.observed import observe
from engine.comparison.plan import WAYS, WORKLOADS, Plan, check

__all__ = [
    "WAYS",
    "WORKLOADS",
    "Comparison",
    "Figures",
    "Plan",
    "Progress",
    "WayFigures",
    "check",
    "compare",
    "observe",
]
