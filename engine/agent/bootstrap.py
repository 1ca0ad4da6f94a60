# The file that Python is started with instead of the program; -x skips this line only.
"""Starts the agent in this process and runs the program as Python itself would.

Nothing of this file is left when the program begins: its names are taken out of ``__main__``,
its frame is hidden (see ``hidden``).
"""

if __name__ == "__main__":
    import sys

    present = frozenset(sys.modules), frozenset(sys.path_importer_cache)
    import _frozen_importlib as machinery
    import _frozen_importlib_external as files

    folder = __file__.replace("\\", "/").rpartition("/")[0]
    spec = files.spec_from_file_location(
        "_lockstep", folder + "/__init__.py", submodule_search_locations=[folder]
    )
    machinery._load(spec)  # type: ignore[attr-defined,unused-ignore]
    program = __import__("_lockstep.program", None, None, ["*"])
    # No name is looked up once this has begun: they are the program's then.
    with program.leaving:
        program.run(*present, sys._getframe())
