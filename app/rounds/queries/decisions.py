"""Questions about decisions."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.caseworkers.models import Caseworker
from app.help_requests.models import Exclusion
from app.kit.errors import NotFound
from app.rounds.models import Decision, Proposal


def get(session: Session, decision_id: UUID) -> Decision:
    """Return a decision as it is now; raises NotFound when there is none with this id."""
    query = select(Decision).where(Decision.id == decision_id).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(f"There is no decision {decision_id}.")
    return found


def requests_of(session: Session, proposal_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """Return the help request and the caseworker of each of these proposals that exists."""
    query = select(Proposal.id, Proposal.help_request_id, Proposal.caseworker_id)
    rows = session.execute(query.where(Proposal.id.in_(list(proposal_ids))))
    return {key: (help_request_id, caseworker_id) for key, help_request_id, caseworker_id in rows}


def lock_caseworkers(session: Session, ids: Iterable[UUID]) -> None:
    """Lock several caseworkers until commit, in id order; the help requests are locked before."""
    query = select(Caseworker.id).where(Caseworker.id.in_(list(ids))).order_by(Caseworker.id)
    session.execute(query.with_for_update()).all()


def withdraw_exclusion(
    session: Session, help_request_id: UUID, caseworker_id: UUID, *, made_at: datetime, made_by: UUID
) -> None:
    """Delete an exclusion that was made by somebody at a moment; one that was there before stays."""
    session.execute(
        delete(Exclusion).where(
            Exclusion.help_request_id == help_request_id,
            Exclusion.caseworker_id == caseworker_id,
            Exclusion.created_at == made_at,
            Exclusion.created_by == made_by,
        )
    )
