"""Stand-ins for functions that are written in C, such as ``time.sleep``.

A Python function in its place would become a method when it stands in a class body
(``sleep = time.sleep``), and would be told apart by ``isinstance`` and ``repr``.  A stand-in
is an object that is called instead: it does not bind, says of itself what the original
says, and is pickled and copied by its name, so that a child without us gets the original.
"""

from __future__ import annotations

import sys

from ..trim import drop_own_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_BUILTIN_FUNCTION = type(len)


class StandIn:
    """Called instead of ``original``: ``action(original, args, kwargs)`` gives the result.

    ``action`` must call ``original`` exactly once and must let its exceptions through.
    """

    __name__: str

    def __init__(self, original: Any, action: Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]) -> None:
        self._original = original
        self._action = action
        for name in ("__doc__", "__module__", "__name__", "__qualname__", "__self__"):
            self.__dict__[name] = getattr(original, name, None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._action(self._original, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    def __repr__(self) -> str:
        return repr(self._original)

    def __reduce__(self) -> str:
        return self.__name__

    def __getattr__(self, name: str) -> Any:
        # __text_signature__ and whatever else the original has
        return getattr(self._original, name)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return _BUILTIN_FUNCTION


def install(module: Any, name: str, action: Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]) -> None:
    """Put a stand-in in the place of ``module.name``, and where the same function is known besides.

    The functions of ``os`` also stand in ``posix``, ``threading.Lock`` is ``_thread.allocate_lock``:
    that is where pickle looks for them, so both get the same stand-in.  A name that the platform
    does not have is passed over.
    """
    original = getattr(module, name, None)
    if original is None or type(original) is StandIn:
        return
    home = sys.modules.get(getattr(original, "__module__", None) or "")
    own_name = getattr(original, "__name__", name)
    there = getattr(home, own_name, None)
    if type(there) is StandIn and there._original is original:
        setattr(module, name, there)
        return
    stand_in = StandIn(original, action)
    setattr(module, name, stand_in)
    if home is not None and there is original:
        setattr(home, own_name, stand_in)
