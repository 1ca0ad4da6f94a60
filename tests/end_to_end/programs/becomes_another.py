"""Forks; then both become another program, which is this one with an argument."""

import os
import sys

if len(sys.argv) > 1:
    os.write(1, b"second\n")
else:
    child = os.fork()
    arguments = [sys.executable, __file__, "second", str(child)]
    os.execv(arguments[0], arguments)
if sys.argv[2:] != ["0"]:
    os.waitpid(int(sys.argv[2]), 0)
