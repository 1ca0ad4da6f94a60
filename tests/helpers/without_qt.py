"""Makes Qt impossible to import, so that tests of the engine show that it needs none."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

NAMES = ("PySide6", "shiboken6", "pyqtgraph", "gui")


class NoQt:
    """A finder that refuses Qt's modules and those of the window."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.split(".")[0] in NAMES:
            raise ModuleNotFoundError(f"{name} cannot be imported in tests of the engine", name=name)
        return None


def refuse_qt() -> None:
    for name in NAMES:
        if name in sys.modules:
            raise RuntimeError(f"{name} was imported before it could be refused")
    sys.meta_path.insert(0, NoQt())
