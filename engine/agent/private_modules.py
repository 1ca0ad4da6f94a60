"""Modules that the agent needs and the program may not have loaded.

A program can ask ``sys.modules`` what is loaded, and imports of its own take time that it may
measure; so what is brought in only for us is taken out again.  Only modules written in C
without state of their own are fetched this way: a second import by the program gives it its
own, working copy.

They are looked for where the interpreter looked before the program's folder stood in
``sys.path``: a ``mmap.py`` of the program's is not for us.
"""

from __future__ import annotations

import _frozen_importlib as _bootstrap  # type: ignore[import-not-found,unused-ignore]
import _frozen_importlib_external as _external  # type: ignore[import-not-found,unused-ignore]
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_OURS = __file__.replace("\\", "/").rpartition("/")[0]
_PATH = [path for path in sys.path if path.replace("\\", "/").rstrip("/") != _OURS]

_kept: dict[str, ModuleType] = {}


def fetch(name: str) -> ModuleType:
    """The top-level module ``name``; ``sys.modules`` is left as it was.

    Every call gives the same.  Raises ImportError when there is no such module.
    """
    module = _kept.get(name)
    if module is None:
        present = sys.modules.get(name)
        if present is None:
            module = _load_ctypes() if name == "_ctypes" else _load(name)
        else:
            module = present
        _kept[name] = module
    return module


def _load(name: str) -> ModuleType:
    spec = _bootstrap.BuiltinImporter.find_spec(name) or _bootstrap.FrozenImporter.find_spec(name)
    if spec is None:
        spec = _external.PathFinder.find_spec(name, _PATH)
    if spec is None:
        raise ImportError("no module " + name)
    try:
        return _bootstrap._load(spec)  # type: ignore[attr-defined,no-any-return,unused-ignore]
    finally:
        sys.modules.pop(name, None)


#: Descriptors of ours that a program could notice get numbers from here on.
_HIGH = 200


def _load_ctypes() -> ModuleType:
    """Some builds of libffi keep a file open; it must not take a number that the program's own first
    file would get, nor reach the programs it starts."""
    taken: list[int] = []
    try:
        try:
            taken.append(os.open(os.devnull, os.O_RDONLY))
            while taken[-1] < _HIGH:
                taken.append(os.dup(taken[0]))
        except OSError:
            pass
        module = _load("_ctypes")
        if taken:
            _close_at_exec(taken[-1] + 1)
        return module
    finally:
        for descriptor in taken:
            os.close(descriptor)


def _close_at_exec(descriptor: int) -> None:
    try:
        if "libffi" in os.readlink("/proc/self/fd/%d" % descriptor):
            os.set_inheritable(descriptor, False)
    except (OSError, AttributeError):
        pass
