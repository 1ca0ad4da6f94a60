"""Runs inside the observed interpreter: standard library only, CPython 3.9 and newer."""
