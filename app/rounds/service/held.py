"""A request that came in with a hold: its place becomes a proposal that stays put."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import snapshot
from app.assignments.models import Hold
from app.city import service as city
from app.help_requests.models import HelpRequest
from app.kit import clock
from app.kit.db import new_id
from app.kit.events import announce
from app.policy import service as policies
from app.rounds.events import ProposalMade
from app.rounds.models import Proposal
from app.rounds.rules import ProposalState, expiry_of
from app.rounds.service.storing import stored_term

MOST_ALTERNATIVES = 5


def propose_held(session: Session, request: HelpRequest, hold: Hold, *, now: datetime) -> Proposal:
    """Return a new open proposal for the caseworker whose place an operator held.

    The hold counts as load until somebody decides, or the proposal expires; rounds leave both alone as
    long as the pair is possible. The request's row is locked or new; its hold was taken before.
    """
    policy = policies.in_force(session, clock.day_of(now))
    problem = snapshot.problem_of(session, [request], now=now, policy=policy)
    problem = replace(problem, policy=replace(problem.policy, ordinary_below_target=False))
    options = solver.rank(problem, str(request.id)).options
    chosen = next((item for item in options if item.caseworker == str(hold.caseworker_id)), None)
    proposal = Proposal(
        id=new_id(),
        round_id=None,
        hold_id=hold.id,
        help_request_id=request.id,
        caseworker_id=hold.caseworker_id,
        state=ProposalState.OPEN,
        effort_minutes=hold.effort_minutes,
        points=chosen.points if chosen else 0,
        terms=[stored_term(term) for term in chosen.terms] if chosen else [],
        alternatives=_others(options, chosen),
        cross_district=chosen.cross_district if chosen else False,
        created_at=now,
        expires_at=expiry_of(now, city.closed_days(session, clock.day_of(now))),
    )
    session.add(proposal)
    session.flush()
    event = ProposalMade(
        subject_id=request.id, proposal_id=proposal.id, caseworker_id=hold.caseworker_id, replaces=None
    )
    announce(session, event, actor=None, now=now)
    return proposal


def _others(options: tuple[solver.Option, ...], chosen: solver.Option | None) -> list[dict[str, object]]:
    others = [item for item in options if chosen is not None and item.caseworker != chosen.caseworker]
    base = chosen.points if chosen else 0
    return [
        {
            "caseworker": str(UUID(item.caseworker)),
            "extra_points": item.points - base,
            "terms": [stored_term(term) for term in item.terms if term.points],
            "displaces": [],
        }
        for item in others[:MOST_ALTERNATIVES]
    ]
