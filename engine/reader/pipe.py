"""Objects through a pipe between two processes of ours, arrays not copied on the way.

A message is a head (how many parts, and how long each is), the pickled object, then the bytes of
its arrays.  Both ends are the same program of the same user: nothing else is ever unpickled.
"""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

_COUNT = struct.Struct("<I")


def send(pipe: IO[bytes], message: object) -> None:
    """Writes one message; waits while the other end is behind.  Raises OSError when it is gone."""
    arrays: list[pickle.PickleBuffer] = []
    head = pickle.dumps(message, protocol=5, buffer_callback=arrays.append)
    parts = [memoryview(head), *(array.raw() for array in arrays)]
    pipe.write(_COUNT.pack(len(parts)) + struct.pack(f"<{len(parts)}Q", *(part.nbytes for part in parts)))
    for part in parts:
        pipe.write(part)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """The next message.  Raises EOFError when the other end is gone, OSError."""
    (count,) = _COUNT.unpack(_read(pipe, _COUNT.size))
    lengths = struct.unpack(f"<{count}Q", _read(pipe, 8 * count))
    head, *arrays = [_read(pipe, length) for length in lengths]
    return pickle.loads(head, buffers=arrays)


def _read(pipe: IO[bytes], length: int) -> bytearray:
    data = bytearray(length)
    if length and pipe.readinto(data) != length:  # type: ignore[attr-defined]
        raise EOFError
    return data
