"""What can be done with rounds, proposals and decisions."""

from app.rounds.service.checking import Checked, check
from app.rounds.service.choosing import Choice, weigh_choice
from app.rounds.service.deciding import Preview, decide, lock_all, lock_open, preview
from app.rounds.service.expiring import end_of_request, expire, release_expired_holds
from app.rounds.service.explaining import Explanation, explain
from app.rounds.service.findings import Findings, findings_of
from app.rounds.service.held import propose_held
from app.rounds.service.proposals import names, open_proposals_of, proposal, proposals
from app.rounds.service.replaying import Replayed, replay
from app.rounds.service.requesting import add_round, get_round, request_round, rounds
from app.rounds.service.reversing import reverse
from app.rounds.service.running import run
from app.rounds.service.scenarios import Away, WhatIf, what_if
from app.rounds.service.settling import let_take_part, settle_started
from app.rounds.service.solving import FIRST_WORK, ask, end_solver, turn, use_memory
from app.rounds.service.stored import StoredRound, stored
from app.rounds.service.weighing import weigh

__all__ = [
    "FIRST_WORK",
    "Away",
    "Checked",
    "Choice",
    "Explanation",
    "Findings",
    "Preview",
    "Replayed",
    "StoredRound",
    "WhatIf",
    "add_round",
    "ask",
    "check",
    "decide",
    "end_of_request",
    "end_solver",
    "expire",
    "explain",
    "findings_of",
    "get_round",
    "let_take_part",
    "lock_all",
    "lock_open",
    "names",
    "open_proposals_of",
    "preview",
    "proposal",
    "proposals",
    "propose_held",
    "release_expired_holds",
    "replay",
    "request_round",
    "reverse",
    "rounds",
    "run",
    "settle_started",
    "stored",
    "turn",
    "use_memory",
    "weigh",
    "weigh_choice",
    "what_if",
]
