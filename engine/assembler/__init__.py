"""Turns records into tracks, spans, arrows and marks: pure, incremental, deterministic."""

from engine.assembler.assembler import Assembler
from engine.assembler.delta import Delta

__all__ = ["Assembler", "Delta"]
