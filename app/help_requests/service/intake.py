"""Taking requests in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.help_requests import queries, rules
from app.help_requests.events import HelpRequestReceived
from app.help_requests.models import Clock, Exclusion, HelpRequest, PrivatePart
from app.help_requests.rules import Channel, Concerns, Due, LegalReport, Status, Threat, Urgency, Weight
from app.help_requests.service.derived import surroundings
from app.help_requests.service.private import Private, sealed_row
from app.kit import audit, clock, events, idempotency, queue
from app.kit.audit import AuditLine
from app.kit.auth import Actor
from app.kit.db import new_id
from app.kit.errors import DomainError, Fault, InvalidInput
from app.kit.events import EventRow
from app.kit.inserts import count_as_read, insert_together


class Minor(DomainError):
    """The request is about a child or minor: another organisation helps, and nothing is stored."""

    code = "minor"
    title = "Somebody else helps people younger than 18"


class AgeUnknown(DomainError):
    """Nothing was said about the age of the person concerned."""

    code = "age-unknown"
    title = "Nothing was said about age"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A request as it is handed over; what is None or empty was not said.

    Attributes
    ----------
    adult
        Whether the person concerned is 18 or older; None when not known. A birth date never gets here.
    asked_level, asked_effort_minutes
        What the intake sets itself, instead of the policy.
    """

    topic: str
    adult: bool | None
    other_topics: Sequence[str] = ()
    urgency: Urgency = Urgency.NORMAL
    threat: Threat | None = None
    weight: Weight = Weight.MEDIUM
    concerns: Concerns = Concerns.SELF
    consent: bool | None = None
    district_code: str | None = None
    channel: Channel | None = None
    asked_level: int | None = None
    asked_effort_minutes: int | None = None
    required_languages: Sequence[str] = ()
    preferred_languages: Sequence[str] = ()
    interpreter_allowed: bool = True
    required_attributes: Sequence[str] = ()
    excluded_caseworker_ids: Sequence[UUID] = ()
    preferred_location_code: str | None = None
    previous_caseworker_id: UUID | None = None
    wait_for_caseworker_id: UUID | None = None
    wait_for_until: date | None = None
    person_reference: str | None = None
    household_reference: str | None = None
    external_reference: str | None = None
    source_url: str | None = None
    klantcontact_uuid: UUID | None = None
    internetaak_uuid: UUID | None = None
    zaak_url: str | None = None
    received_at: datetime | None = None
    legal_reports: Sequence[LegalReport] = ()
    external_deadline: date | None = None
    private: Private = field(default_factory=Private)


COLUMNS = tuple(column.name for column in HelpRequest.__table__.columns)
NOT_IN_THE_ROW = frozenset({"private", "received_at", "excluded_caseworker_ids"})
LISTS = frozenset(
    {"other_topics", "required_languages", "preferred_languages", "required_attributes", "legal_reports"}
)


def check(session: Session, intake: Intake, *, handoff: str = "") -> None:
    """Check what only the database or the law can tell.

    Parameters
    ----------
    handoff
        Where children and minors are helped, in the words of the city.

    Raises
    ------
    Minor
        When the request is about a child or minor.
    InvalidInput
        When it names caseworkers that do not exist; every one of them.
    """
    if intake.concerns is Concerns.CHILD or intake.adult is False:
        raise Minor(handoff or "Requests of people younger than 18 are not taken in here.", handoff=handoff)
    named = _named_caseworkers(intake)
    unknown = queries.unknown_caseworkers(session, {caseworker_id for _, caseworker_id in named})
    if unknown:
        raise InvalidInput(
            Fault(pointer, f"there is no caseworker '{caseworker_id}'; send the id of one")
            for pointer, caseworker_id in named
            if caseworker_id in unknown
        )


def _named_caseworkers(intake: Intake) -> list[tuple[str, UUID]]:
    named = [
        (f"#/excludedCaseworkerIds/{place}", caseworker_id)
        for place, caseworker_id in enumerate(intake.excluded_caseworker_ids)
    ]
    if intake.previous_caseworker_id is not None:
        named.append(("#/previousCaseworkerId", intake.previous_caseworker_id))
    if intake.wait_for_caseworker_id is not None:
        named.append(("#/waitFor/caseworkerId", intake.wait_for_caseworker_id))
    return named


