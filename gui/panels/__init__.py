"""The panels beside the timeline, one a file."""
