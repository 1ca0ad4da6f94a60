"""A program runs under the agent as without it: everything it sees, says and returns."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import pytest

from tests.helpers.agent_run import run_agent
from tests.helpers.interpreters import Interpreter, installed
from tests.helpers.side_by_side import side_by_side

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="compares POSIX exit statuses")

every_interpreter = pytest.mark.parametrize("interpreter", installed(), ids=lambda i: i.label)

LOOK = """\
import sys
def show(name, value):
    sys.stdout.write(name + ": " + ascii(value) + "\\n")
names = sorted(globals())
show("names", names)
for name in names:
    if name not in ("show", "__builtins__"):
        show(name, type(globals()[name]).__name__ if name == "__loader__" else globals()[name])
show("loader", getattr(__loader__, "path", __loader__))
show("loader's name", getattr(__loader__, "name", None))
show("argv", sys.argv)
show("orig_argv", getattr(sys, "orig_argv", None))
show("path", sys.path)
show("flags", sys.flags)
show("modules", sorted(name for name in sys.modules if not name.startswith("_lockstep")))
show("searched", sorted(sys.path_importer_cache))
show("finders", sys.meta_path)
show("path hooks", len(sys.path_hooks))
show("frame below", sys._getframe().f_back)
show("frames", [frame.f_code.co_filename for frame in sys._current_frames().values()])
show("hooks", [sys.excepthook is sys.__excepthook__, sys.unraisablehook is sys.__unraisablehook__,
               sys.displayhook is sys.__displayhook__])
