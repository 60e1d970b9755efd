"""What can be done with rounds, proposals and decisions."""

from app.rounds.service.expiring import expire
from app.rounds.service.proposals import caseworker_codes, open_proposals_of, proposal, proposals
from app.rounds.service.requesting import add_round, get_round, request_round, rounds
from app.rounds.service.running import run

__all__ = [
    "add_round",
    "caseworker_codes",
    "expire",
    "get_round",
    "open_proposals_of",
    "proposal",
    "proposals",
    "request_round",
    "rounds",
    "run",
]
