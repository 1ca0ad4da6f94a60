"""One window for each desktop: a second start hands its files to the first and ends.

A local socket, never the network: only the same user reaches it.  GUI thread only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE_MS = 3000
_LONGEST = 64 * 1024


def address() -> str:
    """The socket's name: one for each user, folder of settings and screen."""
    settings = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    parts = [str(Path.home()), settings, *(os.environ.get(n, "") for n in ("DISPLAY", "WAYLAND_DISPLAY"))]
    return f"lockstep-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:20]}"


def hand_over(files: Sequence[Path], name: str | None = None) -> bool:
    """Ask the window that is open already to show ``files``, or itself; False when there is none, or
    it does not answer."""
    socket = QLocalSocket()
    socket.connectToServer(name or address())
    if not socket.waitForConnected(PATIENCE_MS):
        return False
    message = json.dumps({"open": [str(file.absolute()) for file in files]}).encode() + b"\n"
    socket.write(message)
    socket.flush()
    answered = socket.bytesAvailable() > 0 or socket.waitForReadyRead(PATIENCE_MS)
    answer = bytes(socket.readAll().data()) if answered else b""
    socket.abort()
    return answer.startswith(b"ok")


class FirstWindow(QObject):
    """``asked`` (list of paths, may be empty): another start wants these shown."""

    asked = Signal(list)

    def __init__(self, parent: QObject | None = None, name: str | None = None) -> None:
        super().__init__(parent)
        self._name = name or address()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def listen(self) -> bool:
        """False when the socket cannot be had: then every start has a window of its own."""
        if self._server.listen(self._name):
            return True
        # What a window that was killed left behind: nobody answered there a moment ago.
        QLocalServer.removeServer(self._name)
        return bool(self._server.listen(self._name))

    def close(self) -> None:
        self._server.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """On the application: macOS hands a file over by an event, to the program that is open."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.asked.emit([Path(event.file())])
            return True
        return super().eventFilter(watched, event)

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda s=socket: self._read(s))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > _LONGEST:
            socket.abort()
            return
        if not socket.canReadLine():
            return
        try:
            told = json.loads(bytes(socket.readLine().data()))
            files = [Path(name) for name in told["open"] if isinstance(name, str)]
        except (ValueError, KeyError, TypeError):
            socket.abort()
            return
        socket.write(b"ok\n")
        socket.flush()
        self.asked.emit(files)
