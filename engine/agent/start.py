"""Starts the agent in this interpreter: files, clock, GIL, probes.

Whatever goes wrong here ends the recording, never the program.
"""

from __future__ import annotations

import sys

from . import children, gil, imports, options, patches, recorder
from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_started = False
_token = ""
_atexit: list[Any] = []


def read_conf(session: str) -> dict[str, str]:
    """``agent.conf`` of the session: ``name=value`` lines; empty when there is none."""
    import os

    try:
        descriptor = os.open(session + "/agent.conf", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return {}
    try:
        text = os.read(descriptor, 1 << 16).decode("utf-8", "replace")
    except OSError:
        return {}
    finally:
        os.close(descriptor)
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def start(request: options.Request) -> None:
    """Begin to record this process into the request's session.  Raises nothing."""
    global _started, _token
    _token = request.token
    try:
        _started = _start(request)
    except Exception:
        _started = False


def token() -> str:
    """What the session's processes are told apart by."""
    return _token


def start_in_interpreter(session: str, token: str, interpreter: int, present: frozenset[str]) -> None:
    """The same in an interpreter that the program has made within its process.  Raises nothing.

    ``present``: the names in ``sys.modules`` before anything of ours was imported.
    """
    global _started, _token
    _token = token
    try:
        request = options.Request()
        request.session = session
        _started = _start(request, interpreter)
        patch_loaded()
    except Exception:
        _started = False
    for name in [name for name in sys.modules if name not in present and not name.startswith("_lockstep")]:
        del sys.modules[name]


def _start(request: options.Request, interpreter: int = 0) -> bool:
    argv = [sys.executable or "", *request.head, *request.args]
    conf = read_conf(request.session)
    conf.update(request.conf)
    if not recorder.start(request.session, argv, gil.facts(), interpreter):
        return False
    recorder.before_fork.append(gil.before_fork)
    recorder.after_fork_parent.insert(0, gil.after_fork_parent)
    recorder.after_fork_child.append(_gil_after_fork_child)
    gil.start(recorder.line, recorder.process_folder, conf, recorder.interpreter, recorder.emit)
    recorder.thread_state = gil.current_tstate
    recorder.thread_line(recorder.current_thread(), "MainThread")  # again: its state is known now
    _atexit.append(fetch("atexit"))
    _atexit[0].register(_end)  # registered first, so called last
    return True


def uncaught(error: BaseException) -> None:
    """The main thread's program has ended with ``error``.  Raises nothing."""
    threads = sys.modules.get("_lockstep.patches.threads")
    if not _started or threads is None or isinstance(error, SystemExit):
        return
    try:
        if isinstance(error, KeyboardInterrupt):
            # CPython ends with SIGINT where that was the last thing to end any interpreter's code:
            # what the sampler's begins with takes it back.
            gil.stop()
        threads.failed(error, error.__traceback__)
    except Exception as failure:
        recorder.probe_failed("threads", failure)


def _atexit_again(name: str, module: Any) -> None:
    # Up to 3.9 only the functions of the copy imported last are called, and a copy that is not kept
    # leaves a dangling pointer.
    if name == "atexit" and module not in _atexit:
        _atexit.append(module)
        module.register(_end)


def _gil_after_fork_child() -> None:
    gil.after_fork_child(recorder.line, recorder.process_folder)


def _end() -> None:
    try:
        recorder.end()
        gil.stop()
    except Exception:
        pass


def patch_loaded() -> None:
    """Patch what is imported already, and from now on what will be.  Raises nothing."""
    if not _started:
        return
    try:
        children.install(_token)
        imports.after_import.append(children.imported)
        imports.after_import.append(patches.patch)
        if sys.version_info < (3, 10):
            imports.after_import.append(_atexit_again)
        if gil.wants_recheck:
            imports.after_import.append(lambda name, module: gil.recheck())
        imports.install()
        patches.install()
    except Exception as error:
        recorder.probe_failed("patches", error)
