"""The timeline.  ``transform``, ``ticks``, ``rows``, ``levels`` and ``history`` are plain
arithmetic without Qt; the rest paints and listens."""
