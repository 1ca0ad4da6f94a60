"""A recording as it is looked at: columns of spans, window queries, levels of detail."""

from engine.store.store import Store

__all__ = ["Store"]
