"""Records, understands and stores what a Python program does; knows nothing of windows."""
