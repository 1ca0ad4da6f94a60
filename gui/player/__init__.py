"""Replay: stepping and playing through what was recorded."""
