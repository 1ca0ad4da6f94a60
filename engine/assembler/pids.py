"""Which process a number means: the system gives numbers out again, and news of a process may come late.

A maker tells of a child after the call that made it, and may have to wait long for its turn to; the
child may have ended by then.
"""

from __future__ import annotations

from engine.assembler.identity import Domain
from engine.assembler.population import Population, Process
from engine.model import SORT_HELPER

#: A number that is told of within this time after its process ended is still that process: the system
#: gives out all other numbers first.
SAME_NS = 1_000_000_000


def just_over(population: Population, process: Process, time: int) -> bool:
    """Whether ``process`` ended so shortly before ``time`` that its number still means it."""
    return not process.alive and time - population.tracks[process.track].end_ns < SAME_NS


def told_late(population: Population, process: Process, maker: int, time: int) -> bool:
    """Whether it is ``process``, which has ended, that the process ``maker`` (an index) says at ``time``
    it made.  Nobody says that of one process twice."""
    if process.alive or maker in process.made_by:
        return False
    tracks = population.tracks
    parent = tracks[process.track].parent
    if parent < 0 or (maker >= 0 and parent == population.processes[maker].track):
        return True
    # who has a fork server make one is not the parent
    return tracks[parent].sort == SORT_HELPER or just_over(population, process, time)


def replaced_by(population: Population, domain: Domain) -> Process | None:
    """The living process whose program ``domain``'s took the place of (exec)."""
    found = population.process_of_pid(domain.pid)
    if found is None or not found.alive or domain.flags.get("interpreter"):
        return None
    return found if any(not known.flags.get("interpreter") for known in found.domains) else None
