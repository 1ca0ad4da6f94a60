"""One window for each desktop: a second start hands its files to the first and ends.

A local socket, never the network: only the same user reaches it.  GUI thread only.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDir, QEvent, QLockFile, QObject, QStandardPaths, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket

#: A window that lives answers, however busy its machine: only one that hangs lets this time pass.
PATIENCE_MS = 60_000
#: Somebody listens or nobody does; no answer of the window's is needed for that.
_CONNECT_MS = 5000
#: How often a window may go away while it is asked.
_TRIES = 5
_LONGEST = 64 * 1024


def address() -> str:
    """The socket's name: one for each user, folder of settings and screen."""
    settings = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    parts = [str(Path.home()), settings, *(os.environ.get(n, "") for n in ("DISPLAY", "WAYLAND_DISPLAY"))]
    return f"lockstep-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:20]}"


class FirstWindow(QObject):
    """``asked`` (list of paths, may be empty): another start wants these shown."""

    asked = Signal(list)

    def __init__(self, parent: QObject | None = None, name: str | None = None) -> None:
        super().__init__(parent)
        self._name = name or address()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def joins(self, files: Sequence[Path], patience_ms: int = PATIENCE_MS) -> bool:
        """Ask the window that is open already to show ``files``, or itself; True when it does.

        Otherwise this start has a window of its own, which the next ones join: they are heard from
        now on, and answered once the event loop runs.  Beside one that hangs, nobody joins it.
        """
        for _ in range(_TRIES):
            # Of two that start together, the second must find the first one listening.
            lock = QLockFile(QDir.temp().absoluteFilePath(f"{self._name}.lock"))
            lock.tryLock(_CONNECT_MS)
            socket = self._connected()
            if socket is None:
                self._listen()
            lock.unlock()
            if socket is None:
                return False
            answer = _answer(socket, files, patience_ms)
            if answer is not None:
                return answer
        return False

    def _connected(self) -> QLocalSocket | None:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        return socket if socket.waitForConnected(_CONNECT_MS) else None

    def _listen(self) -> None:
        """Where the socket cannot be had, every start has a window of its own."""
        if not self._server.listen(self._name):
            # What a window that was killed left behind: nobody listens there.
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)

    @property
    def listens(self) -> bool:
        return bool(self._server.isListening())

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
            late = time.monotonic_ns() > int(told["until_ns"])
        except (ValueError, KeyError, TypeError):
            socket.abort()
            return
        if late:  # whoever asked has opened a window of its own meanwhile
            socket.abort()
            return
        socket.write(b"ok\n")
        socket.flush()
        self.asked.emit(files)


def _answer(socket: QLocalSocket, files: Sequence[Path], patience_ms: int) -> bool | None:
    """Whether the window at the other end shows ``files``; None when it went away instead."""
    until_ns = time.monotonic_ns() + patience_ms * 1_000_000
    question = {"open": [str(file.absolute()) for file in files], "until_ns": until_ns}
    socket.write(json.dumps(question).encode() + b"\n")
    socket.flush()
    answered = socket.bytesAvailable() > 0 or socket.waitForReadyRead(patience_ms)
    if not answered and socket.state() is not QLocalSocket.LocalSocketState.ConnectedState:
        return None
    answer = bytes(socket.readAll().data()) if answered else b""
    socket.abort()
    return answer.startswith(b"ok")