show("main", sys.modules["__main__"].__dict__ is globals())
show("locals", locals() is globals())
show("warnoptions", sys.warnoptions)
show("switch interval", sys.getswitchinterval())
show("tracing", [sys.gettrace(), sys.getprofile()])
show("recursion limit", sys.getrecursionlimit())
show("streams", [sys.stdin.name, sys.stdout.name, sys.stderr.name, sys.stdout.line_buffering])
show("bytecode", [sys.dont_write_bytecode, sys.pycache_prefix])
"""


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def _write(folder: Path, name: str, source: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return path


@every_interpreter
@pytest.mark.parametrize(
    "words",
    [
        ("look.py", "a", "-m", "--", "-c"),
        ("./look.py",),
        ("sub/../look.py",),
        ("sub/link.py",),
        ("-m", "look", "a", "-c"),
        ("-m", "package", "x"),
        ("-m", "package.inner"),
        ("-c", LOOK, "a", "-m"),
        ("folder", "1"),
        ("program.zip", "1"),
        ("-", "a"),
        (),
    ],
    ids=lambda words: " ".join(words)[:20] or "nothing",
)
def test_the_world_looks_the_same(interpreter: Interpreter, tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = _folder(tmp_path)
    for name in ("look.py", "package/__init__.py", "package/__main__.py", "package/inner.py"):
        _write(folder, name, LOOK)
    _write(folder, "folder/__main__.py", LOOK)
    (folder / "sub").mkdir()
    (folder / "sub" / "link.py").symlink_to(folder / "look.py")
    with zipfile.ZipFile(folder / "program.zip", "w") as archive:
        archive.writestr("__main__.py", LOOK)
    side_by_side(interpreter, folder, *words, stdin=LOOK.encode()).assert_same()


@every_interpreter
@pytest.mark.parametrize(
    "options",
    [
        ("-I",),
        ("-S",),
        ("-I", "-S"),
        ("-E", "-s"),
        ("-OO", "-B"),
        ("-W", "error"),
        ("-X", "dev"),
        ("-bb",),
        ("-u",),
    ],
    ids=" ".join,
)
def test_options_of_the_interpreter(
    interpreter: Interpreter, tmp_path: Path, options: tuple[str, ...]
) -> None:
    folder = _folder(tmp_path)
    _write(folder, "look.py", LOOK)
    side_by_side(interpreter, folder, "look.py", "a", options=options).assert_same()


@every_interpreter
def test_safe_path(interpreter: Interpreter, tmp_path: Path) -> None:
    if interpreter.version < (3, 11):
        pytest.skip("no -P before 3.11")
    folder = _folder(tmp_path)
    _write(folder, "look.py", LOOK)
    side_by_side(interpreter, folder, "look.py", options=("-P",)).assert_same()


@every_interpreter
def test_an_option_that_goes_interactive_after_the_program(interpreter: Interpreter, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _write(folder, "program.py", "value = 7\n1 / 0\n")
    done = side_by_side(interpreter, folder, "program.py", options=("-i", "-q"), stdin=b"print(value)\n")
    done.assert_same()
    assert b"7" in done.plain.stdout


def _programs(name: str) -> dict[str, str]:
    """The programs of a text file, by the heading (``=== heading``) that each has."""
    text = Path(__file__).with_name(name).read_text("utf-8")
    pieces = re.split(r"^=== (.*)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


ENDINGS = _programs("endings.txt")


@every_interpreter
@pytest.mark.parametrize("name", ENDINGS)
def test_a_program_ends_as_it_would(interpreter: Interpreter, tmp_path: Path, name: str) -> None:
    folder = _folder(tmp_path)
    _write(folder, "program.py", ENDINGS[name])
    _write(folder, "helping.py", "def say(text):\n    print(text, __name__)\n")
    side_by_side(interpreter, folder, "program.py", stdin=b"one\ntwo\nthree\n").assert_same()


@every_interpreter
def test_an_exception_group_shows_no_frame_of_ours(interpreter: Interpreter, tmp_path: Path) -> None:
    if interpreter.version < (3, 11):
        pytest.skip("no exception groups before 3.11")
    folder = _folder(tmp_path)
    _write(
        folder,
        "program.py",
        "def f(e):\n    try:\n        raise e\n    except Exception as x:\n        return x\n"
        "raise ExceptionGroup('all', [f(KeyError(1)), f(OSError(2))])\n",
    )
    side_by_side(interpreter, folder, "program.py").assert_same()


NOT_A_PROGRAM: dict[str, str | bytes] = {
    "syntax": "x = 1\ndef f(:\n    pass\n",
    "unclosed": "print((1,\n",
    "indentation": "if True:\nprint(1)\n",
    "tabs": "if True:\n        a = 1\n\tb = 2\n",
    "null": b"x = 1\0\n",
    "not utf-8": b"# fine\nx = '\xff'\n",
    "unknown encoding": b"# -*- coding: nonsense -*-\nx = 1\n",
    "latin-1": b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\n",
    "bom": b"\xef\xbb\xbfprint('bom')\n",
    "dos lines": b"print('a')\r\nx = 1 +\r\n",
    "empty": b"",
    "no newline": b"print(1); 1 / 0",
    "form feed": b"\x0cprint(1)\n\x0craise KeyError\n",
    "invalid escape": b"x = '\\d'\nprint(x)\n",
    "warning then error": b"x = 1 is 1\ndef f(:\n",
    "return outside": b"return 1\n",
    "late future": b"x = 1\nfrom __future__ import division\n",
}


@every_interpreter
@pytest.mark.parametrize("name", NOT_A_PROGRAM)
def test_what_cannot_be_read_is_told_as_python_tells_it(
    interpreter: Interpreter, tmp_path: Path, name: str
) -> None:
    folder = _folder(tmp_path)
    source = NOT_A_PROGRAM[name]
    _write(folder, "program.py", source)
    side_by_side(interpreter, folder, "program.py").assert_same()
    data = source if isinstance(source, bytes) else source.encode()
    side_by_side(interpreter, folder, "-", stdin=data, session=tmp_path / "stdin").assert_same()
    side_by_side(interpreter, folder, "-m", "program", session=tmp_path / "module").assert_same()
    if b"\0" not in data and data.isascii():
        text = data.decode()
        side_by_side(interpreter, folder, "-c", text, session=tmp_path / "command").assert_same()


@every_interpreter
@pytest.mark.parametrize(
    "words",
    [
        ("missing.py",),
        ("sub/missing.py", "a"),
        ("empty",),
        ("forbidden.py",),
        ("-m", "missing"),
        ("-m", "package"),
        ("-m", "package.missing"),
        ("-m", "broken"),
        ("-m", "fails"),
        ("-m", "os.path"),
        ("fails",),
    ],
    ids=" ".join,
)
def test_what_is_not_there(interpreter: Interpreter, tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = _folder(tmp_path)
    (folder / "empty").mkdir()
    _write(folder, "package/__init__.py", "")
    _write(folder, "broken.py", "def f(:\n")
    _write(folder, "fails.py", "1 / 0\n")
    _write(folder, "fails/__main__.py", "import sys\ndef f():\n    1 / 0\nf()\n")
    _write(folder, "forbidden.py", "print(1)").chmod(0)
    side_by_side(interpreter, folder, *words).assert_same()


@every_interpreter
def test_dedented_and_indented_commands(interpreter: Interpreter, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    for number, code in enumerate(
        [
            "\n   x = 1\n   \n\n   print(x)\n     \n",
            " 1",
            "  if 1:\n    print(2)\n  ",
            "\t1/0\n\t",
            "x =\\\n  1/0",
            "",
        ]
    ):
        side_by_side(interpreter, folder, "-c", code, session=tmp_path / str(number)).assert_same()


@every_interpreter
def test_compiled_programs(interpreter: Interpreter, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _write(folder, "look.py", LOOK)
    make = "import py_compile as p; p.compile('look.py', 'look.pyc'); p.compile('look.py', 'disguised')"
    side_by_side(interpreter, folder, "-c", make, session=tmp_path / "make").assert_same()
    side_by_side(interpreter, folder, "look.pyc", session=tmp_path / "pyc").assert_same()
    side_by_side(interpreter, folder, "disguised", session=tmp_path / "disguised").assert_same()
    _write(folder, "wrong.pyc", b"nonsense, and long enough")
    side_by_side(interpreter, folder, "wrong.pyc", session=tmp_path / "wrong").assert_same()


@every_interpreter
def test_a_tool_that_traces_from_the_start(interpreter: Interpreter, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    for number, switch in enumerate(("settrace", "setprofile")):
        on = f"sys.{switch}(lambda *what: None)\n"
        tool = f"import sys\n{on}sys.{switch}(None)\n{on}"
        _write(folder, "site/sitecustomize.py", tool)
        _write(folder, "look.py", LOOK)
        for words in (("look.py",), ("-c", LOOK), ("-m", "look")):
            side_by_side(
                interpreter,
                folder,
                *words,
                environment={"PYTHONPATH": str(folder / "site")},
                session=tmp_path / f"{number}{words[0]}",
            ).assert_same()


@every_interpreter
def test_arguments_that_are_no_text(interpreter: Interpreter, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _write(folder, "program.py", "import sys\nprint(ascii(sys.argv), ascii(getattr(sys, 'orig_argv', 0)))\n")
    side_by_side(interpreter, folder, "program.py", b"\xff\xfe", "ü", "").assert_same()


@every_interpreter
def test_a_session_that_cannot_be_written_does_not_stop_the_program(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    folder = _folder(tmp_path)
    _write(folder, "program.py", LOOK + "\nimport threading, queue, subprocess\n1 / 0\n")
    session = tmp_path / "session"
    done = side_by_side(interpreter, folder, "program.py", session=session, make_session=False)
    assert done.difference() == ""
    assert not done.processes
    assert not session.exists()


@every_interpreter
@pytest.mark.parametrize(
    ("source", "text", "line"),
    [
        ("def f():\n    [][1]\nf()\n", "IndexError: list index out of range", 2),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt", 1),
        ("import sys\nsys.exit(3)\n", "", 0),
        ("x = 1\n", "", 0),
    ],
)
def test_an_uncaught_exception_is_recorded(
    interpreter: Interpreter, tmp_path: Path, source: str, text: str, line: int
) -> None:
    process = run_agent(interpreter, tmp_path, source).main
    told = [(process.text(r.value), process.line_of(r.location)) for r in process.kinds("EXCEPTION")]
    assert told == ([(text, line)] if text else [])
    assert len(process.kinds("PROCESS_END")) == 1
