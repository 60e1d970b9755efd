"""Questions about rounds, proposals and decisions."""
