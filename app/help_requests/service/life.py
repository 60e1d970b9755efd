"""What happens to a request after it was taken in.

Every function takes a request whose row the caller has locked, in the transaction of the change.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.help_requests import queries, rules
from app.help_requests.events import (
    AgeSettled,
    CaseworkerExcluded,
    ContactAdded,
    CrisisAcknowledged,
    HelpRequestClosed,
    HelpRequestPostponed,
    HelpRequestReopened,
    HelpRequestWithdrawn,
)
from app.help_requests.models import Clock, Contact, Exclusion, HelpRequest
from app.help_requests.rules import ContactKind, Outcome, Status, Urgency
from app.help_requests.service.derived import surroundings, waits_since
from app.help_requests.service.intake import clock_rows
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.errors import Fault, InvalidInput, WrongStatus
from app.kit.events import announce


def mark_assigned(session: Session, request: HelpRequest, *, actor: Actor | None, now: datetime) -> None:
    """Let a request that waits be somebody's; who it is, and its event, are the assignment's.

    Raises
    ------
    WrongStatus
        When it does not wait, or when it is not known that it is of an adult.
    """
    if request.adult is not True:
        raise WrongStatus(
            "It is not known whether this request is of an adult. Settle that first: change `adult`.",
            request_status=request.status,
        )
    _move(request, Status.ASSIGNED, now)
    audit.write(session, "assign", _subject(request), actor=actor, now=now)
    session.flush()


def give_back(session: Session, request: HelpRequest, *, actor: Actor | None, now: datetime) -> None:
    """Let an assigned request wait again, since the day on which it first came in; the event is the assignment's.

    Raises
    ------
    WrongStatus
        When it is nobody's.
    """
    _move(request, Status.WAITING, now)
    audit.write(session, "give-back", _subject(request), actor=actor, now=now)
    session.flush()


def close(session: Session, request: HelpRequest, outcome: Outcome, *, actor: Actor, now: datetime) -> None:
    """End a request with an outcome, and stop its clocks; its assignments are ended by who calls this.

    Raises
    ------
    WrongStatus
        When it neither waits nor is assigned.
    """
    _move(request, Status.CLOSED, now)
    request.outcome, request.closed_at = outcome, now
    _stop_clocks(session, request, by="closed", at=now)
    audit.write(session, "close", _subject(request), actor=actor, now=now, outcome=outcome)
    announce(session, HelpRequestClosed(subject_id=request.id, outcome=outcome), actor=actor, now=now)


def withdraw(session: Session, request: HelpRequest, *, actor: Actor, now: datetime) -> None:
    """End a request that waits, because help is no longer wanted.

    Raises
    ------
    WrongStatus
        When it does not wait.
    """
    _move(request, Status.WITHDRAWN, now)
    request.closed_at = now
    _stop_clocks(session, request, by="withdrawn", at=now)
    audit.write(session, "withdraw", _subject(request), actor=actor, now=now)
    announce(session, HelpRequestWithdrawn(subject_id=request.id), actor=actor, now=now)


def reopen(
    session: Session,
    request: HelpRequest,
    *,
    previous_caseworker_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a closed request wait again, with new clocks and the link to the earlier caseworker.

    Raises
    ------
    WrongStatus
        When it is not closed, or was closed longer ago than the policy lets it be reopened.
    """
    city = surroundings(session, now)
    _check_still_reopens(request, city.policy.document.reopen_months, clock.day_of(now))
    _move(request, Status.WAITING, now)
    request.outcome, request.closed_at, request.reopened_at = None, None, now
    request.not_before_on = None
    request.previous_caseworker_id = previous_caseworker_id or request.previous_caseworker_id
    dues = rules.clocks_for(
        clock.day_of(now),
        request.urgency,
        [rules.LegalReport(report) for report in request.legal_reports],
        external_deadline=request.external_deadline,
        norms=city.policy.document.norms,
        closed=city.closed,
    )
    session.add_all(Clock(**row) for row in clock_rows(request.id, dues, now))
    audit.write(session, "reopen", _subject(request), actor=actor, now=now)
    announce(session, HelpRequestReopened(subject_id=request.id), actor=actor, now=now)


def _check_still_reopens(request: HelpRequest, months: int, today: date) -> None:
    if request.status is not Status.CLOSED or request.closed_at is None:
        return  # its status is refused by the move
    last_day = rules.last_day_to_reopen(clock.day_of(request.closed_at), months)
    if today > last_day:
        raise WrongStatus(
            f"It could be reopened until {last_day}. Hand over a new request with the same personReference.",
            request_status=request.status,
        )


