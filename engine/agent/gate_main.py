"""``python gate_main.py REQUESTS REPORTS COMMANDS [REQUESTS REPORTS …]``: runs a program again and again
under the gate.

All are descriptors; every run begins in the same state.  Further pairs are for runs side by side.

Prepares everything once (modules of the standard library imported, the program compiled and its
instructions looked at, hash seed and random seed fixed, garbage collection off), then forks a
process for every request; one is always ready before it is asked for.  Where runs are explored and the
program allows it, they have the time before its first thread in common (``gate_trunk``).  A request is
JSON, ``{"run": number, "mode": "rule" | "hand", …}``, behind its length; what comes back is lines of
JSON: ``hello``, ``taken`` (run, pid), and from the run itself ``done`` or the events of
``gate_drivers.ByHand``.
"""

if __name__ == "__main__":
    import sys

    folder = __file__.replace("\\", "/").rpartition("/")[0]
    sys.path = [path for path in sys.path if path.replace("\\", "/").rstrip("/") != folder]
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        "_lockstep", folder + "/__init__.py", submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["_lockstep"] = package
    spec.loader.exec_module(package)
    __import__("_lockstep.gate_server", None, None, ["*"]).serve(*map(int, sys.argv[1:]))
