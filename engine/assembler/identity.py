"""Who is who: numbers that are unique in a folder become numbers that are unique in a recording.

A *domain* is one process folder: thread serials, object serials, locations and strings are
unique within it.  A forked child's domain refers to its parent's definitions for all numbers
below the counters in its PROCESS line; a location or a string is then the very same, an object
is a copy of its own (memory was copied), unless multiprocessing made it.  Objects that are shared
otherwise have a ``key`` by which they are recognised.

Ids are given in the order of first use in time, never in the order in which lines arrived, so
that they do not depend on how the recording was cut into batches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.model import Location, ObjectInfo

NO_ID = -1
#: Serials above this are kept in a dict: a broken file must not make us allocate gigabytes.
_DENSE = 1 << 22

IdArray = NDArray[np.int32]
SerialArray = NDArray[np.unsignedinteger] | NDArray[np.signedinteger]


class IdMap:
    """Serial → id, both small integers counted up from the beginning; -1 where none was given."""

    __slots__ = ("_dense", "_sparse")

    def __init__(self) -> None:
        self._dense: IdArray = np.full(64, NO_ID, np.int32)
        self._sparse: dict[int, int] = {}

    def lookup(self, serials: SerialArray) -> IdArray:
        """Ids of ``serials`` (not negative)."""
        if not len(serials):
            return np.empty(0, np.int32)
        size = len(self._dense)
        if int(serials.max()) < size:
            return self._dense[serials]
        ids = self._dense[np.minimum(serials, size - 1)]
        beyond = serials >= size
        ids[beyond] = NO_ID
        if self._sparse:
            for position in np.flatnonzero(beyond):
                ids[position] = self._sparse.get(int(serials[position]), NO_ID)
        return ids

    def get(self, serial: int) -> int:
        if serial < len(self._dense):
            return int(self._dense[serial]) if serial >= 0 else NO_ID
        return self._sparse.get(serial, NO_ID)

    def set(self, serial: int, value: int) -> None:
        if serial >= _DENSE:
            self._sparse[serial] = value
            return
        if serial >= len(self._dense):
            size = min(_DENSE, max(2 * len(self._dense), serial + 1))
            grown = np.full(size, NO_ID, np.int32)
            grown[: len(self._dense)] = self._dense
            self._dense = grown
        self._dense[serial] = value


@dataclass(slots=True)
class Definition:
    """An OBJECT line: what an object is."""

    sort: str
    name: str
    location: int
    extra: dict[str, Any]


@dataclass(slots=True)
class ThreadLine:
    """What is known of a thread from its THREAD lines; 0 and "" not known."""

    name: str = ""
    native_id: int = 0
    state_address: int = 0
    daemon: bool = False
    interpreter: int = 0
    object_serial: int = 0


@dataclass(slots=True)
class Domain:
    """One process folder."""

    index: int
    folder: str
    pid: int
    parent_pid: int = 0
    start_ns: int = 0
    argv: tuple[str, ...] = ()
    flags: dict[str, Any] = field(default_factory=dict)
    described: bool = False  # its PROCESS line came
    parent: Domain | None = None
    first_serial: int = 0  # serials below are the parent's definitions
    first_location: int = 0
    first_string: int = 0
    process: int = -1  # index of its process, -1 before its first record
    definitions: dict[int, Definition] = field(default_factory=dict)
    places: dict[int, Location] = field(default_factory=dict)
    strings: dict[int, str] = field(default_factory=dict)
    threads: dict[int, ThreadLine] = field(default_factory=dict)
    object_ids: IdMap = field(default_factory=IdMap)
    location_ids: IdMap = field(default_factory=IdMap)

    def definition(self, serial: int) -> Definition | None:
        domain: Domain | None = self
        for _ in range(64):
            if domain is None:
                return None
            found = domain.definitions.get(serial)
            if found is not None:
                return found
            if serial >= domain.first_serial:
                return None
            domain = domain.parent
        return None

    def string(self, number: int) -> str:
        domain: Domain | None = self
        for _ in range(64):
            if domain is None:
                return ""
            found = domain.strings.get(number)
            if found is not None:
                return found
            if number >= domain.first_string:
                return ""
            domain = domain.parent
        return ""

    def home_of_location(self, number: int) -> Domain:
        """The domain in which location ``number`` was defined: here or in an ancestor."""
        domain = self
        for _ in range(64):
            if number >= domain.first_location or domain.parent is None:
                break
            domain = domain.parent
        return domain


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else 0


class Identities:
    """Objects and locations of the whole recording, and the domains they come from."""

    def __init__(self, problem: Callable[[str], None]) -> None:
        self.objects: list[ObjectInfo] = []
        self.locations: list[Location] = []
        self.changed_objects: set[int] = set()
        self.changed_locations: set[int] = set()
        self.domains: dict[int, Domain] = {}
        self.by_folder: dict[str, Domain] = {}
        self._waiting_for_parent: dict[str, list[Domain]] = {}
        self._by_key: dict[str, int] = {}
        #: by object id: the other end of a pipe
        self.peers: dict[int, int] = {}
        self._problem = problem
        #: by object id: 1 when it belongs to asyncio (owned by tasks)
        self._of_tasks: NDArray[np.uint8] = np.zeros(64, np.uint8)

    # --- domains ---------------------------------------------------------------------------

    def domain(self, index: int, folder: str, pid: int) -> Domain:
        """The domain with this index, made when it is new."""
        found = self.domains.get(index)
        if found is None:
            found = Domain(index, folder, pid)
            self.domains[index] = found
            self.by_folder[folder] = found
            for child in self._waiting_for_parent.pop(folder, ()):
                child.parent = found
        elif pid and not found.pid:
            found.pid = pid
        return found

    def process_line(self, domain: Domain, line: list[Any]) -> None:
        """pid, ppid, start_ns, version, implementation, executable, argv, cwd, flags."""
        pid, parent_pid, start_ns = _number(line[1]), _number(line[2]), _number(line[3])
        domain.described = True
        domain.pid = pid or domain.pid
        domain.parent_pid = parent_pid
        domain.start_ns = start_ns
        if len(line) > 7 and isinstance(line[7], list):
            domain.argv = tuple(str(item) for item in line[7])
        flags = line[9] if len(line) > 9 and isinstance(line[9], dict) else {}
        domain.flags = flags
        parent_folder = _text(flags.get("forked_from"))
        if parent_folder and parent_folder != domain.folder:
            domain.first_serial = _number(flags.get("next_serial"))
            domain.first_location = _number(flags.get("next_location"))
            domain.first_string = _number(flags.get("next_string"))
            parent = self.by_folder.get(parent_folder)
            if parent is None:
                self._waiting_for_parent.setdefault(parent_folder, []).append(domain)
            else:
                domain.parent = parent

    def thread_line(self, domain: Domain, line: list[Any]) -> tuple[int, ThreadLine, int]:
        """serial, name, ident, native_id, tstate, daemon, parent, interpreter, object, time_ns.

        Gives the serial, what is now known, and the time of the line."""
        serial = _number(line[1])
        known = domain.threads.setdefault(serial, ThreadLine())
        known.name = _text(line[2]) or known.name
        known.native_id = _number(line[4]) or known.native_id
        known.state_address = _number(line[5]) or known.state_address
        known.daemon = bool(line[6]) if len(line) > 6 else known.daemon
        known.interpreter = _number(line[8]) if len(line) > 8 else known.interpreter
        known.object_serial = (_number(line[9]) if len(line) > 9 else 0) or known.object_serial
        return serial, known, _number(line[10]) if len(line) > 10 else 0

    def object_line(self, domain: Domain, line: list[Any]) -> None:
        """serial, sort, name, location, extra."""
        serial = _number(line[1])
        extra = line[5] if len(line) > 5 and isinstance(line[5], dict) else {}
        location = _number(line[4]) if len(line) > 4 else 0
        domain.definitions[serial] = Definition(_text(line[2]) or "Other", _text(line[3]), location, extra)
        self._renew(domain, serial)

    def name_line(self, domain: Domain, line: list[Any]) -> None:
        """serial, name."""
        serial = _number(line[1])
        known = domain.definition(serial)
        if known is None:
            known = Definition("Other", "", 0, {})
        domain.definitions[serial] = Definition(known.sort, _text(line[2]), known.location, known.extra)
        self._renew(domain, serial)

    def location_line(self, domain: Domain, line: list[Any]) -> None:
        """id, file, line, function, instruction offset, module."""
        number = _number(line[1])
        module = _text(line[6]) if len(line) > 6 else ""
        place = Location(_text(line[2]), _number(line[3]), _text(line[4]) if len(line) > 4 else "", module)
        domain.places[number] = place
        known = domain.location_ids.get(number)
        if known >= 0:
            self.locations[known] = place
            self.changed_locations.add(known)

    def string_line(self, domain: Domain, line: list[Any]) -> None:
        """id, text."""
        domain.strings[_number(line[1])] = _text(line[2])

    # --- ids -------------------------------------------------------------------------------

    def object_id(self, domain: Domain, serial: int) -> int:
        """The id of an object, given now when it has none; -1 for serial 0."""
        if serial <= 0:
            return NO_ID
        found = domain.object_ids.get(serial)
        if found >= 0:
            return found
        definition = domain.definition(serial)
        if domain.parent is not None and _shared_by_fork(definition) and serial < domain.first_serial:
            shared = self.object_id(domain.parent, serial)
            domain.object_ids.set(serial, shared)
            return shared
        key = _key(definition)
        if key:
            shared = self._by_key.get(key, NO_ID)
            if shared >= 0:
                domain.object_ids.set(serial, shared)
                self._note_peer(shared, domain, definition)
                return shared
        new = len(self.objects)
        domain.object_ids.set(serial, new)
        if key:
            self._by_key[key] = new
        self.objects.append(self._info(new, domain, definition))
        self._note_family(new)
        self._note_peer(new, domain, definition)
        return new

    def object_of_key(self, key: str | int) -> int:
        """The object that is known by ``key`` in all processes; -1 none yet."""
        return self._by_key.get(f"{key}", NO_ID)

    def _note_peer(self, object_id: int, domain: Domain, definition: Definition | None) -> None:
        peer = definition.extra.get("peer") if definition is not None else None
        if isinstance(peer, int) and not isinstance(peer, bool) and peer > 0 and object_id not in self.peers:
            self.peers[object_id] = NO_ID  # the other end names this one: no circle
            other = self.object_id(domain, peer)
            self.peers[object_id] = other
            self.peers[other] = object_id

    def location_id(self, domain: Domain, number: int) -> int:
        """The id of a location, given now when it has none; -1 for number 0."""
        if number <= 0:
            return NO_ID
        found = domain.location_ids.get(number)
        if found >= 0:
            return found
        home = domain.home_of_location(number)
        found = home.location_ids.get(number)
        if found < 0:
            found = len(self.locations)
            home.location_ids.set(number, found)
            self.locations.append(home.places.get(number, Location("", 0, "")))
        domain.location_ids.set(number, found)
        return found

    def update_object(self, object_id: int, **changes: Any) -> None:
        """Set fields of an object."""
        self.objects[object_id] = replace(self.objects[object_id], **changes)
        self.changed_objects.add(object_id)

    def of_tasks(self, object_ids: IdArray) -> NDArray[np.bool_]:
        """True for objects of asyncio; False for id -1."""
        if not len(object_ids):
            return np.empty(0, np.bool_)
        asyncio: NDArray[np.bool_] = self._of_tasks[np.maximum(object_ids, 0)] == 1
        asyncio &= object_ids >= 0
        return asyncio

    def _info(self, new: int, domain: Domain, definition: Definition | None) -> ObjectInfo:
        if definition is None:
            return ObjectInfo(new, "Other", "", domain.pid)
        return ObjectInfo(
            new,
            definition.sort,
            definition.name,
            domain.pid,
            location=self.location_id(domain, definition.location),
            family=_text(definition.extra.get("family")) or "threading",
            extra={k: v for k, v in definition.extra.items() if k != "family"},
        )

    def _renew(self, domain: Domain, serial: int) -> None:
        """A definition came or changed after its object got an id."""
        known = domain.object_ids.get(serial)
        if known < 0:
            return
        old = self.objects[known]
        new = self._info(known, domain, domain.definition(serial))
        self.objects[known] = replace(new, pid=old.pid, track=old.track)
        self._note_family(known)
        self.changed_objects.add(known)

    def _note_family(self, object_id: int) -> None:
        if object_id >= len(self._of_tasks):
            grown = np.zeros(max(2 * len(self._of_tasks), object_id + 1), np.uint8)
            grown[: len(self._of_tasks)] = self._of_tasks
            self._of_tasks = grown
        self._of_tasks[object_id] = self.objects[object_id].family == "asyncio"


def _shared_by_fork(definition: Definition | None) -> bool:
    """What multiprocessing makes is shared with a forked child; all else was copied."""
    return definition is not None and definition.extra.get("family") == "multiprocessing"


def _key(definition: Definition | None) -> str:
    if definition is None:
        return ""
    key = definition.extra.get("key")
    return f"{key}" if isinstance(key, str | int) and key != "" else ""
