"""Taking a request in, as the routes ask for it: once, with what earlier help says, and with its answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments.service import take_hold
from app.help_requests import queries as help_requests
from app.help_requests import service as requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import ClockName
from app.help_requests.service import Intake
from app.kit.auth import Actor
from app.kit.db import new_id
from app.kit.errors import Fault, InvalidInput
from app.rounds.queries import help_requests as queries
from app.rounds.service.held import propose_held
from app.rounds.service.reading import Reading, reading_of


@dataclass(frozen=True, slots=True)
class Repeatable:
    """The Idempotency-Key of an intake, and the body it came with in one form."""

    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Started:
    """A clock that an intake starts, as it is answered."""

    name: ClockName
    started_at: datetime
    due_on: date
    stopped_at: datetime | None = None


def receive(
    session: Session,
    intake: Intake,
    *,
    once: Repeatable | None,
    handoff: str,
    actor: Actor,
    now: datetime,
    hold_id: UUID | None = None,
) -> Reading:
    """Take a request in, or answer what the same Idempotency-Key made before.

    A hold that it brings becomes a proposal to the caseworker whose place was held.

    Raises
    ------
    Minor, InvalidInput
        As ``help_requests.service.receive``; nothing is stored.
    IdempotencyKeyReused
        When the key came with another body.
    NotFound, HoldExpired, NotEligible, NoCapacity
        When the hold can't be used for this request; nothing is stored.
    """
    new = new_id()
    if once is not None:
        before = requests.received_before(session, once.key, body=once.body, new=new, actor=actor, now=now)
        if before is not None:
            return reading_of(session, before, reader=actor, now=now)
    intake = _with_earlier_caseworker(session, intake)
    request = requests.receive(session, intake, actor=actor, now=now, handoff=handoff, help_request_id=new)
    if hold_id is not None:
        _use_hold(session, request, hold_id, actor=actor, now=now)
        return reading_of(session, request, reader=actor, now=now)
    return _reading_of_new(session, request, intake, actor=actor, now=now)


def _use_hold(session: Session, request: HelpRequest, hold_id: UUID, *, actor: Actor, now: datetime) -> None:
    if request.adult is not True:
        raise InvalidInput([Fault("#/holdId", "can be used once it is known that the person is an adult")])
    hold = take_hold(session, hold_id, request=request, actor=actor, now=now)
    propose_held(session, request, hold, now=now)


def validate(session: Session, intake: Intake, *, handoff: str, actor: Actor, now: datetime) -> Reading:
    """Return what taking a request in would answer, and store nothing.

    Raises
    ------
    Minor, InvalidInput
        As for ``receive``.
    """
    requests.check(session, intake, handoff=handoff)
    intake = _with_earlier_caseworker(session, intake)
    request = requests.preview(intake, actor=actor, now=now)
    return _reading_of_new(session, request, intake, actor=actor, now=now)


def reopen(session: Session, request: HelpRequest, *, actor: Actor, now: datetime) -> None:
    """Let a closed request wait again, with the link to who led it last; raises WrongStatus."""
    earlier = queries.last_caseworker_of_request(session, request.id)
    requests.reopen(session, request, previous_caseworker_id=earlier, actor=actor, now=now)


def _with_earlier_caseworker(session: Session, intake: Intake) -> Intake:
    if intake.person_reference is None or intake.previous_caseworker_id is not None:
        return intake
    earlier = queries.last_caseworker_of_person(session, intake.person_reference)
    return replace(intake, previous_caseworker_id=earlier)


def _reading_of_new(
    session: Session, request: HelpRequest, intake: Intake, *, actor: Actor, now: datetime
) -> Reading:
    # Everything is known already: reading it back would cost the hot path five questions.
    dues = requests.dues_of(session, intake, now)
    return Reading(
        request=request,
        policy=requests.surroundings(session, now).policy.document,
        now=now,
        clocks=[Started(due.name, request.received_at, due.due_on) for due in dues],
        private=intake.private,
        excluded=intake.excluded_caseworker_ids,
        earlier=_earlier(session, request, actor),
    )


def _earlier(session: Session, request: HelpRequest, actor: Actor) -> Sequence[UUID]:
    if request.person_reference is None:
        return ()
    found = help_requests.earlier_of(session, [request.person_reference], actor)
    return [one for one in found[request.person_reference] if one != request.id]
