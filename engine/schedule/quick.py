"""``explore``: one call, for test suites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from engine.schedule.explorer import PREEMPTIONS, TIME_LIMIT_S, Explorer, Options, Result
from engine.schedule.target import Target, of_function, of_script


def explore(
    program: Callable[[], object] | str | Path | Target,
    *,
    preemptions: int = PREEMPTIONS,
    seed: int = 0,
    time_limit_s: float = TIME_LIMIT_S,
    files: Sequence[str | Path] = (),
) -> Result:
    """Look for a schedule that breaks ``program``: a function without arguments at the top of a file, or a
    script.

    The function is called in processes of their own, in the schedules of the threads that it starts; what
    it raises (an AssertionError of ``assert``) is found, as are deadlocks.  Threads are stopped in the
    file of the function or script, and in ``files``.  Raises LockstepError: it cannot be run; ValueError:
    the function cannot be found by its name.
    """
    more = [Path(file) for file in files]
    if isinstance(program, Target):
        target = program
    elif callable(program):
        target = of_function(program, more)
    else:
        target = of_script(Path(program))
        target = Target(path=target.path, files=more)
    options = Options(preemptions=preemptions, seed=seed, time_limit_s=time_limit_s)
    return Explorer(target, options).run()
