"""One file a scenario: its parameters, and how its recording is read."""
