"""Takes the agent along into the interpreters that a program makes within its process.

Each has an agent of its own, with a folder, a side file and counters of its own (the folder's
name ends in ``i`` and the interpreter's id).  From CPython 3.13 on: before, most modules written
in C, ours among them, cannot be loaded there, or share their state with the main interpreter.
"""

from __future__ import annotations

import sys

from .. import recorder, start
from ..layout import Line
from . import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_PROBE = "subinterpreters"
_OLDEST = 0x030D0000
_AGENT = __file__.replace("\\", "/").rpartition("/patches/")[0]

#: Runs in the new interpreter; leaves no name behind there.
_BEGIN = """
def begin():
    import sys
    present = frozenset(sys.modules)
    import _frozen_importlib as machinery
    import _frozen_importlib_external as files
    spec = files.spec_from_file_location(
        "_lockstep", {agent!r} + "/__init__.py", submodule_search_locations=[{agent!r}]
    )
    machinery._load(spec)
    start = __import__("_lockstep.start", None, None, ["*"])
    start.start_in_interpreter({session!r}, {token!r}, {identity!r}, present)
begin()
del begin
"""


def _create(module: ModuleType, run: Any) -> Any:
    """Stands for ``create``; ``run`` executes text in an interpreter."""

    def action(original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        identity = original(*args, **kwargs)
        if recorder.started and recorder.probe_enabled(_PROBE):
            try:
                _begin(run, identity)
            except Exception as error:
                recorder.probe_failed(_PROBE, error)
        return identity

    return action


def _begin(run: Any, identity: Any) -> None:
    number = int(identity)
    if sys.hexversion < _OLDEST:
        reason = "no_agent: interpreters are recorded from Python 3.13 on"
        recorder.line([Line.GIL, number, 0, {}, reason, recorder.now()])
        return
    values = {
        "agent": _AGENT,
        "session": recorder.session_folder,
        "token": start.token(),
        "identity": number,
    }
    outcome = run(identity, _BEGIN.format(**values))
    if outcome is not None:
        raise RuntimeError(str(getattr(outcome, "formatted", outcome)))


def _patch(module: ModuleType) -> None:
    run = getattr(module, "run_string", None)
    if run is not None:
        stand_in.install(module, "create", _create(module, run))


MODULES = {"_interpreters": _patch, "_xxsubinterpreters": _patch}
