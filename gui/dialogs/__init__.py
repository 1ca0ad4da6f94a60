"""Windows of their own: the sheet of keys, progress, about."""
