"""Makes Lockstep's packages: one description, a folder with a real CPython, then each system's form.

Standard library only.  ``packaging/make_package.py`` is the command.
"""
