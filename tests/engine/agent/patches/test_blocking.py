"""Sleeps, pipes, children, sockets and selectors, in real programs on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agent.layout import Result, Wait
from tests.helpers.agent_run import Process, Record, run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)


def waits(process: Process, reason: int) -> list[tuple[Record, Record]]:
    """(begin, end) of the waits for a reason; each begin has its end."""
    found, open_waits = [], {}
    for record in process.kinds("WAIT_BEGIN", "WAIT_END"):
        if record.flags & 0xFF != reason:
            continue
        if record.kind == "WAIT_BEGIN":
            assert record.thread not in open_waits
            open_waits[record.thread] = record
        else:
            found.append((open_waits.pop(record.thread), record))
    assert not open_waits
    return found


@every_interpreter
def test_sleep(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import time
from time import sleep
time.sleep(0.01)
sleep(0)
try:
    sleep("soon")
except TypeError as error:
    print(error)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    (slept, woke), (refused, end) = waits(run.main, Wait.SLEEP)
    assert slept.value == 10_000_000
    assert woke.time - slept.time >= 10_000_000
    assert woke.flags == Wait.SLEEP | Result.GOT
    assert run.main.line_of(slept.location) == 4
    assert run.main.line_of(refused.location) == 7
    assert end.flags == Wait.SLEEP | Result.FAILED


@every_interpreter
def test_pipes(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import os, threading
near, far = os.pipe()
def answer():
    os.write(far, b"x")
thread = threading.Timer(0.02, answer)
thread.start()
print(os.read(near, 10))
thread.join()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "b'x'\n"
    process = run.main
    ((read, got),) = [pair for pair in waits(process, Wait.READ) if process.line_of(pair[0].location) == 8]
    ((wrote, _),) = waits(process, Wait.WRITE)
    assert max(read.time, wrote.time) < got.time  # on a busy machine the timer may be first
    assert process.line_of(wrote.location) == 5


@every_interpreter
def test_children(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import os, subprocess, sys
pid = os.fork()
if pid == 0:
    os._exit(3)
print(os.waitpid(pid, 0)[1] >> 8)
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(4)"])
print(child.wait(), child.wait(), child.poll())
sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
try:
    sleeper.wait(0.01)
except subprocess.TimeoutExpired:
    print("late")
sleeper.kill()
print(sleeper.wait())
print(subprocess.check_output([sys.executable, "-c", "print('out')"]))
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "3\n4 4 4\nlate\n-9\nb'out\\n'\n"
    process = run.main
    joins = waits(process, Wait.PROCESS_JOIN)
    assert [process.line_of(begin.location) for begin, _ in joins] == [6, 8, 11, 15, 16]
    assert [end.value for _, end in joins] == [0, 4, 0, -9, 0]
    assert joins[2][1].flags == Wait.PROCESS_JOIN | Result.TIMEOUT
    assert joins[2][0].value == 10_000_000
    objects = {line[0]: line[4] for line in process.of("object") if line[1] == "Process"}
    spawned = [r.value for r in process.kinds("SPAWNED")]
    assert [objects[begin.object]["pid"] for begin, _ in joins[1:]] == [spawned[0], spawned[1], *spawned[1:]]
    # waiting with a time-out is done by sleeping; that is the same wait
    assert waits(process, Wait.SLEEP) == []


@every_interpreter
def test_sockets(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import socket, threading
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
def serve():
    peer, _ = listener.accept()
    with peer:
        peer.sendall(peer.recv(10).upper())
thread = threading.Thread(target=serve)
thread.start()
caller = socket.socket()
caller.connect(listener.getsockname())
caller.sendall(b"hello")
print(caller.recv(10))
thread.join()
caller.settimeout(0.01)
one, two = socket.socketpair()
one.settimeout(0.01)
try:
    one.recv(1)
except socket.timeout:
    print("late")
two.setblocking(False)
try:
    two.recv(1)
except BlockingIOError:
    print("nothing")
for each in (listener, caller, one, two):
    each.close()
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "b'HELLO'\nlate\nnothing\n"
    process = run.main
    names = process.objects("Socket")
    ((accept, accepted),) = waits(process, Wait.ACCEPT)
    ((connect, _),) = waits(process, Wait.CONNECT)
    assert names[accept.object] == "listener"
    assert names[connect.object] == "caller"
    assert accept.time < accepted.time
    assert connect.time < accepted.time
    assert sorted(process.line_of(begin.location) for begin, _ in waits(process, Wait.WRITE)) == [9, 14]
    reads = {process.line_of(begin.location): end for begin, end in waits(process, Wait.READ)}
    assert set(reads) == {9, 15, 21}, "a socket that does not block does not wait"
    assert reads[21].flags == Wait.READ | Result.TIMEOUT


@every_interpreter
def test_selecting(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import os, select, selectors
near, far = os.pipe()
print(select.select([near], [], [], 0.005))
print(select.select([near], [], [], 0))
poll = select.poll()
poll.register(near, select.POLLIN)
print(poll.poll(5))
with selectors.DefaultSelector() as selector:
    selector.register(near, selectors.EVENT_READ)
    print(selector.select(0.005), selector.select(0))
if hasattr(select, "epoll"):
    with select.epoll() as epoll:
        epoll.register(near)
        print(epoll.poll(0.005), epoll.closed)
else:
    select.select([near], [], [], 0.005)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.failed_probes() == []
    assert run.stdout == "([], [], [])\n([], [], [])\n[]\n[] []\n[] False\n"
    found = waits(run.main, Wait.SELECT)
    assert [run.main.line_of(begin.location) for begin, _ in found] == [4, 8, 11, 15]
    assert [begin.value for begin, _ in found] == [5_000_000] * 4
    assert all(end.time - begin.time >= 4_900_000 for begin, end in found)


@every_interpreter
def test_input_and_file_locks(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import fcntl, sys
print(input("name? "))
with open(sys.argv[0]) as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    fcntl.flock(file, fcntl.LOCK_UN)
"""
    run = run_agent(interpreter, tmp_path, source, stdin="me\n")
    assert run.failed_probes() == []
    assert run.stdout == "name? me\n"
    ((asked, _),) = waits(run.main, Wait.INPUT)
    ((locked, _),) = waits(run.main, Wait.LOCK)
    assert [run.main.line_of(r.location) for r in (asked, locked)] == [3, 5]


