"""The same work done in six ways, in the window: measured, drawn side by side, and looked into."""
