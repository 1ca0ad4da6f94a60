"""A qtbot whose waits have the time that a busy machine needs: pytest-qt's own give up after 5 s."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

#: How long a wait goes on that was given no time of its own, ms.
PATIENCE_MS = 120_000


class PatientQtBot(QtBot):
    def waitUntil(self, *args: Any, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitUntil(*args, timeout=timeout, **more)

    def waitSignal(self, *args: Any, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignal(*args, timeout=timeout, **more)

    def waitSignals(self, *args: Any, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignals(*args, timeout=timeout, **more)

    def waitExposed(self, *args: Any, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitExposed(*args, timeout=timeout, **more)

    def waitActive(self, *args: Any, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitActive(*args, timeout=timeout, **more)
