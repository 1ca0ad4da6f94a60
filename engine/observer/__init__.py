"""Starts the program, looks at it from outside, stops it: small processes of their own.

``guard`` is started by ``engine.session``; below it run the ``follower`` (launches the program,
follows its processes, ends them) and the ``sampler`` processes.  Standard library only.
"""