DROP_IN = r"""
import inspect, io, os, pickle, re, select, selectors, socket, subprocess, sys, time, traceback, types

def show(call):
    try:
        print(re.sub("0x[0-9a-f]+", "0x", re.sub("fd=[0-9]+", "fd", repr(call()))))
    except BaseException:
        print(traceback.format_exc())

for name in ("connect", "accept", "recv", "recv_into", "send", "sendall", "sendto", "recvfrom", "__init__"):
    print(name, getattr(socket.socket, name).__name__, getattr(socket.socket, name).__qualname__)
print(type(select.poll()), isinstance(select.poll(), type(select.poll())))
print(type(socket.socket()) is socket.socket)
if hasattr(select, "epoll"):
    epoll = select.epoll()
    print(type(epoll), isinstance(epoll, select.epoll), epoll.fileno() > 0, select.epoll)
    print(repr(epoll).split(" at ")[0])
    print(type(epoll) is select.epoll, select.epoll.__name__, bool(select.epoll.__doc__), epoll.closed)
    show(lambda: epoll.register(-1))
    show(lambda: epoll.poll("soon"))
    epoll.close()
    show(lambda: epoll.poll(0.001))
    show(lambda: select.epoll(-2))
    other = select.epoll.fromfd(os.dup(0))
    print(type(other))
    other.close()
    show(lambda: pickle.dumps(other))
try:
    type(select.poll())()
except TypeError as error:
    print(type(error))
show(lambda: select.poll().poll("soon"))
show(lambda: select.select("x", [], []))
show(lambda: select.select([], [], [], -1))

class Mine(socket.socket):
    def recv(self, *args):
        print("mine")
        return super().recv(*args)
one, two = socket.socketpair()
mine = Mine(fileno=one.detach())
two.send(b"abc")
print(mine.recv(2), socket.socket.recv(mine, 1))
mine.settimeout(0.001)
show(lambda: mine.recv(1))
show(lambda: mine.recv())
show(lambda: mine.recv(-1))
show(lambda: mine.connect(("127.0.0.1", "port")))
show(lambda: socket.socket(-5))
show(lambda: mine)
mine.settimeout(None)
two.sendall(b"line\n")
with mine.makefile("rb") as file:
    print(file.readline())
buffer = bytearray(4)
two.send(b"wxyz")
print(mine.recv_into(buffer), buffer, mine.family, mine.type)
two.close()
print(mine.recv(5))
mine.close()
show(lambda: mine.recv(1))
show(lambda: socket.create_connection(("127.0.0.1", 1), 0.5))
show(lambda: socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))
show(lambda: socket.getaddrinfo("127.0.0.1", object()))

show(lambda: subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True).stdout)
show(lambda: subprocess.run([sys.executable, "-c", "import sys; sys.exit(2)"], check=True))
show(lambda: subprocess.run(["/nowhere/at/all"]))
show(lambda: os.waitpid(-1, os.WNOHANG))
show(lambda: os.wait())
show(lambda: os.read(10 ** 5, 1))
print(inspect.signature(subprocess.Popen.wait), inspect.signature(selectors.DefaultSelector.select))
"""


@every_interpreter
def test_calls_are_what_they_are_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(DROP_IN, "utf-8")
    side_by_side(interpreter, tmp_path, "program.py").assert_same()


@every_interpreter
def test_open_is_not_replaced(interpreter: Interpreter, tmp_path: Path) -> None:
    source = """
import builtins, io, os, sys
print(open is io.open, type(open) is type(len) or type(open).__name__)
print(type(sys.stdin.buffer).__name__, type(sys.stdout).__module__)
"""
    run = run_agent(interpreter, tmp_path, source)
    assert run.stdout == "True True\nBufferedReader _io\n"
