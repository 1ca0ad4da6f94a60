"""Pseudo-terminals (or pipes) for the program's standard streams, and what goes through them.

Over a pipe Python buffers: output would come only at the exit, and ``os._exit`` would lose it.
One terminal a stream keeps standard output and standard error apart.  They change nothing of
what goes through (no ``\\r\\n``) and do not echo.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

from engine.observer.launcher import Streams
from engine.observer.output import OutputFile

#: Input that waits to be read by the program; more is refused.
MOST_INPUT = 1 << 20
_PIECE = 65536
#: What a pipe or terminal takes without blocking once it is writable (PIPE_BUF).
_SAFE_WRITE = 4096


def _raw(descriptor: int) -> None:
    """Pass output on as it is; no echo.  Line editing and ^C of input stay."""
    import termios

    attributes = termios.tcgetattr(descriptor)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~(termios.ECHO | termios.ECHONL)
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def set_size(descriptor: int, columns: int, rows: int) -> None:
    """Tell the programs behind a terminal how large it is."""
    import fcntl
    import struct
    import termios

    try:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    except OSError:
        pass


def _open_terminal(columns: int, rows: int) -> tuple[int, int]:
    """(our end, the program's end)."""
    import pty

    ours, theirs = pty.openpty()
    os.set_inheritable(ours, False)
    os.set_inheritable(theirs, False)
    _raw(theirs)
    set_size(ours, columns, rows)
    os.set_blocking(ours, False)
    return ours, theirs


class Channel:
    """One captured stream of the program: ``descriptor`` is our end, -1 when it has ended."""

    def __init__(self, descriptor: int, stream: int, copy_to: int) -> None:
        self.descriptor = descriptor
        self.stream = stream
        self.copy_to = copy_to  # a descriptor of ours that everything is passed on to, -1 none
        self.waiting = b""  # not passed on yet

    @property
    def held_up(self) -> bool:
        """Whoever reads our own output is slower: then the program has to wait, as it would without us."""
        return len(self.waiting) > _PIECE


class Console:
    """The program's standard streams, seen from our side.  Used by the guard, in its one thread."""

    def __init__(self, output: OutputFile | None) -> None:
        self._output = output
        self.channels: list[Channel] = []
        self.streams = Streams()
        self._input = -1
        self._pending = b""

    @classmethod
    def with_terminals(cls, output: OutputFile, columns: int, rows: int) -> Console:
        """Three terminals: nothing is passed on, input is sent with ``send``."""
        console = cls(output)
        ours_in, theirs_in = _open_terminal(columns, rows)
        ours_out, theirs_out = _open_terminal(columns, rows)
        ours_err, theirs_err = _open_terminal(columns, rows)
        console._input = ours_in
        console.channels = [Channel(ours_out, 1, -1), Channel(ours_err, 2, -1)]
        console.streams = Streams(theirs_in, theirs_out, theirs_err, terminal=True)
        return console

    @classmethod
    def passing_on(cls, output: OutputFile) -> Console:
        """Standard output and error go through us to our own; input stays untouched."""
        console = cls(output)
        theirs = []
        for stream in (1, 2):
            if os.isatty(stream):
                size = os.get_terminal_size(stream)
                ours, end = _open_terminal(size.columns, size.lines)
            else:
                ours, end = os.pipe()
                os.set_blocking(ours, False)
            console.channels.append(Channel(ours, stream, stream))
            theirs.append(end)
        console.streams = Streams(-1, theirs[0], theirs[1])
        return console

    def become_terminal(self) -> None:
        """Make the program's standard input our controlling terminal; we lead a session without one.
        When we end, whoever is in its foreground is hung up."""
        import fcntl
        import termios

        fcntl.ioctl(self.streams.stdin, termios.TIOCSCTTY, 0)

    # --- for the guard's loop -------------------------------------------------------------------

    def close_program_ends(self) -> None:
        """After the follower has them: else our end would never see the end of the stream."""
        for descriptor in {self.streams.stdin, self.streams.stdout, self.streams.stderr} - {-1}:
            os.close(descriptor)

    def close_our_ends(self) -> None:
        """In the follower's process."""
        for descriptor in [self._input, *(channel.descriptor for channel in self.channels)]:
            if descriptor >= 0:
                os.close(descriptor)
        self.channels = []
        self._input = -1

    def readers(self) -> list[int]:
        return [
            channel.descriptor for channel in self.channels if channel.descriptor >= 0 and not channel.held_up
        ]

    def writers(self) -> list[int]:
        waiting = [channel.copy_to for channel in self.channels if channel.waiting]
        return [*waiting, self._input] if self._pending and self._input >= 0 else waiting

    def transfer(self, readable: list[int], writable: list[int]) -> None:
        """Move what can be moved without waiting."""
        for channel in self.channels:
            if channel.descriptor in readable:
                self._read(channel)
            if channel.waiting and channel.copy_to in writable:
                self._pass_on(channel)
        if self._input in writable:
            self._feed()

    def _read(self, channel: Channel) -> None:
        pieces = []
        size = 0
        ended = False
        while size < _PIECE:
            try:
                data = os.read(channel.descriptor, _PIECE)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.EIO:  # EIO: the last program end of a terminal was closed
                    raise
                data = b""
            if not data:
                ended = True
                break
            pieces.append(data)
            size += len(data)
        if pieces:
            data = b"".join(pieces)
            if self._output is not None:
                self._output.add(channel.stream, data)
            if channel.copy_to >= 0:
                channel.waiting += data
        if ended:
            os.close(channel.descriptor)
            channel.descriptor = -1

    def _pass_on(self, channel: Channel) -> None:
        try:
            count = os.write(channel.copy_to, channel.waiting[:_SAFE_WRITE])
            channel.waiting = channel.waiting[count:]
        except BlockingIOError:
            return
        except OSError:  # nobody reads any more: the program has to notice, as it would without us
            channel.waiting = b""
            channel.copy_to = -1
            if channel.descriptor >= 0:
                os.close(channel.descriptor)
                channel.descriptor = -1

    def drain(self, until: Callable[[], bool]) -> None:
        """Read what is left after the last process has ended, and pass it on, while ``until`` is False."""
        import select

        while not until():
            readers, writers = self.readers(), self.writers()
            if not readers and not writers:
                return
            readable, writable, _ = select.select(readers, writers, [], 0.2)
            if not readable and not writable and not any(channel.waiting for channel in self.channels):
                return  # somebody else holds the program's end open
            self.transfer(readable, writable)

    # --- input ----------------------------------------------------------------------------------

    def send(self, data: bytes) -> bool:
        """Queue input for the program; False when it does not read (or has no input of ours)."""
        if self._input < 0 or len(self._pending) + len(data) > MOST_INPUT:
            return False
        self._pending += data
        return True

    def send_end(self) -> bool:
        """End of input: ^D, which ends the file when a line has just ended."""
        return self.send(b"\x04")

    def _feed(self) -> None:
        try:
            count = os.write(self._input, self._pending[:1024])
            self._pending = self._pending[count:]
        except BlockingIOError:
            return
        except OSError:
            self._pending = b""
            os.close(self._input)
            self._input = -1

    def resize(self, columns: int, rows: int) -> None:
        for descriptor in [self._input, *(channel.descriptor for channel in self.channels)]:
            if descriptor >= 0:
                set_size(descriptor, columns, rows)

    def follow_our_size(self) -> None:
        """Our own terminal has another size now."""
        for channel in self.channels:
            if channel.descriptor >= 0 and channel.copy_to >= 0 and os.isatty(channel.copy_to):
                size = os.get_terminal_size(channel.copy_to)
                set_size(channel.descriptor, size.columns, size.lines)

    def close(self) -> None:
        for channel in self.channels:
            if channel.descriptor >= 0:
                os.close(channel.descriptor)
                channel.descriptor = -1
        if self._input >= 0:
            os.close(self._input)
            self._input = -1


def supported() -> bool:
    """Whether there are pseudo-terminals here."""
    return sys.platform != "win32"
