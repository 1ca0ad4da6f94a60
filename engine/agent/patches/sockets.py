"""``socket`` and ``ssl``: connect, accept, receive and send of sockets that block.

``socket.socket`` is a class written in Python over one written in C, so methods can stand in
it, in front of those it inherits; subclasses, ``ssl.SSLSocket`` among them, go on as before.
A socket that does not block (``gettimeout() == 0``) is passed on at once.
"""

from __future__ import annotations

from .. import recorder
from ..layout import Wait
from ..trim import drop_own_entry
from . import naming, replace, waits
from .frames import caller
from .instances import Instances
from .stand_in import install as stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROBE = "sockets"

#: [serial or 0, name, place] by socket
sockets = Instances()

_RECEIVE = ("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into")
_SEND = ("send", "sendall", "sendto", "sendmsg")
_FUNCTION = type(lambda: None)


def _serial_of(sock: Any) -> int:
    """The serial of a socket; it is described when it waits for the first time."""
    state = sockets.get(sock)
    if state is None:
        state = sockets.put(sock, [0, "", 0])
    if not state[0]:
        state[0] = recorder.new_serial()
        recorder.describe(state[0], "Socket", state[1], state[2], family="socket", fd=sock.fileno())
    return state[0]  # type: ignore[no-any-return]


def _watch(cls: Any, name: str, reason: int) -> None:
    """Record calls of ``cls.name``, which the class may inherit."""
    if name not in cls.__dict__ and not hasattr(cls, name):
        return
    inherited = getattr(cls, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            timeout = self.gettimeout()
            if timeout == 0 or PROBE in recorder.disabled or waits.silent():
                return inherited(self, *args, **kwargs)
            serial = place = 0
            try:
                serial, place = _serial_of(self), recorder.nearest(caller(1))
            except Exception as error:
                recorder.probe_failed(PROBE, error)
            seconds = waits.timeout_ns(timeout)
            return waits.call_outer(PROBE, serial, reason, seconds, place, inherited, (self, *args), kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    if name in cls.__dict__:
        replace(cls, name, method)
        return
    for attribute in ("__name__", "__qualname__", "__doc__"):
        setattr(method, attribute, getattr(inherited, attribute))
    method.__module__ = cls.__module__
    method.__annotations__ = {}
    setattr(cls, name, method)


def _patch_socket(module: Any) -> None:
    cls = module.socket

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_init(self, *args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise
        try:
            if PROBE not in recorder.disabled:
                frame = caller(1)
                name, place = naming.name_and_place(frame, self)
                sockets.put(self, [0, "" if naming.made_by_stdlib(frame) else name, place])
        except Exception as error:
            recorder.probe_failed(PROBE, error)

    original_init = replace(cls, "__init__", __init__)
    _watch(cls, "connect", Wait.CONNECT)
    _watch(cls, "connect_ex", Wait.CONNECT)
    _watch(cls, "accept", Wait.ACCEPT)
    for name in _RECEIVE:
        _watch(cls, name, Wait.READ)
    for name in _SEND:
        _watch(cls, name, Wait.WRITE)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo"):
        _watch_look_up(module, name)


def _watch_look_up(module: Any, name: str) -> None:
    """Names are looked up in the network."""
    function = getattr(module, name, None)
    if function is None:
        return

    def look_up(*args: Any, **kwargs: Any) -> Any:
        try:
            if PROBE in recorder.disabled or waits.silent():
                return function(*args, **kwargs)
            place = waits.place_of(PROBE, caller(1))
            return waits.call_outer(PROBE, 0, Wait.OTHER, -1, place, function, args, kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    if type(function) is _FUNCTION:
        replace(module, name, look_up)
        return

    def action(original: Any, args: Any, kwargs: Any) -> Any:
        try:
            return look_up(*args, **kwargs)
        except BaseException as error:
            drop_own_entry(error)
            raise

    stand_in(module, name, action)


def _patch_ssl(module: Any) -> None:
    cls = module.SSLSocket
    _watch(cls, "do_handshake", Wait.CONNECT)
    _watch(cls, "read", Wait.READ)
    _watch(cls, "write", Wait.WRITE)
    _watch(cls, "send", Wait.WRITE)
    _watch(cls, "sendall", Wait.WRITE)
    _watch(cls, "unwrap", Wait.READ)


MODULES = {"socket": _patch_socket, "ssl": _patch_ssl}
