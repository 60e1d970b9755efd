"""Generalised assignment with optional jobs and convex agent costs: arrays in, arrays out.

A library of its own: it knows nothing of help requests. `solver.core.routes.solve` chooses a route.
"""
