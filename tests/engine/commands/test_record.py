"""Where our options end and the program's begin."""

from __future__ import annotations

import pytest

from engine.cli import parser
from engine.commands import record
from engine.errors import UsageError
from engine.session import Launch


@pytest.mark.parametrize(
    ("arguments", "ours", "program"),
    [
        ("x.py", "", "x.py"),
        ("x.py -o a --json -v", "", "x.py -o a --json -v"),
        ("-v x.py -v", "-v", "x.py -v"),
        ("-o out x.py", "-o out", "x.py"),
        ("-oout x.py", "-oout", "x.py"),
        ("--gil=off x.py", "--gil=off", "x.py"),
        ("--gil off x.py", "--gil off", "x.py"),
        ("--time-limit 3 --capture x.py a", "--time-limit 3 --capture", "x.py a"),
        ("-m mod", "", "-m mod"),
        ("-m mod -o x -m y", "", "-m mod -o x -m y"),
        ("-mmod a", "", "-m mod a"),
        ("-v -m mod a", "-v", "-m mod a"),
        ("-m", "", "-m"),
        ("-- -x.py a", "", "-x.py a"),
        ("-v -- x.py -- a", "-v", "x.py -- a"),
        ("x.py -- a", "", "x.py -- a"),
        ("--scenario a --set b=1 --set c=2", "--scenario a --set b=1 --set c=2", ""),
        ("--python /usr/bin/python3 x.py --python y", "--python /usr/bin/python3", "x.py --python y"),
        ("-", "", "-"),
        ("--unknown x.py", "--unknown", "x.py"),
        ("-o", "-o", ""),
        ("", "", ""),
    ],
)
def test_split(arguments: str, ours: str, program: str) -> None:
    left, right = record.split(["record", *arguments.split()])
    assert left == ["record", *ours.split()]
    assert right == program.split()


def test_every_option_with_a_value_is_known_to_the_split() -> None:
    actions = parser("record")._subparsers._group_actions[0].choices["record"]._actions  # type: ignore[union-attr, index]
    taking = {
        option
        for action in actions
        if action.nargs is None and action.option_strings and action.dest != "module"
        for option in action.option_strings
    }
    assert taking == set(record._WITH_VALUE)


def prepared(arguments: str) -> tuple[Launch, str]:
    ours, program = record.split(["record", *arguments.split()])
    options = parser("record").parse_args(ours)
    options.program = program
    with record._prepared(options) as (launch, name):
        return launch, name


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("", "give a SCRIPT"),
        ("-m", "-m needs the name"),
        ("--scenario threads_five_workers x.py", "not both"),
        ("--set a=1 x.py", "--set is for"),
        ("--scenario threads_five_workers --set workers", "NAME=VALUE"),
        ("--scenario threads_five_workers --set =3", "NAME=VALUE"),
        ("--time-limit 0 x.py", "--time-limit"),
        ("--time-limit never x.py", "--time-limit"),
        ("--size-limit -3 x.py", "--size-limit"),
        ("--size-limit nan x.py", "--size-limit"),
        ("--gil maybe x.py", "--gil"),
        ("-o", "-o"),
    ],
)
def test_what_cannot_be_meant_is_said(arguments: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        prepared(arguments)


def test_launches() -> None:
    launch, name = prepared("--time-limit 2.5 --size-limit 3 --gil off --priority normal x/prog.py -a b")
    assert name == "prog"
    assert launch.command == ["x/prog.py", "-a", "b"]
    assert launch.time_limit_s == 2.5
    assert launch.size_limit_bytes == 3 << 20
    launch, name = prepared("-m pkg.mod -x")
    assert name == "pkg.mod"
    assert (launch.module, launch.command) == ("pkg.mod", ["-m", "pkg.mod", "-x"])
    launch, name = prepared("--scenario threads_five_workers --set workers=7")
    assert name == "threads_five_workers"
    assert launch.parameters["workers"] == 7
