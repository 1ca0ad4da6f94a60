"""Runs the program in ``__main__`` as the interpreter would have done.

What Python does is written in Modules/main.c (``pymain_run_python``), Python/pythonrun.c
(``_PyRun_SimpleFileObject``) and Python/pathconfig.c (``_PyPathConfig_ComputeSysPath0``); every
step here names its counterpart.  Exceptions leave through the interpreter's own exit path, so
``SystemExit``, exit status, SIGINT after KeyboardInterrupt and ``-i`` need nothing of ours.
"""

from __future__ import annotations

import _frozen_importlib as _bootstrap  # type: ignore[import-not-found,unused-ignore]
import _frozen_importlib_external as _external  # type: ignore[import-not-found,unused-ignore]
import os
import sys

from . import hidden, interpreter_calls, options, trim
from .private_modules import fetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType
    from typing import Any

#: What stands in ``__main__`` before a program begins.
_NAMES = frozenset(
    (
        "__name__",
        "__doc__",
        "__package__",
        "__loader__",
        "__spec__",
        "__annotations__",
        "__builtins__",
        "__file__",
        "__cached__",
    )
)

_SHOWS_COMMAND_LINES = sys.version_info >= (3, 13)


class _Exit:
    """Around the program, in the bootstrap's frame: no exception shows that we were there."""

    #: Code whose entries in a traceback are ours.
    codes: tuple[Any, ...] = ()
    #: Is told of the exception that ended the program.
    told: Callable[[BaseException], None] | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            while error.__traceback__ is not None and error.__traceback__.tb_frame.f_code in self.codes:
                if error.__traceback__.tb_next is None or not trim.drop_entry(error):
                    _show_without_traceback()
                    break
            if self.told is not None:
                self.told(error)
        hidden.come_back()


def _show_without_traceback() -> None:
    """The program could not even begin (a syntax error), so its traceback has only our entries."""
    original = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        sys.excepthook = original
        if hasattr(sys, "last_traceback"):
            sys.last_traceback = None
        original(kind, error.with_traceback(None), None)

    sys.excepthook = show


leaving = _Exit()


def run(present: frozenset[str], searched: frozenset[str], frame: FrameType) -> None:
    """Start the agent and run the program; its exceptions come out.

    ``present`` and ``searched``: the names in ``sys.modules`` and ``sys.path_importer_cache`` before
    anything of ours was imported; ``frame``: the bootstrap's.
    """
    action, arguments = _prepare(present, searched, frame)
    del present, searched, frame
    if action is _code:
        action, arguments = exec, (_code(*arguments), arguments[2])
    hidden.call_without_frames(action, *arguments)


