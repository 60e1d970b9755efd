"""Help requests as they are answered, with their proposal; their history, and the feed of changes."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

import solver
from app.help_requests import rules, service
from app.help_requests.models import Contact, HelpRequest
from app.help_requests.rules import (
    Channel,
    ClockName,
    Concerns,
    ContactKind,
    LegalReport,
    Outcome,
    Status,
    Threat,
    Urgency,
    Weight,
)
from app.kit import clock
from app.kit.events import EventRow
from app.kit.http import ApiModel, Flag, Language, Moment, cursor_of, etag_of
from app.rounds.schemas.intake import CLOCKS_DIFFER_BY, Address, ContactDetails, Reference
from app.rounds.schemas.proposals import ProposalOut
from app.rounds.service.reading import Reading


class ClockOut(ApiModel):
    """A norm that runs, or ran, for a request."""

    name: ClockName
    started_at: datetime
    due_on: date = Field(description="Last day on which the norm is met", examples=["2026-11-27"])
    stopped_at: datetime | None = Field(description="When it was met, or no longer counted; null: it runs")


class LanguagesOut(ApiModel):
    """Languages of the resident."""

    required: list[str]
    preferred: list[str]
    interpreter: bool


class WaitForOut(ApiModel):
    """The one caseworker whom the resident chose to wait for."""

    caseworker_id: UUID
    until: date | None


class HelpRequestStatusOut(ApiModel):
    """What those who only follow a request may know."""

    id: UUID
    reference: str = Field(description="Can be read aloud; the last character checks it", examples=["K7M2P-9XQ4C"])
    status: Status
    received_at: datetime
    resident_message: str = Field(
        description="What the resident may be told now", examples=["U wordt uiterlijk vrijdag 27 november gebeld."]
    )

    @classmethod
    def of(cls, reading: Reading, language: Language) -> "HelpRequestStatusOut":
        """Return the status only."""
        request = reading.request
        return cls(
            id=request.id,
            reference=request.reference,
            status=request.status,
            received_at=request.received_at,
            resident_message=message_of(reading, language),
        )


class DerivedOut(ApiModel):
    """What follows from a request and the policy of today."""

    asked_level: int = Field(description="Expertise level before it was lowered after a wait", examples=[2])
    required_level: int = Field(description="Expertise level that is required today", examples=[2])
    effort_minutes: int = Field(description="Minutes of work a week", examples=[120])
    clocks: list[ClockOut]
    resident_message: str = Field(
        description="What the resident may be told now", examples=["U wordt uiterlijk vrijdag 27 november gebeld."]
    )
    safety_advice: str | None = Field(description="What to do now, in a crisis")


class ValidatedOut(DerivedOut):
    """What taking the request in would answer; nothing was stored."""

    valid: bool = Field(examples=[True])

    @classmethod
    def of(cls, reading: Reading, *, language: Language, safety_advice: str) -> "ValidatedOut":
        """Return what would follow."""
        return cls(valid=True, **_derived(reading, language, safety_advice))


class StoredOut(ApiModel):
    """What is stored of a request."""

    id: UUID
    reference: str = Field(description="Can be read aloud; the last character checks it", examples=["K7M2P-9XQ4C"])
    etag: str = Field(description="For If-Match", examples=['"1"'])
    status: Status
    topic: str = Field(examples=["finances"])
    other_topics: list[str]
    urgency: Urgency
    threat: Threat | None
    weight: Weight
    concerns: Concerns
    consent: bool | None
    adult: bool | None = Field(description="null: not known; it waits for a team lead to settle")
    district: str | None = Field(examples=["NIE"])
    channel: Channel | None
    languages: LanguagesOut
    required_attributes: list[str]
    excluded_caseworker_ids: list[UUID] | None = Field(description="null: not for this reader")
    preferred_location: str | None
    previous_caseworker_id: UUID | None
    wait_for: WaitForOut | None
    not_before_on: date | None = Field(description="A lead decided to wait until this day")
    person_reference: str | None
    household_reference: str | None
    external_reference: str | None
    source_url: str | None
    klantcontact_uuid: UUID | None
    internetaak_uuid: UUID | None
    zaak_url: str | None
    legal_reports: list[LegalReport]
    external_deadline: date | None
    received_at: datetime
    acknowledged_at: datetime | None = Field(description="When a named lead acknowledged the crisis")
    acknowledged_by: UUID | None = Field(description="Who did")
    outcome: Outcome | None
    closed_at: datetime | None
    reopened_at: datetime | None


class CrisisOptionOut(ApiModel):
    """Somebody who can take a crisis now; give it to them by POST /assignments."""

    caseworker_id: UUID
    code: str = Field(examples=["GRO-04"])
    effort_minutes: int = Field(description="Minutes per week with this caseworker", examples=[120])
    reason: str = Field(description="Why they fit, in one sentence")


class HelpRequestOut(DerivedOut, StoredOut):
    """A help request, complete but for what this reader may not see."""

    overdue: bool = Field(description="Whether a clock that runs was due before today")
    earlier_help_request_ids: list[UUID] = Field(description="Of the same person, that this reader may see")
    caseworker_id: UUID | None = Field(description="Who helps; null until a person has decided")
    proposal: ProposalOut | None = Field(description="While one is open")
    options: list[CrisisOptionOut] | None = Field(
        description="For a crisis that waits, read by a team lead: the three who fit best now, without a round"
    )
    summary: str | None = Field(description="null: there is none, or not for this reader")
    contact: ContactDetails | None = Field(description="null: there is none, or not for this reader")

    @classmethod
    def of(cls, reading: Reading, *, language: Language, safety_advice: str) -> "HelpRequestOut":
        """Return a request as it is answered.

        Parameters
        ----------
        safety_advice
            What to do now in a crisis, in the reader's language.
        """
        return cls(
            **_stored(reading.request),
            **_derived(reading, language, safety_advice),
            **_around(reading, language),
        )


HelpRequestAnswer = HelpRequestOut | HelpRequestStatusOut

UNCHANGED = (
    *("id", "reference", "status", "topic", "other_topics", "urgency", "threat", "weight", "concerns", "consent"),
    *("adult", "channel", "required_attributes", "previous_caseworker_id", "not_before_on", "person_reference"),
    *("household_reference", "external_reference", "source_url", "klantcontact_uuid", "internetaak_uuid"),
    *("zaak_url", "legal_reports", "external_deadline", "received_at", "acknowledged_at", "acknowledged_by"),
    *("outcome", "closed_at", "reopened_at"),
)


def _stored(request: HelpRequest) -> dict[str, Any]:
    wait_for = request.wait_for_caseworker_id
    return {name: getattr(request, name) for name in UNCHANGED} | {
        "etag": etag_of(request.version),
        "district": request.district_code,
        "preferred_location": request.preferred_location_code,
        "wait_for": WaitForOut(caseworker_id=wait_for, until=request.wait_for_until) if wait_for else None,
        "languages": LanguagesOut(
            required=request.required_languages,
            preferred=request.preferred_languages,
            interpreter=request.interpreter_allowed,
        ),
    }


def _derived(reading: Reading, language: Language, safety_advice: str) -> dict[str, Any]:
    request = reading.request
    return {
        "asked_level": service.asked_level_of(request, reading.policy),
        "required_level": service.level_of(request, reading.policy, reading.now),
        "effort_minutes": service.effort_minutes_of(request, reading.policy),
        "clocks": [ClockOut.model_validate(one, extra="ignore") for one in reading.clocks],
        "resident_message": message_of(reading, language),
        "safety_advice": safety_advice if request.urgency is Urgency.CRISIS else None,
    }


def _around(reading: Reading, language: Language) -> dict[str, Any]:
    private, proposal = reading.private, reading.proposal
    return {
        "overdue": rules.is_overdue(reading.clocks, clock.day_of(reading.now)),
        "excluded_caseworker_ids": None if reading.excluded is None else sorted(reading.excluded),
        "earlier_help_request_ids": list(reading.earlier),
        "caseworker_id": reading.caseworker_id,
        "proposal": ProposalOut.of(proposal, language=language, codes=reading.names[language])
        if proposal
        else None,
        "options": None if reading.options is None else _options(reading, reading.options, language),
        "summary": private.summary if private else None,
        "contact": ContactDetails(**private.contact) if private and private.contact else None,
    }


def _options(reading: Reading, options: Sequence[solver.Option], language: Language) -> list[CrisisOptionOut]:
    called = reading.names[language]
    return [
        CrisisOptionOut(
            caseworker_id=UUID(option.caseworker),
            code=called[option.caseworker],
            effort_minutes=option.effort_minutes,
            reason=solver.reason_of(option, language, called),
        )
        for option in options
    ]


def message_of(reading: Reading, language: Language) -> str:
    """Return what the resident may be told now, in a language."""
    return rules.residents_message(
        reading.request.status,
        reading.request.urgency,
        reading.clocks,
        adult=reading.request.adult,
        today=clock.day_of(reading.now),
        language=language,
    )


# --- searching ---------------------------------------------------------------------------------


class SearchIn(ApiModel):
    """References to find requests by; all that are given must match. They stand in no address."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = Field(
        default=None, description="Ours, however it was written down", examples=["k7m2p 9xq4c"]
    )
    person_reference: Reference | None = None
    household_reference: Reference | None = None
    external_reference: Reference | None = None
    klantcontact_uuid: UUID | None = None
    internetaak_uuid: UUID | None = None
    zaak_url: Address | None = Field(default=None, examples=["https://zaken.example.org/zaken/4f0c"])

    @model_validator(mode="after")
    def _names_something(self) -> "SearchIn":
        if not self.given():
            raise ValueError("name at least one reference to search by")
        return self

    def given(self) -> dict[str, Any]:
        """Return the references that were sent, by column; one of ours as it is stored."""
        found = {name: value for name, value in self if value is not None}
        if self.reference is not None:
            # What cannot be a reference of ours is nobody's: found by nothing, but no fault either.
            found["reference"] = rules.as_reference(self.reference) or ""
        return found


