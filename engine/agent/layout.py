"""The one definition of what is written while a program is observed.

Everything that agent, observer and reader must agree on stands here: the shape of
a record, the kinds of record, the reasons to wait, the sorts of object, the header
of a segment, and the lines of a side file.  Standard library only, Python 3.9+; it
imports nothing of ours, so the agent and the window can both load it.

Times are integer nanoseconds of ``time.perf_counter_ns()``, which on Linux is
CLOCK_MONOTONIC and therefore comparable between processes.

Session folder
--------------
::

    session.json                 what was run, with what, where, when (written by the observer)
    p<pid>-<start_ns hex>/       one for every process that carries the agent
        side.jsonl               the side file, one JSON array a line (see ``Line``)
        t<thread serial>.seg     a segment per thread, this thread its only writer
    observer/
        side.jsonl
        o0.seg                   what is seen from outside
    output.bin                   captured standard streams (see ``OUTPUT_HEADER``)

Segment
-------
``SEGMENT_HEADER`` padded to ``SEGMENT_HEADER_SIZE`` bytes, then records.  A slot whose
``kind`` is 0 has not been filled (yet): the kind is the last field, stored last, and
files are allocated zeroed.  A filled slot behind an unfilled one is valid (a signal
handler interrupted the writer); the hole is filled later or never.
"""

from __future__ import annotations

import struct

FORMAT_VERSION = 1

# --- records ---------------------------------------------------------------------

#: time_ns, value, thread, object, location, flags, kind.  The kind stands last so
#: that a record becomes valid only when everything else in it is in memory.
RECORD = struct.Struct("<QqIIIHH")
RECORD_SIZE = 32
#: The same for numpy: ``numpy.dtype(RECORD_FIELDS)`` has itemsize RECORD_SIZE.
RECORD_FIELDS = [
    ("time", "<u8"),
    ("value", "<i8"),
    ("thread", "<u4"),
    ("object", "<u4"),
    ("location", "<u4"),
    ("flags", "<u2"),
    ("kind", "<u2"),
]

#: magic, format version, writer (WRITER_*), pid, thread serial, native thread id,
#: process start ns (the hex of the folder's name), records that this thread could not write
SEGMENT_HEADER = struct.Struct("<8sHHIIIQQ")
SEGMENT_HEADER_SIZE = 64
SEGMENT_MAGIC = b"LKSTSEG\x00"
WRITER_AGENT = 1
WRITER_OBSERVER = 2

#: A segment grows by these: a small first chunk (many threads are short), then larger.
FIRST_CHUNK = 16 * 1024
NEXT_CHUNK = 256 * 1024
LATER_CHUNK = 1024 * 1024

#: Captured output: time_ns, pid of the program's root, stream (1 or 2), byte count; then the bytes.
OUTPUT_HEADER = struct.Struct("<QIHH")

# --- kinds of record ----------------------------------------------------------------
# "obj" is the field ``object``; an object serial is unique within its process and
# never reused; 0 is none.  Unless it says otherwise, ``thread`` is the serial of the
# thread that writes (0 where a record leaves that to the segment's header) and ``location``
# the interned place of the user's call.