def add_contact(
    session: Session,
    request: HelpRequest,
    kind: ContactKind,
    *,
    at: datetime,
    reached: bool,
    actor: Actor,
    now: datetime,
) -> Contact:
    """Note an attempt to reach the resident, and stop the clocks that it stops: none when it failed.

    Raises
    ------
    WrongStatus
        When the request has ended.
    InvalidInput
        When the attempt lies before the day on which the request came in.
    """
    check_open(request)
    first_day = clock.day_of(waits_since(request))
    if clock.day_of(at) < first_day:
        raise InvalidInput([Fault("#/at", f"must not lie before {first_day}, the day since which this waits")])
    contact = Contact(help_request_id=request.id, kind=kind, at=min(at, now), reached=reached)
    contact.created_at, contact.created_by = now, actor.id
    session.add(contact)
    _stop_clocks(session, request, rules.stopped_by(kind, reached=reached), by=f"contact-{kind}", at=contact.at)
    queries.touch(request, now)
    audit.write(session, "add-contact", _subject(request), actor=actor, now=now, kind=kind, reached=reached)
    announce(session, ContactAdded(subject_id=request.id, kind=kind, reached=reached), actor=actor, now=now)
    return contact


def acknowledge(session: Session, request: HelpRequest, *, actor: Actor, now: datetime) -> None:
    """Note which named lead has seen a crisis and sees to it.

    Raises
    ------
    WrongStatus
        When it is no crisis, has ended, or was acknowledged already.
    """
    check_open(request)
    if request.urgency is not Urgency.CRISIS:
        raise WrongStatus(
            f"Only a crisis is acknowledged; this is {request.urgency}.", request_status=request.status
        )
    if request.acknowledged_at is not None:
        raise WrongStatus("Somebody acknowledged this crisis already.", acknowledged_at=request.acknowledged_at)
    request.acknowledged_at, request.acknowledged_by, request.updated_at = now, actor.id, now
    audit.write(session, "acknowledge", _subject(request), actor=actor, now=now)
    event = CrisisAcknowledged(subject_id=request.id, acknowledged_by=actor.id)
    announce(session, event, actor=actor, now=now)


def exclude(
    session: Session, request: HelpRequest, caseworker_id: UUID, *, actor: Actor | None, now: datetime
) -> None:
    """Make a caseworker not available for a request, from now on; why is not kept.

    Excluding the same one again changes nothing.
    """
    if session.get(Exclusion, (request.id, caseworker_id)) is not None:
        return
    made_by = actor.id if actor else None
    session.add(
        Exclusion(help_request_id=request.id, caseworker_id=caseworker_id, created_at=now, created_by=made_by)
    )
    queries.touch(request, now)
    audit.write(session, "exclude", _subject(request), actor=actor, now=now)
    announce(session, CaseworkerExcluded(subject_id=request.id), actor=actor, now=now)


def postpone(session: Session, request: HelpRequest, until: date | None, *, actor: Actor, now: datetime) -> None:
    """Keep a request out of rounds until a day, as a lead decided; None: no longer.

    Raises
    ------
    WrongStatus
        When it does not wait.
    """
    if request.status is not Status.WAITING:
        raise WrongStatus(
            f"Only what waits can be postponed; this is {request.status}.", request_status=request.status
        )
    request.not_before_on = until
    queries.touch(request, now)
    audit.write(session, "postpone", _subject(request), actor=actor, now=now)
    announce(session, HelpRequestPostponed(subject_id=request.id, not_before_on=until), actor=actor, now=now)


def settle_age(session: Session, request: HelpRequest, *, actor: Actor, now: datetime) -> None:
    """Confirm that a request is of an adult, by a person; that of a minor is refused before.

    Confirming it again changes nothing.
    """
    if request.adult is True:
        return
    request.adult = True
    queries.touch(request, now)
    audit.write(session, "settle-age", _subject(request), actor=actor, now=now)
    announce(session, AgeSettled(subject_id=request.id), actor=actor, now=now)


def _subject(request: HelpRequest) -> tuple[str, UUID]:
    return "help-request", request.id


def _move(request: HelpRequest, then: Status, now: datetime) -> None:
    if not rules.may_follow(request.status, then):
        raise WrongStatus(
            f"A request that is {request.status} cannot become {then}.", request_status=request.status
        )
    request.status, request.updated_at = then, now


def check_open(request: HelpRequest) -> None:
    """Refuse what is only possible while somebody still has to do something; raises WrongStatus."""
    if request.status not in rules.OPEN:
        raise WrongStatus(
            f"This request is {request.status}: nothing is added to it.", request_status=request.status
        )


def _stop_clocks(
    session: Session,
    request: HelpRequest,
    names: frozenset[rules.ClockName] = frozenset(rules.ClockName),
    *,
    by: str,
    at: datetime,
) -> None:
    for running in queries.clocks_of(session, [request.id])[request.id]:
        if running.stopped_at is None and running.name in names:
            running.stopped_at, running.stopped_by = at, by
