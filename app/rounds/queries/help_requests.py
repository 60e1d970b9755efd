"""Questions about who is, or may come to be, involved with help requests."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assignments.models import Assignment
from app.assignments.rules import Kind
from app.caseworkers.models import Caseworker
from app.help_requests.models import HelpRequest
from app.rounds.models import Proposal
from app.rounds.rules import ProposalState


@dataclass(frozen=True, slots=True)
class Involved:
    """A caseworker who works on a request (``works``; ``leads`` it), or is only proposed for it."""

    caseworker_id: UUID
    location: str
    works: bool
    leads: bool


def involved_with(session: Session, help_request_ids: Collection[UUID]) -> dict[UUID, list[Involved]]:
    """Return who works on each of these requests now, and who is proposed for it."""
    found: dict[UUID, list[Involved]] = {help_request_id: [] for help_request_id in help_request_ids}
    if not found:
        return found
    working = (
        select(Assignment.help_request_id, Caseworker.id, Caseworker.location_code, Assignment.kind)
        .join(Caseworker, Caseworker.id == Assignment.caseworker_id)
        .where(Assignment.help_request_id.in_(found), Assignment.ended_at.is_(None))
    )
    for help_request_id, caseworker_id, location, kind in session.execute(working):
        found[help_request_id].append(Involved(caseworker_id, location, works=True, leads=kind is Kind.LEAD))
    proposed = (
        select(Proposal.help_request_id, Caseworker.id, Caseworker.location_code)
        .join(Caseworker, Caseworker.id == Proposal.caseworker_id)
        .where(Proposal.help_request_id.in_(found), Proposal.state == ProposalState.OPEN)
    )
    for help_request_id, caseworker_id, location in session.execute(proposed):
        found[help_request_id].append(Involved(caseworker_id, location, works=False, leads=False))
    return found


def references_of(session: Session, help_request_ids: Collection[UUID]) -> dict[str, str]:
    """Return what people call these requests, by identifier as text; who reads them is checked before."""
    query = select(HelpRequest.id, HelpRequest.reference).where(HelpRequest.id.in_(help_request_ids))
    return {str(key): reference for key, reference in session.execute(query)} if help_request_ids else {}


def last_caseworker_of_person(session: Session, person_reference: str) -> UUID | None:
    """Return who led the latest request of a person that anybody led, if they still work here."""
    return session.scalar(
        select(Assignment.caseworker_id)
        .join(HelpRequest, HelpRequest.id == Assignment.help_request_id)
        .join(Caseworker, Caseworker.id == Assignment.caseworker_id)
        .where(HelpRequest.person_reference == person_reference, Assignment.kind == Kind.LEAD, Caseworker.active)
        .order_by(Assignment.started_at.desc(), Assignment.id.desc())
        .limit(1)
    )


def last_caseworker_of_request(session: Session, help_request_id: UUID) -> UUID | None:
    """Return who led a request last."""
    return session.scalar(
        select(Assignment.caseworker_id)
        .where(Assignment.help_request_id == help_request_id, Assignment.kind == Kind.LEAD)
        .order_by(Assignment.started_at.desc(), Assignment.id.desc())
        .limit(1)
    )
