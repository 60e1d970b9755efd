"""What can be done with rounds, proposals and decisions."""

from app.rounds.service.proposals import caseworker_codes, open_proposals_of, proposal, proposals

__all__ = ["caseworker_codes", "open_proposals_of", "proposal", "proposals"]
