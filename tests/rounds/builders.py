"""Proposals for tests, as a round would have made them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.caseworkers.models import Caseworker
from app.help_requests.models import HelpRequest
from app.kit.db import new_id
from app.rounds.models import Proposal
from app.rounds.rules import ProposalState
from app.rounds.service.running import start
from app.rounds.service.solving import limits_of
from app.rounds.service.starting import Started
from tests.builders import NOW, a_caseworker, a_help_request


def a_proposal(
    session: Session, request: HelpRequest | None = None, caseworker: Caseworker | None = None, **given: Any
) -> Proposal:
    """Add an open proposal of two hours a week; request and caseworker are made, too, unless given."""
    ordinary = {
        "id": new_id(),
        "help_request_id": (request or a_help_request(session)).id,
        "caseworker_id": (caseworker or a_caseworker(session)).id,
        "state": ProposalState.OPEN,
        "effort_minutes": 120,
        "points": 0,
        "terms": [],
        "alternatives": [],
        "cross_district": False,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=1),
    }
    proposal = Proposal(**(ordinary | given))
    session.add(proposal)
    session.flush()
    return proposal


def started_round(round_id: UUID) -> Started:
    """Start a queued round, and return what it read; it is left as if the solver were at work."""
    started = start(round_id, limits=limits_of(30.0), now=NOW)
    assert started is not None
    return started


def open_proposals(session: Session) -> list[Proposal]:
    """Return the open proposals as they are stored now, in the order in which they were made."""
    session.expire_all()
    query = select(Proposal).where(Proposal.state == ProposalState.OPEN).order_by(Proposal.id)
    return list(session.scalars(query))
