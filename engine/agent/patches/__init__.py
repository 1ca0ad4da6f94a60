"""The probes: which module is patched by which of ours, when it has been imported.

Nothing is imported on the program's behalf: ``patch`` is called with a module that the
program has just imported, ``install`` patches what was loaded before us.  Every probe is
loaded only when a module of its own turns up.
"""

from __future__ import annotations

import sys

from .. import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

#: Module of the program → our modules that patch it, in this order; each has a table
#: ``MODULES``: name → function(module).
PROBES: dict[str, tuple[str, ...]] = {
    "_thread": ("threads",),
    "threading": ("threads", "locks"),
    "queue": ("queues",),
    "concurrent.futures._base": ("futures",),
    "concurrent.futures.thread": ("futures",),
    "concurrent.futures.process": ("futures",),
    "time": ("blocking",),
    "sys": ("marks",),
    "os": ("blocking", "marks"),
    "warnings": ("marks",),
    "select": ("blocking", "selecting"),
    "selectors": ("selecting",),
    "builtins": ("blocking",),
    "signal": ("blocking", "marks"),
    "fcntl": ("blocking",),
    "subprocess": ("blocking",),
    "socket": ("sockets",),
    "ssl": ("sockets",),
    "traceback": ("processes",),
    "_interpreters": ("subinterpreters",),
    "_xxsubinterpreters": ("subinterpreters",),
    "multiprocessing.process": ("processes",),
    "multiprocessing.synchronize": ("process_locks",),
    "multiprocessing.connection": ("process_channels",),
    "multiprocessing.queues": ("process_channels",),
    "multiprocessing.pool": ("process_pools",),
    "multiprocessing.managers": ("process_shared",),
    "multiprocessing.shared_memory": ("process_shared",),
    "asyncio.events": ("coroutines", "event_loops"),
    "asyncio.base_events": ("event_loops",),
    "asyncio.locks": ("coroutine_objects",),
    "asyncio.queues": ("coroutine_objects",),
    "asyncio.tasks": ("coroutines", "coroutine_objects"),
    "asyncio.taskgroups": ("coroutine_objects",),
    "asyncio.futures": ("coroutine_objects",),
    "asyncio.selector_events": ("coroutine_objects",),
    "asyncio.streams": ("coroutine_objects",),
    "asyncio.base_subprocess": ("coroutine_objects",),
}

_done: set[str] = set()
_FUNCTION = type(lambda: None)


def patch(name: str, module: ModuleType) -> None:
    """Patch ``module``, which was imported as ``name``, once.  Raises nothing."""
    probes = PROBES.get(name)
    if probes is None or name in _done:
        return
    _done.add(name)
    for probe in probes:
        try:
            ours = __import__(__name__ + "." + probe, None, None, ["MODULES"])
            table = ours.MODULES
            if name in table:
                table[name](module)
        except Exception as error:
            recorder.probe_failed(probe, error)


def install() -> None:
    """Patch what is loaded already."""
    for name in PROBES:
        module = sys.modules.get(name)
        if module is not None:
            patch(name, module)


def replace(owner: Any, name: str, wrapper: Any) -> Any:
    """Put the function ``wrapper`` in the place of ``owner.name`` and give what stood there, or what
    ``owner`` inherits.

    The wrapper takes over name, qualified name, module, documentation, defaults' signature and
    annotations, so that ``help`` and ``inspect.signature`` tell of the original.
    """
    original = owner.__dict__[name] if name in owner.__dict__ else getattr(owner, name)
    inside = original
    if isinstance(original, (staticmethod, classmethod)):
        inside = original.__func__
    for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
        try:
            setattr(wrapper, attribute, getattr(inside, attribute))
        except (AttributeError, TypeError):
            pass
    if type(inside) is _FUNCTION:
        wrapper.__annotations__ = inside.__annotations__
        wrapper.__dict__.update(inside.__dict__)
        # inspect.signature follows __wrapped__; everything else that looks gets the original too
        wrapper.__wrapped__ = inside
    if isinstance(original, staticmethod):
        setattr(owner, name, staticmethod(wrapper))
    elif isinstance(original, classmethod):
        setattr(owner, name, classmethod(wrapper))
    else:
        setattr(owner, name, wrapper)
    return original


def note(probe: str, action: Callable[..., Any], *args: Any) -> Any:
    """``action(*args)`` unless the probe is off; when it raises, the probe goes off.  None then."""
    if probe in recorder.disabled:
        return None
    try:
        return action(*args)
    except Exception as error:
        recorder.probe_failed(probe, error)
        return None
