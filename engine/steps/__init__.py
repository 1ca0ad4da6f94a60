"""The steps of a recording: what stepping stops at, which of them matter most, and what is said of each."""

from engine.steps.choice import MOST_STEPS, chosen
from engine.steps.events import EVENT_DTYPE, EventIndex, What
from engine.steps.telling import Cause, Telling, tell

__all__ = ["EVENT_DTYPE", "MOST_STEPS", "Cause", "EventIndex", "Telling", "What", "chosen", "tell"]