def _prepare(
    present: frozenset[str], searched: frozenset[str], frame: FrameType
) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Make everything as it is when a program begins."""
    names = frame.f_globals
    bootstrap = names["__file__"]
    words, interpreter_options = _own_command_line(bootstrap)
    request = options.read(words, interpreter_options)
    leaving.codes = (frame.f_code, run.__code__, _code.__code__, hidden.call_without_frames.__code__)
    if hidden.be_quiet() or sys.version_info < (3, 12) or sys.gettrace() is sys.getprofile() is None:
        hidden.hide(frame.f_code, run.__code__, again=False)
        hidden.hide(_code.__code__, hidden.call_without_frames.__code__)
    try:
        from . import start
    except Exception:  # without us rather than not at all
        start = None  # type: ignore[assignment]
    if start is not None:
        start.start(request)
    _restore_argv(request)
    for name in [name for name in names if name not in _NAMES]:
        del names[name]
    names["__doc__"] = None
    _forget_imports(present, searched)
    if start is not None:
        leaving.told = start.uncaught
        start.patch_loaded()
        _forget_imports(present, searched)
    sys.path_importer_cache.pop(bootstrap, None)
    if _adds_path() and sys.path:
        del sys.path[0]
    return _program(request, names)


def _forget_imports(present: frozenset[str], searched: frozenset[str]) -> None:
    """What was imported only for us is not imported; what the program imports is its own."""
    modules, cache = sys.modules, sys.path_importer_cache
    for name in [name for name in modules if name not in present and not name.startswith("_lockstep")]:
        del modules[name]
    for path in [path for path in cache if path not in searched]:
        del cache[path]


def _own_command_line(bootstrap: str) -> tuple[list[str], list[str]]:
    """The words behind ``bootstrap`` and those between the interpreter and it."""
    original = getattr(sys, "orig_argv", None)
    words = sys.argv[1:]
    if original is None:  # before 3.10
        original = _command_line_from_system()
    count = len(original) - len(words)
    return words, list(original[1 : count - 1])


def _command_line_from_system() -> list[str]:
    try:
        descriptor = os.open("/proc/self/cmdline", os.O_RDONLY)
    except OSError:
        return [sys.executable, sys.argv[0], *sys.argv[1:]]
    try:
        data = b""
        while True:
            more = os.read(descriptor, 1 << 16)
            if not more:
                break
            data += more
    finally:
        os.close(descriptor)
    return [os.fsdecode(word) for word in data.split(b"\0")[:-1]]


def _restore_argv(request: options.Request) -> None:
    first = {options.MODULE: "-m", options.COMMAND: "-c"}.get(request.mode, request.target)
    sys.argv[:] = [first, *request.args]
    original = getattr(sys, "orig_argv", None)
    if original is not None:
        original[1:] = [*request.head, *request.args]


def _adds_path() -> bool:
    """Whether Python puts the script's folder in front of ``sys.path``."""
    flags = sys.flags
    return not (flags.isolated or getattr(flags, "safe_path", False))


# --- what is run ----------------------------------------------------------------------------


