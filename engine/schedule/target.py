"""What is run under control: a script, a scenario with its parameters, or a function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import LockstepError


@dataclass(frozen=True)
class Target:
    """A program for controlled runs.

    ``path``: the script, or the file that ``call`` (a qualified name in it) is found in;
    ``files``: whose threads are stopped, ``path`` among them when empty; ``interpreter``: path or
    name, "" for the one that runs us; ``seed``: for ``random``; ``wrong``: a regular expression that
    what the program writes must not match; ``scenario`` and ``parameters`` are noted.
    """

    path: Path
    args: Sequence[str] = ()
    files: Sequence[Path] = ()
    call: str = ""
    module: str = ""
    interpreter: str = ""
    seed: int = 0
    wrong: str = ""
    scenario: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def request(self) -> dict[str, Any]:
        """What the server is told."""
        path = self.path.resolve()
        files = [str(path), *(str(file.resolve()) for file in self.files if file.resolve() != path)]
        return {
            "path": str(path),
            "args": list(self.args),
            "files": files,
            "call": self.call,
            "path_first": [path or str(Path.cwd()) for path in sys.path] if self.call else [],
            "module": self.module,
            "seed": self.seed,
        }


def of_script(path: Path, args: Sequence[str] = (), interpreter: str = "", seed: int = 0) -> Target:
    """A script.  Raises LockstepError: it is not there, or cannot be read or compiled."""
    if not path.exists():
        raise LockstepError("script_missing", path=str(path))
    if path.is_dir():
        raise LockstepError("script_is_folder", path=str(path))
    return Target(path=path, args=args, interpreter=interpreter, seed=seed)


def of_function(function: Callable[[], object], files: Sequence[Path] = ()) -> Target:
    """A function without arguments at the top of a file; the file is run first, not as ``__main__``.

    Raises ValueError: it cannot be found again by its name (a lambda, a function in a function).
    """
    source = inspect.getsourcefile(function)
    name = getattr(function, "__qualname__", "")
    if source is None or not name or "<" in name:
        raise ValueError(f"{function!r} cannot be found by its name in a file")
    return Target(path=Path(source), call=name, module=getattr(function, "__module__", ""), files=files)
