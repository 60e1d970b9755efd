"""Routes: help requests with their proposal, rounds, proposals and decisions."""
