"""Proposals as the rest of the service asks for them."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from app.city import service as city
from app.kit.auth import Actor
from app.rounds.models import Proposal
from app.rounds.queries import proposals as queries
from app.rounds.queries import rounds
from app.rounds.rules import ProposalState

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")


def open_proposals_of(session: Session, help_request_ids: Iterable[UUID]) -> dict[UUID, Proposal]:
    """Return the open proposal of each of these requests that has one."""
    return {proposal.help_request_id: proposal for proposal in queries.open_of(session, help_request_ids)}


def proposal(session: Session, proposal_id: UUID, viewer: Actor) -> Proposal:
    """Return a proposal; raises NotFound when there is none with this id that the viewer may know of."""
    return queries.get(session, proposal_id, viewer)


def proposals(
    session: Session, viewer: Actor, *, state: ProposalState | None, after: UUID | None, limit: int
) -> Sequence[Proposal]:
    """Return proposals in the order in which they were made, at most ``limit``."""
    return queries.page(session, viewer, state=state, after=after, limit=limit)


def names(session: Session, language: Language) -> dict[str, str]:
    """Return what people call caseworkers, topics and locations, by identifier as text or by code."""
    labels = {topic.code: topic.label_nl if language == "nl" else topic.label_en for topic in city.topics(session)}
    places = {location.code: location.name for location in city.locations(session)}
    return labels | places | rounds.caseworker_codes(session)
