"""Takes the agent along into the programs that this one starts, and records their start.

It travels on the command line, through the call that starts the process: nothing is put into
the environment, and a child that is no Python, or none that we know, is started as it was
meant to be.  A forked child carries the agent by itself; only its number has to be told.
"""

from __future__ import annotations

import os
import sys

from . import carrying, gil, hidden, pythons, recorder
from .carrying import PROBE, environment_of, is_terminal, place, rewritten, told
from .layout import Kind
from .patches.stand_in import StandIn
from .trim import drop_own_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    Action = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]


class _Start(StandIn):
    """Stands for a function that starts a process.  Its frames are hidden where that can be done:
    the interpreter warns of forks in the name of the nearest frame."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._action(self._original, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise


def install(token: str) -> None:
    """Stand in for the calls that start processes, and for those in modules imported later."""
    carrying.token = token
    gil.resumed_by_caller = True
    for module in (sys.modules.get("posix") or sys.modules.get("nt"), sys.modules.get("os")):
        if module is not None:
            for name, action in _SYSTEM.items():
                _put(module, name, action)
    hidden.hide(_Start.__call__.__code__, _fork_exec.__code__, *[f.__code__ for f in _SYSTEM.values()])
    for name in ("_posixsubprocess", "_winapi"):
        module = sys.modules.get(name)
        if module is not None:
            imported(name, module)


def imported(name: str, module: ModuleType) -> None:
    """Called after every import."""
    if name == "_posixsubprocess":
        _put(module, "fork_exec", _fork_exec)
    elif name == "_winapi":
        from . import windows_children

        _put(module, "CreateProcess", windows_children.create_process)


def _put(module: ModuleType, name: str, action: Any) -> None:
    original = getattr(module, name, None)
    if original is None or type(original) is _Start:
        return
    home = sys.modules.get("posix")
    known = getattr(home, name, None) if home is not None else None
    if type(known) is _Start and known._original is original:
        setattr(module, name, known)
        return
    setattr(module, name, _Start(original, action))


# --- fork -----------------------------------------------------------------------------------


def _fork(original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        result = original(*args, **kwargs)
    except BaseException as error:
        gil.resume()
        drop_own_entry(error)
        raise
    gil.resume()
    pid = result[0] if type(result) is tuple else result
    if pid and recorder.started and PROBE not in recorder.disabled:
        try:
            recorder.emit(Kind.FORKED, 0, pid, 0, place(0))
        except Exception as error:
            recorder.probe_failed(PROBE, error)
    return result


# --- other programs -------------------------------------------------------------------------


def _fork_exec(original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``_posixsubprocess.fork_exec(args, executables, close_fds, pass_fds, cwd, env, p2cread, …)``."""
    carried = False
    if PROBE not in recorder.disabled:
        try:
            changed = _fork_exec_changed(args)
            if changed is not None:
                args, carried = changed, True
        except (TypeError, ValueError, IndexError):  # wrong arguments: the call itself says so
            pass
        except Exception as error:
            recorder.probe_failed(PROBE, error)
    try:
        pid = original(*args, **kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise
    told(pid, carried)
    return pid


def _fork_exec_changed(args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    argv, executables, _, _, cwd, environment, stdin = args[:7]
    identity, preexec = (17, 21) if sys.version_info >= (3, 11) else (16, 20)
    changes_user = any(value not in (None, -1, False) for value in args[identity : identity + 3])
    if (changes_user or (args[preexec] is not None and os.geteuid() == 0)) and not _everybody_may_read():
        return None
    folder = os.fsdecode(cwd) if cwd is not None else ""
    found = rewritten(
        [os.fsdecode(path) for path in executables],
        argv,
        folder,
        environment,
        lambda: is_terminal(stdin if stdin != -1 else 0),
    )
    if found is None:
        return None
    return (found[1], (os.fsencode(found[0]),), *args[2:])


_readable: list[bool] = []
_stat = os.stat  # as it was when this was loaded, as in pythons


def _everybody_may_read() -> bool:
    """Whether a process of another user can read the bootstrap."""
    if not _readable:
        path, right = carrying.BOOTSTRAP, 0o4
        answer = True
        while answer:
            answer = bool(_stat(path).st_mode & right)
            above = os.path.dirname(path)
            if above == path:
                break
            path, right = above, 0o1
        _readable.append(answer)
    return _readable[0]


def _posix_spawn(original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``posix_spawn(path, argv, env, …)``, also ``posix_spawnp``."""
    carried = False
    given = args
    if PROBE not in recorder.disabled:
        try:
            path, argv, environment = args[:3]
            name = os.fsdecode(path)
            candidates = [name]
            if original.__name__ == "posix_spawnp":
                candidates = pythons.on_path(name, environment_of(None))
            found = rewritten(candidates, argv, "", environment, lambda: is_terminal(0))
            if found is not None:
                given, carried = (found[0], found[1], *args[2:]), True
        except Exception:  # wrong arguments: the call itself says so
            given, carried = args, False
    try:
        pid = original(*given, **kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise
    told(pid, carried)
    return pid


def _exec(original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``execv(path, argv)`` and ``execve(path, argv, env)``: this process becomes another program."""
    given = args
    if PROBE not in recorder.disabled:
        try:
            path, argv = args[:2]
            environment = args[2] if len(args) > 2 else kwargs.get("env")
            if not isinstance(path, int):
                found = rewritten([os.fsdecode(path)], argv, "", environment, lambda: is_terminal(0))
                if found is not None:
                    given = (found[0], found[1], *args[2:])
            text = recorder.string("os." + original.__name__)
            recorder.emit(Kind.CALLED, text, int(given is not args), 0, place(0))
        except Exception:  # wrong arguments: the call itself says so
            given = args
    try:
        return original(*given, **kwargs)
    except BaseException as error:
        drop_own_entry(error)
        raise


_SYSTEM: dict[str, Any] = {
    "fork": _fork,
    "forkpty": _fork,
    "posix_spawn": _posix_spawn,
    "posix_spawnp": _posix_spawn,
    "execv": _exec,
    "execve": _exec,
}
