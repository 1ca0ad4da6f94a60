"""The lesson around a run: question, votes, run, what was seen, what happened, one change, what next."""
