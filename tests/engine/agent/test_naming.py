"""Names of objects from the instructions after the call, on every interpreter found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.agent_run import run_agent
from tests.helpers.interpreters import Interpreter, installed

SOURCE = """
import threading
Lock = threading.Lock

module_level = Lock()

class Account:
    shared = Lock()
    def __init__(self):
        self.balance_lock = Lock()
        self.first = self.second = Lock()

account = Account()
account.extra = Lock()

def function():
    local = Lock()
    annotated: object = Lock()
    def inner():
        return cell
    cell = Lock()
    if (walrus := Lock()):
        pass
    return [Lock() for _ in range(1)], (Lock(),), local, annotated, walrus, inner

function()

def declares():
    global late
    late = Lock()

declares()
gate = threading.Semaphore(2)

class Special(threading.Event):
    def __init__(self):
        super().__init__()

special = Special()
"""


@pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)
def test_objects_are_called_as_the_program_calls_them(interpreter: Interpreter, tmp_path: Path) -> None:
    process = run_agent(interpreter, tmp_path, SOURCE).main
    names = list(process.objects("Lock").values())
    assert names == [
        "module_level",
        "shared",
        "balance_lock",
        "first",
        "extra",
        "local",
        "annotated",
        "cell",
        "walrus",
        "",
        "",
        "late",
    ]
    assert list(process.objects("Semaphore").values()) == ["gate"]
    assert list(process.objects("Event").values()) == ["special"]
    places = {
        name: process.line_of(where) for _, sort, name, where, *_ in process.of("object") if sort == "Lock"
    }
    assert places["balance_lock"] == 10
    assert places["walrus"] == 22
