"""Ways round faults of the packages used.  Each names the fault and says when it can go."""

from __future__ import annotations

import builtins
import ctypes
import sys


def keep_none_alive() -> bool:
    """PySide6 6.12.0 on Python 3.10 and 3.11: a method without a result returns ``None`` without
    taking a reference to it (its wheels take ``None`` for immortal, which it is from 3.12 on), so
    that the interpreter dies with "none_dealloc" after some thousand calls.  Versions up to
    6.11.2 are right.

    When the fault shows, ``None`` gets so many references that it cannot run out of them.  Can go
    when 6.12.0 is forgotten.  Returns whether the fault was there.  Call before any other Qt.
    """
    if sys.version_info >= (3, 12):
        return False
    from PySide6.QtCore import QPoint

    point = QPoint()
    calls = 64
    before = sys.getrefcount(None)
    for _ in range(calls):
        point.setX(1)
    if before - sys.getrefcount(None) < calls // 2:
        return False
    # PyObject.ob_refcnt is the first word of every object in these versions.
    ctypes.c_ssize_t.from_address(id(None)).value += 1 << 60
    return True


def leave_imports_alone() -> bool:
    """PySide6 puts itself before ``import`` and reads the source of every module imported after it, to
    see whether that uses ``from __feature__ import ...``: half of what our modules take to load.  We use
    no such feature, so ``import`` is Python's own again.  Can go when PySide6 does this only for those
    who ask for a feature.  Returns whether it was so.  Call once PySide6.QtCore is imported.
    """
    before = getattr(builtins, "__orig_import__", None)
    if before is None or builtins.__import__ is not getattr(builtins, "__feature_import__", None):
        return False
    builtins.__import__ = before
    return True
