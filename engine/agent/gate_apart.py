"""Whether runs of a program may go on side by side: nothing that it uses reaches beyond its process.

Where that is not certain, they go one after the other: two would meet in a file or at a port.
"""

from __future__ import annotations

import ast
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: Modules whose use stays within the process, but for the names below.
_WITHIN = frozenset(
    "__future__ _thread abc asyncio bisect collections concurrent contextlib copy dataclasses datetime "
    "decimal enum fractions functools heapq itertools json math operator queue random re statistics "
    "string sys textwrap threading time traceback types typing weakref".split()
)
_BEYOND = frozenset(
    "__builtins__ __import__ breakpoint compile eval exec input modules open stdin ProcessPoolExecutor "
    "__loader__ __spec__ __subclasses__ subprocess".split()
)
#: Beginnings of names by which event loops reach other programs.
_REACHES = ("open_", "start_server", "start_unix", "create_connection", "create_datagram", "create_server",
            "create_subprocess", "create_unix", "connect_", "sock_", "subprocess_")  # fmt: skip
#: Names by which a program comes to something that is another at every run, even if it goes on alike.
_OTHER_EACH_TIME = frozenset(
    "SystemRandom asctime asyncio clock_gettime clock_gettime_ns ctime get_native_id gmtime localtime "
    "native_id now strftime today utcnow".split()
)


def stays_within(source: bytes) -> bool:
    """Whether nothing in ``source`` reaches beyond its process.  Raises SyntaxError."""
    for modules, names in _named(source):
        if any(module.partition(".")[0] not in _WITHIN for module in modules):
            return False
        if any(name in _BEYOND or name.startswith(_REACHES) for name in names):
            return False
    return True


def stays_alike(source: bytes) -> bool:
    """Whether what ``source`` does before it starts a thread is the same in every run.  For one that stays
    within its process.  Event loops are not looked into.  Raises SyntaxError."""
    for modules, names in _named(source):
        if not _OTHER_EACH_TIME.isdisjoint([module.partition(".")[0] for module in modules]):
            return False
        if not _OTHER_EACH_TIME.isdisjoint(names):
            return False
    return True


def _named(source: bytes) -> Iterator[tuple[list[str], list[str]]]:
    """Of each part of ``source``: the modules that it imports, the names that it uses."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or "."] if not node.level else ["."]
            names = [one.name for one in node.names]
        elif isinstance(node, ast.Name):
            names = [node.id]
        elif isinstance(node, ast.Attribute):
            names = [node.attr]
        yield modules, names


def stay_on_core(number: int) -> None:
    """Keep this process, and those forked from it, on one core: of a run only one thread goes at a time,
    and to wake it where the last one ran is quicker.  The program is told of all cores as before."""
    get: Any = getattr(os, "sched_getaffinity", None)
    if get is None:
        return
    usable = sorted(get(0))
    if len(usable) < 2:
        return
    try:
        os.sched_setaffinity(0, {usable[number % len(usable)]})
    except OSError:
        return
    setattr(os, "sched_getaffinity", lambda pid: set(usable))
    if sys.version_info >= (3, 13):
        count = os.process_cpu_count()
        if not os.environ.get("PYTHON_CPU_COUNT"):
            count = len(usable)
        setattr(os, "process_cpu_count", lambda: count)
