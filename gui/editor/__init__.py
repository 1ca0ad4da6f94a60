"""An editor for copies of the programs, in a window of its own."""
