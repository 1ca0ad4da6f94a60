"""Growing session folders, read as they are written."""

from engine.tail.folder import Tail

__all__ = ["Tail"]
