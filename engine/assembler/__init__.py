"""Turns records into tracks, spans, arrows and marks: pure, incremental, deterministic."""

from engine.assembler.assembler import Assembler
from engine.assembler.delta import PLACE_DTYPE, Delta

__all__ = ["PLACE_DTYPE", "Assembler", "Delta"]
