"""Help requests as they are read: with their proposal, and the private part for the few who may read it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.help_requests import queries as help_requests
from app.help_requests import service as requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Running, Status, Urgency
from app.help_requests.service import Private
from app.identity.rules import Role
from app.kit.auth import Actor
from app.policy.rules import PolicyDocument
from app.policy.service import InForce
from app.rounds.models import Proposal
from app.rounds.queries import help_requests as queries
from app.rounds.queries.help_requests import Involved
from app.rounds.service.explaining import ranking_of
from app.rounds.service.proposals import LANGUAGES, Language, names, open_proposals_of

MOST_OPTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A request with everything that its answer needs.

    Attributes
    ----------
    private, excluded
        None when the reader may not read them.
    caseworker_id
        Who helps: None until a person has decided.
    earlier
        Earlier requests with the same reference of a person, as far as the reader may see them.
    options
        For a crisis that waits, read by a lead: who fits best now; None otherwise.
    names
        What caseworkers, topics and locations are called, by language; empty when nobody is named.
    """

    request: HelpRequest
    policy: PolicyDocument
    now: datetime
    clocks: Sequence[Running]
    private: Private | None = None
    excluded: Collection[UUID] | None = None
    caseworker_id: UUID | None = None
    proposal: Proposal | None = None
    earlier: Sequence[UUID] = ()
    options: Sequence[solver.Option] | None = None
    names: dict[Language, dict[str, str]] = field(default_factory=dict)


def may_read_private(request: HelpRequest, involved: Sequence[Involved], reader: Actor) -> bool:
    """Say whether somebody may read summary and contact.

    Source: the design, contracts: whoever took it in, the deciding lead, and the assigned caseworker.
    The deciding lead leads the location of who works on it or is proposed for it; a crisis that waits
    is in front of every lead.
    """
    if request.received_by == reader.id:
        return True
    if reader.role == Role.CASEWORKER:
        return any(one.works and one.caseworker_id == reader.caseworker_id for one in involved)
    if reader.role != Role.TEAM_LEAD:
        return False
    if request.urgency is Urgency.CRISIS and request.status is Status.WAITING:
        return True
    return any(reader.leads(one.location) for one in involved)


def may_read_exclusions(request: HelpRequest, reader: Actor, *, private: bool) -> bool:
    """Say whether somebody may know who is excluded: no colleague, who reads "not available" only."""
    return private and (reader.role != Role.CASEWORKER or request.received_by == reader.id)


def readings_of(session: Session, rows: Sequence[HelpRequest], *, reader: Actor, now: datetime) -> list[Reading]:
    """Return requests as somebody may read them; each private part that is read is written down.

    However many there are, the number of questions stays the same; only a crisis asks more, for its
    options: a lead has them at once, also when no round, worker or solver runs.
    """
    ids = [request.id for request in rows]
    if not ids:
        return []
    involved = queries.involved_with(session, ids)
    private_ids = {row.id for row in rows if may_read_private(row, involved[row.id], reader)}
    private = requests.read(session, private_ids, actor=reader, now=now)
    excluded = help_requests.exclusions_of(session, private_ids)
    clocks = help_requests.clocks_of(session, ids)
    proposals = open_proposals_of(session, ids) if reader.role != Role.CASEWORKER else {}
    earlier = _earlier(session, rows, reader)
    policy = requests.surroundings(session, now).policy
    options = {row.id: _options(session, row, policy, now) for row in rows if _is_before_lead(row, reader)}
    called = {language: names(session, language) for language in LANGUAGES} if proposals or options else {}
    return [
        Reading(
            request=row,
            policy=policy.document,
            now=now,
            clocks=clocks[row.id],
            private=private.get(row.id, Private()) if row.id in private_ids else None,
            excluded=_excluded(row, excluded, reader),
            caseworker_id=next((one.caseworker_id for one in involved[row.id] if one.leads), None),
            proposal=proposals.get(row.id),
            earlier=earlier.get(row.id, ()),
            options=options.get(row.id),
            names=called,
        )
        for row in rows
    ]


def reading_of(session: Session, request: HelpRequest, *, reader: Actor, now: datetime) -> Reading:
    """Return one request as somebody may read it."""
    session.flush()
    return readings_of(session, [request], reader=reader, now=now)[0]


def _is_before_lead(row: HelpRequest, reader: Actor) -> bool:
    return reader.role == Role.TEAM_LEAD and row.urgency is Urgency.CRISIS and row.status is Status.WAITING


def _options(session: Session, row: HelpRequest, policy: InForce, now: datetime) -> Sequence[solver.Option]:
    return ranking_of(session, row, policy, now).options[:MOST_OPTIONS]


def _excluded(row: HelpRequest, excluded: dict[UUID, frozenset[UUID]], reader: Actor) -> frozenset[UUID] | None:
    if row.id in excluded and may_read_exclusions(row, reader, private=True):
        return excluded[row.id]
    return None


def _earlier(session: Session, rows: Sequence[HelpRequest], reader: Actor) -> dict[UUID, list[UUID]]:
    persons = {row.person_reference for row in rows if row.person_reference is not None}
    by_person = help_requests.earlier_of(session, persons, reader)
    return {
        row.id: [one for one in by_person[row.person_reference] if one < row.id]
        for row in rows
        if row.person_reference is not None
    }
