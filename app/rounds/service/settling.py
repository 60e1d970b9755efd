"""What becomes of proposals when something else happens to their request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.rounds.queries import proposals, storing
from app.rounds.rules import ProposalState
from app.rounds.service.expiring import end_of_request


def settle_started(session: Session, help_request_id: UUID, caseworker_id: UUID, now: datetime) -> bool:
    """End the open proposal of a request that was just assigned; return whether others may be affected.

    Nobody else is, when a proposal was accepted as it was: the place had been counted as taken. The
    request's row is locked.
    """
    end_of_request(session, help_request_id, now)
    latest = proposals.latest_of(session, help_request_id)
    as_proposed = (
        latest is not None
        and latest.state is ProposalState.ACCEPTED
        and latest.caseworker_id == caseworker_id
        and latest.decided_at == now
    )
    return not as_proposed


def let_take_part(session: Session, help_request_id: UUID) -> bool:
    """Let a request take part in rounds again because it was changed; return whether it was held back."""
    return storing.let_go(session, help_request_id)
