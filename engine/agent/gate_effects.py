"""What the instruction that a thread is about to run reads and writes, found without running it.

An access is ``(class, serial, mode)``: ``class`` names the variable ("g:balance", "a:value",
"c:" for what a container holds), ``serial`` the object it belongs to (0: not known, then it stands
for all of its class), ``mode`` is READ_MODE, WRITE_MODE, for locks ACQUIRE, RELEASE or TRY, for
threads JOIN.  ``EVERYTHING`` is the access of an
instruction whose effect is not known.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections import deque

from . import gate_ops as code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType
    from typing import Any

    Access = tuple[str, int, int]

READ_MODE, WRITE_MODE, ACQUIRE, RELEASE, TRY, JOIN = range(6)
#: Kinds whose serial numbers are the same in every schedule, so that they can be compared between runs.
STABLE = frozenset("LT")
#: Effects whose order is not told apart (what is printed), and marks that are none: the clock had moved
#: before this step, since nobody could go on; this thread had slept, or its time was up.
IGNORED = frozenset(("io", "moved", "woken"))
EVERYTHING = ("*", 0, WRITE_MODE)
UNRESOLVED = object()

_CONTAINERS = (list, dict, set, deque, bytearray)
_IMMUTABLE = (int, float, str, bytes, bool, type(None), tuple, frozenset, range, complex, type, slice,
              types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.MethodType)  # fmt: skip
_READS = frozenset("index count copy get keys values items __len__ __contains__ __getitem__ issubset "
                   "issuperset union intersection difference isdisjoint hex decode find".split())  # fmt: skip
#: Modules of the standard library whose functions only touch what their own locks guard.
_SYNCS = frozenset("threading queue _queue concurrent asyncio multiprocessing sched selectors".split())
#: Modules whose functions change nothing that a thread could share.
_PURE = frozenset(
    (
        "_abc _bisect _collections _datetime _decimal _functools _hashlib _heapq _operator _sha2 _sha256 "
        "_struct abc base64 binascii bisect cmath collections collections.abc contextlib copy "
        "dataclasses datetime decimal enum fractions functools hashlib heapq inspect itertools json math "
        "operator re statistics string struct textwrap time traceback types typing warnings weakref zlib "
    ).split()
)
_PURE_BUILTINS = frozenset(
    "range isinstance issubclass id abs round divmod pow chr ord hash callable type int float bool bytes "
    "complex tuple super hasattr getattr object property staticmethod classmethod slice bin hex oct "
    "globals locals memoryview".split()
)
_CONTENT_BUILTINS = frozenset(
    "len sum min max any all sorted list dict set frozenset enumerate zip map filter reversed repr str "
    "format iter ascii vars dir bytearray".split()
)
_OUTPUT = ("io", 0, WRITE_MODE)


def depend(ours: list[Access], theirs: list[Access], known: int = 0) -> bool:
    """Whether two steps do not commute.  ``known``: objects with serials up to this are the same in both
    (steps of different runs); 0: all are (steps of one run)."""
    for kind, serial, mode in ours:
        if kind in IGNORED:
            continue
        for other_kind, other_serial, other_mode in theirs:
            if other_kind in IGNORED:
                continue
            if kind == "*" or other_kind == "*":
                return True
            if kind != other_kind or not (mode in CHANGES or other_mode in CHANGES):
                continue
            if serial == other_serial or not serial or not other_serial:
                return True
            if known and kind not in STABLE and (serial > known or other_serial > known):
                return True
    return False


def between_processes(thing: Any) -> bool:
    """Whether ``thing`` lies in memory that processes share: ``multiprocessing``'s Value and Array, raw or
    with a lock, and the contents of ``shared_memory``."""
    kind: Any = type(thing)
    if kind is memoryview:
        return type(thing.obj).__module__ == "mmap"
    if kind.__module__ == "multiprocessing.sharedctypes":
        return True
    own = getattr(thing, "__dict__", None) if kind.__module__ == "ctypes" else None
    return type(own) is dict and "_wrapper" in own


def _shared_value(thing: Any) -> Any:
    try:
        return getattr(thing, "_obj", thing).value
    except (AttributeError, ValueError):
        return UNRESOLVED


CHANGES = frozenset((WRITE_MODE, ACQUIRE, RELEASE, TRY))


#: Flag of a code object whose variables have places of their own: a function's.
OPTIMIZED = 1


def locals_of(frame: FrameType) -> Mapping[str, Any]:
    """The variables of a frame by name.

    On 3.12 ``f_locals`` of a module or class takes the variable of a comprehension away from it when the
    trace function returns ("assigning None to unbound local"): there it is not asked for.
    """
    compiled = frame.f_code
    if compiled.co_flags & OPTIMIZED:
        return frame.f_locals
    if compiled.co_name == "<module>":
        return frame.f_globals
    return {} if sys.version_info[:2] == (3, 12) and compiled.co_nlocals else frame.f_locals


class Effects:
    """Finds accesses.  ``files``: the chosen files, whose functions are looked into when they run."""

    def __init__(self, files: frozenset[str], lock_types: tuple[type, ...]) -> None:
        self.files = files
        self._lock_types = lock_types
        #: the program uses ``multiprocessing``
        self.processes = False
        self.serials: dict[int, int] = {}
        self.alive: list[Any] = []

    def serial(self, thing: Any) -> int:
        """A number for an object.  Two that live at once never share one."""
        key = id(thing)
        number = self.serials.get(key)
        if number is None:
            number = self.serials[key] = len(self.serials) + 1
        return number

    # --- where a value is ---------------------------------------------------------------------

    def value(self, expr: Any, frame: FrameType) -> Any:
        """What the expression stands for, or UNRESOLVED; runs no code of the program."""
        if expr is None:
            return UNRESOLVED
        kind = expr[0]
        if kind == "fast":
            if not frame.f_code.co_flags & OPTIMIZED:  # of a comprehension in a module or class, from 3.12 on
                return UNRESOLVED
            return frame.f_locals.get(expr[1], UNRESOLVED)
        if kind in ("global", "name"):
            name = expr[1]
            if kind == "name":
                own = locals_of(frame)
                if name in own:
                    return own[name]
            found = frame.f_globals.get(name, UNRESOLVED)
            return getattr(builtins, name, UNRESOLVED) if found is UNRESOLVED else found
        if kind == "const":
            return expr[1]
        if kind == "attr":
            return self._attribute(self.value(expr[1], frame), expr[2])
        if kind == "item":
            return self._item(self.value(expr[1], frame), self.value(expr[2], frame))
        return UNRESOLVED

    def _attribute(self, thing: Any, name: str) -> Any:
        if thing is UNRESOLVED:
            return UNRESOLVED
        kind: Any = type(thing)
        if isinstance(thing, types.ModuleType):
            return thing.__dict__.get(name, UNRESOLVED)
        if kind.__getattribute__ is not object.__getattribute__ and not isinstance(thing, type):
            return UNRESOLVED
        own: Any = getattr(thing, "__dict__", None) if not isinstance(thing, type) else None
        inherited: Any = UNRESOLVED
        for base in (thing if isinstance(thing, type) else kind).__mro__:
            if name in base.__dict__:
                inherited = base.__dict__[name]
                break
        if self.processes and name == "value" and between_processes(thing):
            return _shared_value(thing)
        if isinstance(inherited, property) or (
            hasattr(type(inherited), "__set__") and not isinstance(inherited, types.MemberDescriptorType)
        ):
            return UNRESOLVED
        if type(own) is dict and name in own:
            return own[name]
        if inherited is UNRESOLVED:
            return UNRESOLVED
        if isinstance(inherited, (types.FunctionType, types.MemberDescriptorType, types.MethodDescriptorType,
                                  classmethod, staticmethod)):  # fmt: skip
            try:
                return getattr(thing, name)
            except AttributeError:
                return UNRESOLVED
        return UNRESOLVED if hasattr(type(inherited), "__get__") else inherited

    def _item(self, thing: Any, key: Any) -> Any:
        if self.processes and type(key) is int and between_processes(thing):
            try:
                return getattr(thing, "_obj", thing)[key]
            except (LookupError, TypeError, ValueError):
                return UNRESOLVED
        if type(thing) in (list, tuple, dict, deque) and type(key) in (int, str, bool):
            try:
                return thing[key]
            except (LookupError, TypeError):
                return UNRESOLVED
        return UNRESOLVED

    # --- what happens ---------------------------------------------------------------------------

    def of(self, op: code.Op, frame: FrameType) -> tuple[list[Access], bool]:
        """(accesses, whether it is a synchronisation call) of the instruction ``op`` in ``frame``; not to be
        changed."""
        if op.fixed is not None:
            return op.fixed
        kind = op.kind
        if kind <= code.WRITE:
            mode = WRITE_MODE if kind == code.WRITE else READ_MODE
            if op.of is not None:
                op.fixed = [("d:" + op.name, 0, mode)], False
                return op.fixed
            if kind == code.WRITE or op.opname == "LOAD_GLOBAL":
                op.fixed = [("g:" + op.name, 0, mode)], False
                return op.fixed
            own = locals_of(frame)
            if own is not frame.f_globals and op.name in own:
                return [], False
            return [("g:" + op.name, 0, mode)], False
        if kind in (code.READ_ATTR, code.WRITE_ATTR):
            mode = WRITE_MODE if kind == code.WRITE_ATTR else READ_MODE
            thing = self.value(op.of, frame)
            if thing is UNRESOLVED:
                return [("a:" + op.name, 0, mode)], False
            if self.processes and between_processes(thing):
                return [("m:" + op.name, 0, mode)], False
            return [("a:" + op.name, self.serial(thing), mode)], False
        if kind in (code.READ_ITEM, code.WRITE_ITEM, code.LOOK, code.INPLACE):
            return self._content(op, frame), False
        if kind == code.CALL:
            return self._call(op, frame)
        if kind in (code.ENTER, code.EXIT):
            thing = self.value(op.of, frame)
            if thing is UNRESOLVED:
                return [], True
            return [], self._is_sync(thing)
        op.fixed = [], False
        return op.fixed

    def _content(self, op: code.Op, frame: FrameType) -> list[Access]:
        if op.of is not None and op.of[0] == "fresh":
            return []
        mode = WRITE_MODE if op.kind in (code.WRITE_ITEM, code.INPLACE) else READ_MODE
        thing = self.value(op.of, frame)
        if thing is UNRESOLVED:
            if op.kind == code.INPLACE and op.of is None:
                return [("c:", 0, mode)]
            return [("c:", 0, mode)] if op.kind in (code.READ_ITEM, code.WRITE_ITEM) else []
        return self._content_of(thing, mode)

    def _content_of(self, thing: Any, mode: int) -> list[Access]:
        if self.processes and between_processes(thing):
            return [("m:[]", 0, mode)]
        if isinstance(thing, _CONTAINERS):
            return [("c:", self.serial(thing), mode)]
        if isinstance(thing, _IMMUTABLE) or self._ours(type(thing)):
            return []
        if isinstance(thing, types.GeneratorType):
            return []
        return [("c:", self.serial(thing), mode)]

    def _ours(self, kind: type) -> bool:
        """Whether a class is written in the chosen files: what its methods do is seen as they run."""
        module = sys.modules.get(kind.__module__)
        return getattr(module, "__file__", None) in self.files or kind.__module__ == "__main__"

    def _sync_call(self, owner: Any) -> tuple[list[Access], bool]:
        """A method of something made of locks: the locks tell more, this the rest (``Event.is_set``)."""
        if type(owner) in self._lock_types[:2]:
            return [], True
        return [("S", self.serial(owner), WRITE_MODE)], True

    def _is_sync(self, thing: Any) -> bool:
        kind = type(thing)
        return isinstance(thing, self._lock_types) or kind.__module__.partition(".")[0] in _SYNCS

    def _call(self, op: code.Op, frame: FrameType) -> tuple[list[Access], bool]:
        if op.of is not None and op.of[0] == "super":
            return [], False
        callee = self.value(op.of, frame)
        if callee is UNRESOLVED:
            if op.of is not None and op.of[0] == "fresh":
                return [], False
            return [EVERYTHING], False
        if isinstance(callee, types.MethodType):
            owner = callee.__self__
            if isinstance(owner, self._lock_types) or type(owner).__module__ == "queue":
                return self._sync_call(owner)
            callee = callee.__func__
        if isinstance(callee, types.FunctionType):
            if callee.__code__.co_filename in self.files:
                return [], False
            return self._by_module(callee.__module__ or "")
        if isinstance(callee, type):
            return self._construct(op, callee, frame)
        if isinstance(callee, (types.BuiltinMethodType, types.MethodWrapperType)):
            owner = callee.__self__
            if owner is None or isinstance(owner, types.ModuleType):
                return self._builtin(op, callee, frame)
            if isinstance(owner, _CONTAINERS):
                mode = READ_MODE if callee.__name__ in _READS else WRITE_MODE
                return [("c:", self.serial(owner), mode)], False
            if isinstance(owner, _IMMUTABLE):
                return [], False
            if self._is_sync(owner):
                return [], True
            if type(owner).__module__ in ("_io", "io"):
                return [_OUTPUT], False
        module = getattr(type(callee), "__module__", "")
        if module in _PURE:
            return [], False
        if callable(callee) and self._ours(type(callee)):
            return [], False
        return [EVERYTHING], False

    def _by_module(self, module: str) -> tuple[list[Access], bool]:
        first = module.partition(".")[0]
        if first.startswith("_lockstep") or first in _SYNCS:
            return [], True
        if first in _PURE or module in _PURE:
            return [], False
        if first == "random":
            return [("random", 0, WRITE_MODE)], False
        return [EVERYTHING], False

    def _construct(self, op: code.Op, kind: type, frame: FrameType) -> tuple[list[Access], bool]:
        if kind.__module__ == "builtins":
            if kind.__name__ in _CONTENT_BUILTINS:
                return self._first_argument(op, frame, READ_MODE), False
            if kind.__name__ in _PURE_BUILTINS or issubclass(kind, BaseException):
                return [], False
            return [EVERYTHING], False
        if self._ours(kind):
            return [], False
        first = kind.__module__.partition(".")[0]
        if first in _SYNCS or first in _PURE or first.startswith("_lockstep") or kind.__module__ in _PURE:
            return [], False
        return [EVERYTHING], False

    def _builtin(self, op: code.Op, callee: Any, frame: FrameType) -> tuple[list[Access], bool]:
        module = callee.__module__ or ""
        name = callee.__name__
        if module == "builtins":
            if name == "print":
                return [_OUTPUT], False
            if name in _CONTENT_BUILTINS:
                return self._first_argument(op, frame, READ_MODE), False
            if name in _PURE_BUILTINS or name == "__build_class__":
                return [], False
            if name == "next":
                return self._first_argument(op, frame, WRITE_MODE), False
            return [EVERYTHING], False
        return self._by_module(module)

    def _first_argument(self, op: code.Op, frame: FrameType, mode: int) -> list[Access]:
        if not op.args or op.args[0] is None:
            return [("c:", 0, mode)] if op.args else []
        if op.args[0][0] in ("fresh", "const"):
            return []
        thing = self.value(op.args[0], frame)
        return [("c:", 0, mode)] if thing is UNRESOLVED else self._content_of(thing, mode)
