"""Proposals as the rest of the service asks for them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.rounds.models import Proposal
from app.rounds.queries import proposals as queries
from app.rounds.queries import rounds
from app.rounds.rules import ProposalState


def open_proposals_of(session: Session, help_request_ids: Iterable[UUID]) -> dict[UUID, Proposal]:
    """Return the open proposal of each of these requests that has one."""
    return {proposal.help_request_id: proposal for proposal in queries.open_of(session, help_request_ids)}


def proposal(session: Session, proposal_id: UUID) -> Proposal:
    """Return a proposal; raises NotFound when there is none with this id."""
    return queries.get(session, proposal_id)


def proposals(
    session: Session, *, state: ProposalState | None, after: UUID | None, limit: int
) -> Sequence[Proposal]:
    """Return proposals in the order in which they were made, at most ``limit``."""
    return queries.page(session, state=state, after=after, limit=limit)


def caseworker_codes(session: Session) -> dict[str, str]:
    """Return the code of every caseworker by identifier as text, for the words of proposals."""
    return rounds.caseworker_codes(session)
