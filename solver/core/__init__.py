"""Generalised assignment with optional jobs and convex agent costs: flat arrays in, flat arrays out.

Knows nothing of help requests; OR-Tools is imported here only.
"""