# --- what happened -------------------------------------------------------------------------------


def _not_in_the_future(moment: datetime) -> datetime:
    if moment > clock.now() + CLOCKS_DIFFER_BY:
        raise ValueError("must not lie in the future")
    return moment


PastMoment = Annotated[Moment, AfterValidator(_not_in_the_future)]


class ContactIn(ApiModel):
    """An attempt to reach the resident, successful or not."""

    kind: ContactKind
    at: PastMoment = Field(description="Not in the future", examples=["2026-11-20T10:00:00+01:00"])
    reached: Flag = Field(description="Whether the person was reached", examples=[True])


class ContactOut(ApiModel):
    """An attempt to reach the resident."""

    id: UUID
    kind: ContactKind
    at: datetime
    reached: bool

    @classmethod
    def of(cls, contact: Contact) -> "ContactOut":
        """Return a row as it is answered."""
        return cls.model_validate(contact, extra="ignore")


class EventOut(ApiModel):
    """One thing that happened, in the history of one subject."""

    sequence: int = Field(description="1 for the first; without gaps", examples=[1])
    type: str = Field(examples=["help-request.received"])
    at: datetime
    actor_id: UUID | None = Field(description="Who did it; null: the service itself")
    data: dict[str, Any] = Field(description="Codes and identifiers", examples=[{"topic": "finances"}])

    @classmethod
    def of(cls, row: EventRow) -> "EventOut":
        """Return a row as it is answered."""
        return cls(**_of_event(row))


class ChangeOut(EventOut):
    """One thing that happened to something that this reader may see."""

    subject_type: str = Field(examples=["help-request"])
    subject_id: UUID

    @classmethod
    def of(cls, row: EventRow) -> "ChangeOut":
        """Return a row as it is answered."""
        return cls(subject_type=row.subject_type, subject_id=row.subject_id, **_of_event(row))


class ChangesOut(ApiModel):
    """A piece of the feed of changes."""

    items: list[ChangeOut]
    next: str | None = Field(
        description="Send it as `after` to hear what happened since; null when nothing ever happened"
    )

    @classmethod
    def of(cls, rows: Sequence[EventRow], after: str | None) -> "ChangesOut":
        """Return rows as they are answered, with the place of the last one."""
        following = cursor_of(rows[-1].transaction_id, rows[-1].id) if rows else after
        return cls(items=[ChangeOut.of(row) for row in rows], next=following)


def _of_event(row: EventRow) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "type": row.type,
        "at": row.at,
        "actor_id": row.actor_id,
        "data": {to_camel(name): value for name, value in json.loads(row.data).items()},
    }
