"""The table of where CPython switches by itself, against real interpreters.

Two threads, nothing of ours in the process.  One stores, does the thing in question, and looks whether
the other has stored meanwhile.  Where the table says so, that is waited for; where it says no, it is not
seen in many rounds.
"""

from __future__ import annotations

import subprocess

import pytest

from engine.schedule.switching import TABLE, After, by_itself, kind_of
from tests.helpers.interpreters import Interpreter, installed

#: What stands between the store and the look, in a loop body; ``{c}`` is the shared variable.
BODIES = {
    After.STORE: "c = me\n            seen = c",
    After.ARITHMETIC: "c = me; seen = c + one + one - two",
    After.CALL: "c = me; int(); seen = c",
    After.ENTRY: "c = me; seen = look()",
    After.FORWARD_JUMP: "c = me\n            if no: never = 1\n            seen = c",
    After.BACKWARD_JUMP: "seen = c if turn else me; turn = True; c = me",
}
PROGRAM = """\
import sys, threading, time
c = 0
hits = 0
wanted = {wanted}
deadline = time.monotonic() + {seconds}
one = 1; two = 2
def look():
    return c
def work(me):
    global c, hits
    no = False
    never = 0
    turn = False
    while not (wanted and hits) and time.monotonic() < deadline:
        turn = False
        for _ in range(20000):
            {body}
            if seen != me:
                hits = hits + 1
                turn = False
sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=work, args=(n,)) for n in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(hits)
"""

WITH_GIL = [one for one in installed() if not one.free_threaded and one.version in TABLE]


@pytest.mark.parametrize("after", BODIES, ids=lambda after: after.value)
@pytest.mark.parametrize("interpreter", WITH_GIL, ids=lambda one: one.label)
def test_table(interpreter: Interpreter, after: After) -> None:
    expected = by_itself(interpreter.version, after)
    program = PROGRAM.format(wanted=expected, seconds=60 if expected else 1, body=BODIES[after])
    done = subprocess.run(
        [interpreter.path, "-c", program], capture_output=True, text=True, timeout=300, check=True
    )
    assert (int(done.stdout) > 0) is expected


def test_kinds() -> None:
    assert kind_of("CALL_METHOD") is After.CALL
    assert kind_of("STORE_GLOBAL") is After.STORE
    assert kind_of("STORE_FAST") is None
    assert kind_of("POP_JUMP_IF_FALSE", jumped=True) is After.FORWARD_JUMP
    assert kind_of("POP_JUMP_IF_FALSE") is None
    assert kind_of("JUMP_BACKWARD") is After.BACKWARD_JUMP
    assert by_itself((3, 13), After.STORE, free_threaded=True)
    assert not by_itself((3, 20), After.STORE)
