"""Small programs to control."""

from __future__ import annotations

from pathlib import Path

RACE = """\
import threading
balance = 0
def change(amount):
    global balance
    for _ in range({rounds}):
        balance = balance + amount
        balance = balance - amount
def main():
    threads = [threading.Thread(target=change, args=(n,), name=f"customer {{n}}") for n in (5, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("balance:", balance)
    assert balance == 0
main()
"""

DEADLOCK = """\
import threading
first, second = threading.Lock(), threading.Lock()
def one():
    with first:
        with second:
            pass
def other():
    with second:
        with first:
            pass
threads = [threading.Thread(target=one, name="one"), threading.Thread(target=other, name="other")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

PHILOSOPHERS = """\
import threading
forks = [threading.Lock() for _ in range(5)]
def dine(left, right):
    with forks[left]:
        with forks[right]:
            pass
threads = [threading.Thread(target=dine, args=(n, (n + 1) % 5)) for n in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def write(folder: Path, source: str, name: str = "program.py") -> Path:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return path
