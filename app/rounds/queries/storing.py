"""What a round writes: many rows in few statements."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.assignments.models import Hold
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.rounds.models import Decision, Proposal
from app.rounds.rules import ProposalState


def lock_waiting(session: Session, help_request_ids: Collection[UUID]) -> set[UUID]:
    """Lock these requests until commit, in id order, and return those that wait."""
    query = select(HelpRequest.id, HelpRequest.status).where(HelpRequest.id.in_(list(help_request_ids)))
    rows = session.execute(query.order_by(HelpRequest.id).with_for_update(key_share=True))
    return {key for key, status in rows if status == Status.WAITING}


def add_proposals(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store new proposals; those that they replace are ended before."""
    if rows:
        session.execute(insert(Proposal), rows)


def end_proposals(session: Session, ids: Collection[UUID], state: ProposalState, now: datetime) -> None:
    """Bring open proposals into another state; their requests are locked."""
    change = update(Proposal).where(Proposal.id.in_(list(ids)))
    values = {"state": state, "decided_at": now, "version": Proposal.version + 1}
    session.execute(change.values(values), execution_options={"synchronize_session": "fetch"})


def holding_back(session: Session) -> dict[UUID, str]:
    """Return the requests that a rejection keeps out of rounds until they are changed, with its reason."""
    query = (
        select(Proposal.help_request_id, Decision.reason)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(Decision.holds_back)
        .order_by(Decision.id)
    )
    return {key: reason or "" for key, reason in session.execute(query)}


def let_go(session: Session, help_request_id: UUID) -> bool:
    """Let a request take part in rounds again; return whether it was held back."""
    of_request = select(Proposal.id).where(Proposal.help_request_id == help_request_id)
    change = update(Decision).where(Decision.proposal_id.in_(of_request), Decision.holds_back)
    return bool(session.execute(change.values(holds_back=False).returning(Decision.id)).all())


def release_expired_holds(session: Session, now: datetime) -> None:
    """Mark holds as released from the moment at which they expired; those of an open proposal stay."""
    expired = (Hold.released_at.is_(None), Hold.taken_by_request_id.is_(None), Hold.expires_at <= now)
    session.execute(update(Hold).where(*expired).values(released_at=Hold.expires_at))
