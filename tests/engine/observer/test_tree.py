"""The tree of processes under bad luck: something happens between one look at ``/proc`` and the next."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.observer import procfs
from engine.observer.board import Board
from engine.observer.segment import Segment
from engine.observer.tree import Tree
from tests.helpers.run_session import waited_for

pytestmark = pytest.mark.linux

#: Starts a child that lives until it is told, and buries it when it is told to.
PARENT = """
import os
reader, writer = os.pipe()
child = os.fork()
if child == 0:
    os.close(writer)
    os.read(reader, 1)
    os._exit(3)
print(child, flush=True)
input()
os.close(writer)
input()
os.waitpid(child, 0)
print('buried', flush=True)
input()
"""


@contextmanager
def _following(folder: Path) -> Iterator[tuple[Tree, subprocess.Popen[str], int]]:
    """A tree, a parent in it and the parent's child."""
    (folder / "observer").mkdir()
    side = os.open(folder / "side.jsonl", os.O_WRONLY | os.O_CREAT)
    segment = Segment(str(folder / "o0.seg"), str(folder / "full"))
    tree = Tree(str(folder), Board(), segment, side, [], False, False)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        try:
            child = int(parent.stdout.readline())
            tree.add(parent.pid, os.getpid())
            yield tree, parent, child
        finally:
            parent.stdin.close()
            parent.wait()
            tree.close()
            segment.close()
            os.close(side)


def _say(parent: subprocess.Popen[str]) -> None:
    assert parent.stdin is not None
    parent.stdin.write("\n")
    parent.stdin.flush()


def _look(tree: Tree) -> dict[int, int]:
    """A look that spares no effort; pid → serial of all that are followed then."""
    tree.scan_now()
    tree.look()
    return {pid: process.serial for pid, process in tree.processes.items()}


def test_a_zombie_that_is_buried_while_it_is_looked_at_is_nobody_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in the list of its parent's children and has gone when it is looked at itself."""
    with _following(tmp_path) as (tree, parent, child):
        assert child in _look(tree)
        _say(parent)
        waited_for(lambda: child not in _look(tree), "the child's end")
        assert procfs.is_zombie(child)
        everybody = tree.everybody
        list_children = procfs.children

        def slow(pid: int) -> list[int]:
            listed = list_children(pid)
            if child in listed:
                _say(parent)
                assert parent.stdout is not None
                assert parent.stdout.readline() == "buried\n"
            return listed

        monkeypatch.setattr(procfs, "children", slow)
        assert child not in _look(tree)
        assert not procfs.alive(child)
        assert tree.everybody == everybody


def test_a_folder_that_is_found_late_makes_nobody_new_of_who_was_seen(tmp_path: Path) -> None:
    with _following(tmp_path) as (tree, parent, child):
        assert child in _look(tree)
        everybody = tree.everybody
        _say(parent)
        waited_for(lambda: child not in _look(tree), "the child's end")
        for name in (f"p{child}-1", f"p{child}-2i1"):  # it began long ago
            (tmp_path / name).mkdir()
            (tmp_path / name / "side.jsonl").touch()
        assert child not in _look(tree)
        assert tree.everybody == everybody
        (tmp_path / f"p{child}-{1 << 62:x}").mkdir()  # another one with the same number, which has gone
        (tmp_path / f"p{child}-{1 << 62:x}" / "side.jsonl").touch()
        assert child not in _look(tree)
        assert tree.everybody == everybody + 1
