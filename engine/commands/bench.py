"""``bench``: what observing costs, measured on this machine."""

from __future__ import annotations

import argparse

from engine import bench

DESCRIPTION = "Measures what observing costs and how fast recordings are read."

add_arguments = bench.add_arguments


def run(options: argparse.Namespace) -> int:
    return bench.main(options)