class Kind:
    """Kinds of record.  Agent: 1-127, written while the thread holds the GIL of its
    interpreter.  Observer: 128 and up."""

    # process
    PROCESS_BEGIN = 1  # first record; value: parent pid
    PROCESS_END = 2  # the interpreter is at its end (atexit); may be missing
    FORKED = 3  # in the parent, after os.fork() or the like; value: child's pid
    SPAWNED = 4  # another program was started; value: child's pid; flags: 1 if the agent went along
    # threads; obj: the thread's object serial (threads are objects as well)
    THREAD_CREATED = 5  # a Thread object was made
    THREAD_START = 6  # start() was called (in the starting thread)
    THREAD_BEGIN = 7  # in the new thread: its code begins; value: native id
    THREAD_END = 8  # in the ending thread; flags: End.*; value: string id of the exception's text, or 0
    # waits of a thread.  A wait is a BEGIN and an END on the same thread; they nest only
    # when a signal handler or finaliser waits inside a wait.
    # obj: what is waited for (0: nothing nameable); flags: Wait.*; value: time-out ns, -1 none
    WAIT_BEGIN = 10
    WAIT_END = 11  # obj, flags: Wait.* | Result.*; value: depends on the reason, else 0
    # locks (Lock, RLock, Semaphore, BoundedSemaphore, a Condition's lock, multiprocessing's, asyncio's)
    ACQUIRED = 12  # flags: Acquired.*; value: recursion depth (RLock) or permits left (Semaphore), else 0.
    #                With Acquired.AFTER_WAIT it also ends the thread's open WAIT_BEGIN on obj.
    RELEASED = 13  # stamped just before the raw release; value as above, after the release
    # causes
    NOTIFY = 14  # Condition.notify; obj: the condition; value: how many waiters it wakes
    EVENT_SET = 15  # obj: the event
    EVENT_CLEARED = 16
    BARRIER_ARRIVED = 17  # value: index; flags 1: this one releases all, 2: broken
    # queues and pipes; obj: the queue or connection
    PUT = 20  # value: item number, counted by the queue from 1 (0: not known)
    GET = 21  # value: the number of the same item at its PUT (0: not known)
    SEND = 22  # pipe, connection; value: message number on this end, from 1
    RECEIVE = 23  # value: message number
    TASK_DONE = 24  # Queue.task_done
    # futures and jobs (concurrent.futures, multiprocessing.Pool); obj: the future or job
    SUBMITTED = 30  # value: object serial of the executor or pool
    JOB_BEGIN = 31  # in the worker; obj: as submitted when the worker shares the process, else 0;
    #                 value: the job's key (see Line.OBJECT "key") when it crossed a process border
    JOB_END = 32  # flags: End.*
    FUTURE_DONE = 33  # result, exception or cancel set; flags: End.*
    # asyncio; obj: the task's serial
    TASK_CREATED = 40  # value: object serial of the creating task, 0 if none
    TASK_READY = 41  # its next step was put on the loop
    # steps nest on a thread where an eager task runs its first one inside the step that makes it
    TASK_STEP_BEGIN = 42
    # flags: 0 suspended, Step.READY: on the loop again already, else End.*; value: string id of the
    # exception's text
    TASK_STEP_END = 43
    # stands before its STEP_END; flags: Wait.*; value: object serial of what it awaits, for Wait.SLEEP
    # when that is over (perf_counter_ns; 0: not known)
    TASK_AWAITS = 44
    CALLBACK_BEGIN = 45  # a plain callback runs on the loop; obj: the loop; value: string id of its name
    CALLBACK_END = 46
    CANCEL_REQUESTED = 47  # task.cancel(); in the thread that asks
    LOOP_WAIT_BEGIN = 48  # the loop sleeps in its selector; obj: the loop
    LOOP_WAIT_END = 49
    # marks
    GC = 60  # at its end; value: duration ns; flags: generation
    IMPORT = 61  # at its end, when it took over 1 ms; value: duration ns; obj: string id of the name
    EXCEPTION = 62  # uncaught; value: string id of "Type: text"; location where it was raised
    SIGNAL = 63  # value: signal number (as it reached Python code)
    WARNING = 64  # value: string id (a coroutine was never awaited ...)
    # something of note was called; obj: string id of its name (os._exit, terminate, kill); value: argument
    CALLED = 65
    LOST = 66  # value: records that could not be written since the last LOST
    PROBE_FAILED = 67  # value: string id; the probe is off from here on
    SWITCH_INTERVAL = 68  # sys.setswitchinterval; value: ns
    GIL_GAP_BEGIN = 69  # (own-interpreter way) the agent's sampler stops here, for a fork ...
    GIL_GAP_END = 70  # ... and goes on here

    # observer.  In its segment ``thread`` is a native thread id (0: none), ``location`` is the
    # observer's own serial of the process (see Line.PROCESS), and ``object`` as said.
    GIL = 128  # a change was seen.  object: interned holder (Line.HOLDER; 0: nobody, or released);
    #            value: (switch number & 0xffffffff) << 32 | ns since the sample before, at most 2**32-1;
    #            flags: Gil.* | interpreter index << 8
    GIL_GAP = 129  # the sampler was not looking; time: the end; value: length ns; flags as GIL
    OS_STATE = 130  # thread's state from outside changed; flags: Os.*; object: system call number + 1,
    #                 0 if none; value: ns since this thread was looked at before
    CPU = 131  # schedstat of ``thread``; value: ns waited for a core since the last CPU record of it;
    #            object: ns on a core since then, in µs
    PROCESS_SEEN = 132  # value: pid; object: parent's pid
    PROCESS_GONE = 133  # value: wait status as os.waitpid gives it (-1: not known); object: pid;
    #                     flags: 1: it became another program (exec), a PROCESS_SEEN of which follows
    THREAD_SEEN = 134
    THREAD_GONE = 135
    STOP_SENT = 136  # the observer sent a signal; value: signal; object: pid
    OBSERVING = 137  # what the sampler does from here on; value: aimed period ns (0: off);
    #                  flags: Way.*
    OS_GAP = 138  # thread states were not looked at; time: the end; value: length ns
    OBSERVER_LOST = 139  # value: how many records the observer could not write
    LOOKED = 140  # every change of process ``location`` before ``time`` has been written: at least every
    #               25 ms while it is watched, changed or not; value: samples of its GIL since its last
    #               LOOKED; object: rounds over its threads' states since then; flags: how many µs
    #               before ``time`` the last of those samples was, Gil.NO_AGE not known


