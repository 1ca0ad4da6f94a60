"""``.lockstep`` files: everything of one run in one file that is safe to open."""

from engine.recording.feed import RecordingFeed
from engine.recording.load import LoadedRecording, RecordingInfo, load, session_info
from engine.recording.notes import Note
from engine.recording.save import Saved, save

__all__ = [
    "LoadedRecording",
    "Note",
    "RecordingFeed",
    "RecordingInfo",
    "Saved",
    "load",
    "save",
    "session_info",
]
