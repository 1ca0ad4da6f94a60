"""Numbers and the words that go with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import engine
from engine.counted import counted

ROOT = Path(engine.__file__).parent
#: A number that is written out in a sentence, and a word that would be wrong after "1".
NOUN = re.compile(
    r"^ (?:more )?(threads?|tasks?|process|processes|children|items?|cores|records|switches|samples|"
    r"schedules|runs|pieces|rounds|steps|times(?! as )|waits(?! for )|results|workers|deadlocks?)\b|\(s\)"
)
#: What students read as their own programs, and what runs inside other people's.
NOT_OURS = ("agent", "programs", "template")
#: More than one by their nature: parameters that begin at two.
AT_LEAST_TWO = {"file_io.py", "free_threaded.py", "process_oversubscribed.py"}


def wrong_after_one(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        for before, after in zip(node.values, node.values[1:], strict=False):
            if not isinstance(before, ast.FormattedValue) or not isinstance(after, ast.Constant):
                continue
            decimals = before.format_spec is not None and "." in ast.unparse(before.format_spec)
            if not decimals and NOUN.match(str(after.value)):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: {str(after.value)[:20]!r}"


def test_words_go_with_numbers() -> None:
    assert counted(1, "thread") == "1 thread"
    assert counted(3000, "thread") == "3,000 threads"
    assert counted(0, "process", "processes") == "0 processes"


def test_no_sentence_of_a_command_says_one_threads() -> None:
    files = [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if not {*path.relative_to(ROOT).parts} & {*NOT_OURS, *AT_LEAST_TWO}
    ]
    assert len(files) > 100
    assert [found for path in files for found in wrong_after_one(path)] == []
