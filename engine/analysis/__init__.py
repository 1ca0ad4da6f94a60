"""What can be said of a whole recording: figures, deadlocks, a verdict.  Pure, over a store."""

from engine.analysis.deadlocks import DeadlockFinder
from engine.analysis.lock_figures import lock_figures
from engine.analysis.snapshot import Snapshot
from engine.analysis.tables import Tables, tables
from engine.analysis.verdict import Verdict, verdict

__all__ = ["DeadlockFinder", "Snapshot", "Tables", "Verdict", "lock_figures", "tables", "verdict"]