def _program(request: options.Request, names: dict[str, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    mode = request.mode
    if mode == options.SCRIPT:
        path = _absolute(request.target)
        importer = _importer(path)
        if importer is None:
            if _adds_path():
                sys.path.insert(0, _folder_of(request.target))
            return _script(path, names, request.skip_first_line)
        sys.path.insert(0, path)
        _no_file(names)
        return _run_module("__main__", False)
    if mode == options.MODULE:
        if _adds_path():
            try:
                sys.path.insert(0, os.getcwd())
            except OSError:
                pass
        _no_file(names)
        return _run_module(request.target, True)
    if _adds_path():
        sys.path.insert(0, "")
    if mode == options.COMMAND:
        _no_file(names)
        return _command(request.target, names)
    return _standard_input(names)


def _no_file(names: dict[str, Any]) -> None:
    names.pop("__file__", None)
    names.pop("__cached__", None)
    names["__loader__"] = _bootstrap.BuiltinImporter


def _absolute(path: str) -> str:
    """``config_run_filename_abspath`` (Python/initconfig.c)."""
    if os.path.isabs(path):
        return path
    try:
        return os.getcwd() + "/" + path
    except OSError:
        return path


def _folder_of(script: str) -> str:
    """``_PyPathConfig_ComputeSysPath0`` (Python/pathconfig.c) for a script."""
    return os.path.dirname(os.path.realpath(script))


def _importer(path: str) -> Any:
    """``get_path_importer`` (Python/import.c): what imports from ``path``, when it is a folder or a
    zip archive; None for a plain file."""
    cache = sys.path_importer_cache
    try:
        return cache[path]
    except KeyError:
        pass
    cache[path] = None
    for hook in sys.path_hooks:
        try:
            importer = hook(path)
        except ImportError:
            continue
        cache[path] = importer
        return importer
    return None


def _run_module(name: str, set_argv0: bool) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """``pymain_run_module`` (Modules/main.c)."""
    if set_argv0:
        sys.audit("cpython.run_module", name)
    import runpy

    return runpy._run_module_as_main, (name, set_argv0)  # type: ignore[attr-defined]


def _command(code: str, names: dict[str, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """``pymain_run_command`` (Modules/main.c)."""
    if sys.version_info >= (3, 14):
        code = _dedented(code)
    code += "\n"
    sys.audit("cpython.run_command", code)
    if sys.version_info < (3, 13):  # later, the source has to be told as well
        try:
            runner = interpreter_calls.run_text(code.encode(), names)
        except UnicodeEncodeError:
            runner = None
        if runner is not None:
            return runner
    return _code, (code, "<string>", names)


def _dedented(text: str) -> str:
    """``_PyUnicode_Dedent`` (Objects/unicodeobject.c), which does as ``textwrap.dedent``."""
    lines = text.split("\n")
    said = [line for line in lines if line and not line.isspace()]
    first, last = min(said, default=""), max(said, default="")
    margin = 0
    while margin < len(first) and first[margin] == last[margin] and first[margin] in " \t":
        margin += 1
    return "\n".join(["" if line.isspace() else line[margin:] for line in lines])


def _code(source: bytes | str, file: str, names: dict[str, Any]) -> Any:
    """The code of a program: source, or the contents of a ``.pyc`` file."""
    try:
        if file.endswith(".pyc") or source[:4] == _external.MAGIC_NUMBER:
            if source[:4] != _external.MAGIC_NUMBER:
                raise RuntimeError("Bad magic number in .pyc file")
            return fetch("marshal").loads(source[16:])
        code = compile(source, file, "exec", 0, True)
        if file == "<string>":
            _tell_source(code, source, file)
        return code
    except SyntaxError:  # as any other error; so that the frame can be hidden
        raise


def _tell_source(compiled: Any, code: Any, file: str) -> None:
    """``run_mod`` (Python/pythonrun.c): since 3.13 tracebacks show the lines of ``-c``."""
    if not _SHOWS_COMMAND_LINES:
        return
    import linecache

    key = compiled if hasattr(linecache, "_interactive_cache") else file
    linecache._register_code(key, code, file)  # type: ignore[attr-defined]


def _standard_input(names: dict[str, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """``pymain_run_stdin`` (Modules/main.c), when it is no terminal."""
    sys.audit("cpython.run_stdin")
    names["__file__"] = "<stdin>"
    names["__loader__"] = _bootstrap.BuiltinImporter
    runner = interpreter_calls.run_standard_input(names)
    if runner is not None:
        return runner
    pieces = []
    while True:
        piece = os.read(0, 1 << 16)
        if not piece:
            break
        pieces.append(piece)
    return _code, (b"".join(pieces), "<stdin>", names)


def _script(
    path: str, names: dict[str, Any], skip_first_line: bool
) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """``pymain_run_file`` (Modules/main.c) and ``_PyRun_SimpleFileObject`` (Python/pythonrun.c)."""
    sys.audit("cpython.run_file", path)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        _complain("can't open file %r: [Errno %d] %s" % (path, error.errno or 0, error.strerror))
        raise SystemExit(2) from None
    try:
        pieces = []
        while True:
            piece = os.read(descriptor, 1 << 20)
            if not piece:
                break
            pieces.append(piece)
    finally:
        os.close(descriptor)
    source = b"".join(pieces)
    names["__file__"] = path
    if "__cached__" in names:  # until 3.14
        names["__cached__"] = None
    if path.endswith(".pyc") or source[:4] == _external.MAGIC_NUMBER:
        names["__loader__"] = _external.SourcelessFileLoader("__main__", path)
        return _code, (source, path, names)
    names["__loader__"] = _external.SourceFileLoader("__main__", path)
    if skip_first_line:
        source = source[source.find(b"\n") :] if b"\n" in source else b""
        return _code, (source, path, names)
    runner = interpreter_calls.run_file(path, names)
    return runner if runner is not None else (_code, (source, path, names))


def _complain(text: str) -> None:
    original = getattr(sys, "orig_argv", None) or _command_line_from_system()
    message = "%s: %s\n" % (original[0], text)
    if sys.stderr is not None:
        sys.stderr.write(message)
        sys.stderr.flush()