class Wait:
    """Why a thread or task waits (low byte of ``flags``)."""

    LOCK = 1
    CONDITION = 2
    EVENT = 3
    BARRIER = 4
    QUEUE_GET = 5  # empty
    QUEUE_PUT = 6  # full
    QUEUE_JOIN = 7
    THREAD_JOIN = 8
    FUTURE = 9
    PROCESS_JOIN = 10
    SEMAPHORE = 11
    TASK = 12  # awaits another task
    START = 13  # in Thread.start(), until the new thread has begun
    SLEEP = 20
    READ = 21  # file, pipe, socket
    WRITE = 22
    CONNECT = 23
    ACCEPT = 24
    SELECT = 25
    RESULT = 26  # a pool's result
    INPUT = 27  # standard input
    OTHER = 31


class Result:
    """How a wait ended (high byte of ``flags``)."""

    GOT = 0x0100
    TIMEOUT = 0x0200
    FAILED = 0x0400  # an exception
    CANCELLED = 0x0800


class Acquired:
    AFTER_WAIT = 0x0100  # a WAIT_BEGIN stands before it
    REENTERED = 0x0200  # an RLock that this thread had already
    HANDED = 0x0400  # recorded for somebody else: the owner is not the writing thread


class End:
    """How a thread, task, job or process ended."""

    FINISHED = 1
    FAILED = 2
    CANCELLED = 3
    KILLED = 4


class Step:
    """How a step of a task ended that was not its last (``flags`` of TASK_STEP_END)."""

    READY = 0x0100  # it only let others go first (a bare yield): ready from here on, without a TASK_READY


class Gil:
    LOCKED = 1
    CERTAIN = 2  # the words were read twice and were the same
    UNCHANGED = 4  # in GIL_GAP: locked, holder and switch number were the same before and after
    NO_AGE = 0xFFFF  # in LOOKED


class Os:
    """State of a thread as the operating system tells it."""

    RUNNING = 1  # on a core, or wants one
    GIL_WAIT = 2  # in a futex inside the GIL structure
    FUTEX = 3  # in another futex: a lock
    SLEEPING = 4  # nanosleep and its kin
    IO = 5  # read, write, recv, poll, ...
    OTHER_CALL = 6
    GONE = 7
    STOPPED = 8


class Way:
    """How the GIL is seen."""

    NONE = 0
    PROC = 1
    INTERPRETER = 2


# --- side files -----------------------------------------------------------------------


class Line:
    """First element of a line of a side file; the rest of the array, in order.

    A line is one ``os.write`` to a file opened O_APPEND, at most 64 KiB, UTF-8 JSON
    without newlines inside.  Readers ignore lines whose first element they do not know
    and further elements behind those named here.
    """

    #: pid, ppid, start_ns, version string, implementation, executable, argv, cwd,
    #: flags (dict: free_threaded, gil_enabled, switch_interval_ns, start_method ...).  First line.
    PROCESS = "process"
    #: serial, name, ident, native_id, tstate address, daemon, parent's thread serial,
    #: interpreter id, object serial, time_ns.  Written again when one of these becomes known or changes.
    THREAD = "thread"
    #: serial, sort (OBJECT_SORTS), name, location id, extra (dict)
    OBJECT = "object"
    #: serial, name: a better name was found
    NAME = "name"
    #: id, text
    STRING = "string"
    #: id, file, line, function, instruction offset, module name
    LOCATION = "location"
    #: interpreter index, address (0: not found), layout (dict of offsets), reason when not found, time_ns
    GIL = "gil"
    #: probe, text of the exception
    PROBE_FAILED = "probe_failed"
    #: (observer) serial, pid, parent pid, session-relative folder or "", command line, time_ns
    OBSERVED = "observed"
    #: (observer) id, process serial, tstate address
    HOLDER = "holder"
    #: (observer) way, period ns, priority, reasons (list of text): what can and cannot be seen
    OBSERVING = "observing"


#: Sorts of object that have serials.
OBJECT_SORTS = (
    "Thread", "Timer", "Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier",
    "Queue", "LifoQueue", "PriorityQueue", "SimpleQueue", "JoinableQueue",
    "Future", "ThreadPoolExecutor", "ProcessPoolExecutor", "Pool", "Job",
    "Process", "Connection", "Manager", "SharedMemory",
    "Task", "Loop", "TaskGroup", "Socket", "Pipe", "Value", "Array", "Other",
)  # fmt: skip