def received_before(
    session: Session, key: str, *, body: str, new: UUID, actor: Actor, now: datetime
) -> HelpRequest | None:
    """Claim an Idempotency-Key for a new request's id; return the request it already made, if any.

    Raises
    ------
    IdempotencyKeyReused
        When the key came with another body.
    """
    first = idempotency.claim(session, actor.id, key, body=body, resource_id=new, now=now)
    return None if first == new else queries.lock(session, first)


def receive(
    session: Session,
    intake: Intake,
    *,
    actor: Actor,
    now: datetime,
    handoff: str = "",
    help_request_id: UUID | None = None,
) -> HelpRequest:
    """Take a request in: it waits from now on, with its clocks, event, audit line and job.

    Parameters
    ----------
    help_request_id
        Its id, when that is claimed already.

    Raises
    ------
    Minor
        When it is about a child or minor; nothing is stored.
    InvalidInput
        When it names caseworkers that do not exist.
    """
    check(session, intake, handoff=handoff)
    request = preview(intake, actor=actor, now=now, help_request_id=help_request_id)
    _store(session, request, intake, actor=actor, now=now)
    return request


def preview(intake: Intake, *, actor: Actor, now: datetime, help_request_id: UUID | None = None) -> HelpRequest:
    """Return the request that an intake would make; nothing is stored."""
    values = {name: getattr(intake, name) for name in Intake.__dataclass_fields__ if name not in NOT_IN_THE_ROW}
    values |= {name: list(values[name]) for name in LISTS}
    return HelpRequest(
        id=help_request_id or new_id(),
        reference=rules.new_reference(),
        status=Status.WAITING,
        not_before_on=None,
        protected=False,
        received_at=_received_at(intake, now),
        received_by=actor.id,
        acknowledged_at=None,
        acknowledged_by=None,
        outcome=None,
        closed_at=None,
        reopened_at=None,
        version=1,
        created_at=now,
        updated_at=now,
        **values,
    )


def dues_of(session: Session, intake: Intake, now: datetime) -> list[Due]:
    """Return the clocks that an intake starts."""
    city = surroundings(session, now)
    return rules.clocks_for(
        clock.day_of(_received_at(intake, now)),
        intake.urgency,
        intake.legal_reports,
        external_deadline=intake.external_deadline,
        norms=city.policy.document.norms,
        closed=city.closed,
    )


def _received_at(intake: Intake, now: datetime) -> datetime:
    # A sender's clock may run ahead of ours by seconds: nothing is received in the future.
    return min(intake.received_at or now, now)


def _store(session: Session, request: HelpRequest, intake: Intake, *, actor: Actor, now: datetime) -> None:
    # One statement for everything, the job included: intake is the hot path. Its first event and audit
    # line are number 1. Who hears of the event finds the request after the transaction only.
    subject, event = ("help-request", request.id), _event_of(request)
    rows = {
        HelpRequest: [_values_of(request)],
        Clock: clock_rows(request.id, dues_of(session, intake, now), request.received_at),
        Exclusion: exclusion_rows(request, intake.excluded_caseworker_ids),
        PrivatePart: [sealed_row(request.id, intake.private)] if intake.private else [],
        EventRow: [events.row_of(event, 1, actor=actor, now=now)],
        AuditLine: [audit.row_of("receive", subject, 1, actor=actor, now=now)],
    }
    with queue.gathered(session) as jobs:
        events.tell(session, event, now)
    insert_together(session, rows, jobs=jobs)
    count_as_read(session, request)


def _values_of(request: HelpRequest) -> dict[str, Any]:
    return {name: getattr(request, name) for name in COLUMNS}


def clock_rows(help_request_id: UUID, dues: Sequence[Due], started_at: datetime) -> list[dict[str, Any]]:
    """Return the rows of clocks that start at a moment."""
    return [
        {
            "id": new_id(),
            "help_request_id": help_request_id,
            "name": due.name,
            "started_at": started_at,
            "due_on": due.due_on,
        }
        for due in dues
    ]


def exclusion_rows(request: HelpRequest, caseworker_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the rows that keep caseworkers from a new request."""
    return [
        {
            "help_request_id": request.id,
            "caseworker_id": caseworker_id,
            "created_at": request.created_at,
            "created_by": request.received_by,
        }
        for caseworker_id in dict.fromkeys(caseworker_ids)
    ]


def _event_of(request: HelpRequest) -> HelpRequestReceived:
    return HelpRequestReceived(
        subject_id=request.id,
        topic=request.topic,
        urgency=request.urgency,
        weight=request.weight,
        adult=request.adult,
        district=request.district_code,
        channel=request.channel,
    )
