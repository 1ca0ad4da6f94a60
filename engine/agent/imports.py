"""Notices imports: patches modules when they have been imported, and times them.

``sys.meta_path``, ``builtins.__import__`` and the loaders stay as they are.  Every import that
really loads something, from C or Python, passes through the importlib function
``_find_and_load_unlocked(name, import_)`` (Lib/importlib/_bootstrap.py, called by
``_find_and_load`` under the module's lock), which its caller looks up among the module's
globals.  In its place stands a function whose code has importlib's file name, so that the
interpreter leaves it out of tracebacks where it leaves out importlib's own
(``remove_importlib_frames`` in Python/import.c).
"""

from __future__ import annotations

import _frozen_importlib as _bootstrap  # type: ignore[import-not-found,unused-ignore]
import sys
from _thread import get_ident
from time import perf_counter_ns

from . import recorder
from .trim import drop_own_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any

#: Imports that take less are not told, ns.
SLOW_NS = 1_000_000

_NAME = "_find_and_load_unlocked"

#: Called with (name, module) after every import that loaded something, under its import lock.
after_import: list[Callable[[str, ModuleType], None]] = []


#: Threads that import a module of ours just now → what they import for it.
_for_us: dict[int, list[str]] = {}


def install() -> None:
    """Notice imports from now on."""
    original = getattr(_bootstrap, _NAME)
    if getattr(original, "_lockstep", False):
        return
    wrapper = _wrapper(original, _begin, _end, drop_own_entry)
    code = wrapper.__code__
    wrapper.__code__ = code.replace(
        co_filename=original.__code__.co_filename,
        co_name=_NAME,
        co_firstlineno=original.__code__.co_firstlineno,
    )
    for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(wrapper, attribute, getattr(original, attribute))
    wrapper.__dict__["_lockstep"] = True
    setattr(_bootstrap, _NAME, wrapper)


def _wrapper(
    original: Callable[..., Any],
    begin: Callable[[str], int],
    imported: Callable[[str, Any, int], None],
    drop_own_entry: Callable[[BaseException], None],
) -> Any:
    def _find_and_load_unlocked(name: str, import_: Any, *more: Any, **named: Any) -> Any:
        begin_ns = begin(name)
        try:
            module = original(name, import_, *more, **named)
        except BaseException as error:
            imported(name, None, begin_ns)
            drop_own_entry(error)
            raise
        imported(name, module, begin_ns)
        return module

    return _find_and_load_unlocked


def _begin(name: str) -> int:
    """When an import begins, ns; 0 when it is for us."""
    try:
        if _for_us and get_ident() in _for_us:
            _for_us[get_ident()].append(name)
            return 0
        if name.startswith("_lockstep"):
            _for_us[get_ident()] = []
            return -1
    except Exception as failure:
        recorder.probe_failed("imports", failure)
    return perf_counter_ns()


def _end(name: str, module: Any, begin_ns: int) -> None:
    """An import has ended; ``module`` is None when it failed (or, since 3.15, when a submodule that
    is imported lazily is not there)."""
    if not begin_ns:
        return
    duration_ns = perf_counter_ns() - begin_ns
    try:
        if begin_ns < 0:
            _forget(_for_us.pop(get_ident(), ()))
            return
        if module is None:
            return
        for call in after_import:
            call(name, module)
        if duration_ns >= SLOW_NS and "imports" not in recorder.disabled:
            for tell in recorder.on_import:
                tell(name, begin_ns, duration_ns)
    except Exception as failure:
        recorder.probe_failed("imports", failure)


def _forget(names: Iterable[str]) -> None:
    """What was imported only for a module of ours is not imported, as far as the program can see."""
    for name in names:
        if not name.startswith("_lockstep"):
            sys.modules.pop(name, None)
    package = sys.modules.get("_lockstep")
    for folder in getattr(package, "__path__", ()):  # importlib remembers what it has searched
        for path in (folder, folder + "/patches"):
            sys.path_importer_cache.pop(path, None)
