"""By hand: the program runs for real, one thread let go at a time."""
