"""Writes two hundred million bytes."""

import sys

LINE = b"0123456789abcdef" * 624 + b"0123456789abcde\n"

for _ in range(20_000):
    sys.stdout.buffer.write(LINE)
sys.stdout.buffer.flush()
print("written", file=sys.stderr)
