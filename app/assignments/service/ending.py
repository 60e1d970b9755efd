"""Work ends: with its request, by being given back, or by being undone. The load falls with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments import queries
from app.assignments.events import AssignmentEnded, AssignmentReturned
from app.assignments.models import Assignment
from app.assignments.rules import EndReason, Kind
from app.assignments.service import reach
from app.help_requests import queries as help_requests
from app.help_requests import service as requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Outcome
from app.identity.rules import Role
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.errors import NotAllowed, WrongStatus
from app.kit.events import announce


def lock(session: Session, assignment_id: UUID, *, actor: Actor) -> Assignment:
    """Return an assignment that the actor may change, its help request locked until commit.

    Whoever changes an assignment holds the lock of its request: that row stands for both.

    Raises
    ------
    NotFound
        When there is none with this id, or the actor may not know of it.
    NotAllowed
        When its caseworker belongs to a location that the actor does not lead.
    """
    assignment = queries.get(session, assignment_id, actor)
    help_requests.lock(session, assignment.help_request_id)
    assignment = queries.lock(session, assignment_id)
    reach.must_reach(session, actor, assignment)
    return assignment


def must_run(assignment: Assignment) -> None:
    """Refuse what only a running assignment can undergo; raises WrongStatus."""
    if assignment.ended_at is not None:
        raise WrongStatus(f"The assignment ended ({assignment.end_reason}); only a running one can be changed.")


def end(
    session: Session, assignment: Assignment, *, actor: Actor, now: datetime, outcome: Outcome = Outcome.COMPLETED
) -> Assignment:
    """End an assignment from `lock`. With the one who leads it, the help request closes, too.

    Raises
    ------
    WrongStatus
        When it has ended.
    """
    must_run(assignment)
    if assignment.kind is Kind.CONSULT:
        finish(session, assignment, EndReason.COMPLETED, actor=actor, now=now)
    else:
        close_help_request(session, assignment.help_request_id, outcome, actor=actor, now=now)
    return assignment


def return_(session: Session, assignment: Assignment, *, actor: Actor, now: datetime) -> Assignment:
    """Give back an assignment from `lock`: the request waits again with its first date, for somebody else.

    The caseworker is not proposed for it again. Who only gave advice just stops.

    Raises
    ------
    WrongStatus
        When it has ended.
    """
    must_run(assignment)
    finish(session, assignment, EndReason.RETURNED, actor=actor, now=now)
    if assignment.kind is Kind.LEAD:
        request = help_requests.lock(session, assignment.help_request_id)
        requests.exclude(session, request, assignment.caseworker_id, actor=actor, now=now)
        requests.give_back(session, request, actor=actor, now=now)
    event = AssignmentReturned(
        subject_id=assignment.help_request_id,
        assignment_id=assignment.id,
        caseworker_id=assignment.caseworker_id,
    )
    announce(session, event, actor=actor, now=now)
    return assignment


def undo(session: Session, assignment: Assignment, *, actor: Actor, now: datetime) -> Assignment:
    """Undo the decision behind an assignment from `lock`: the request waits as if nothing had been decided.

    Source: design, contracts: until the caseworker has seen it, at the latest at the day's end.

    Raises
    ------
    WrongStatus
        When it has ended, was seen, or was decided on another day.
    """
    must_run(assignment)
    if assignment.seen_at is not None:
        raise WrongStatus("The caseworker has seen it. Give it back, or transfer it, instead.")
    if clock.day_of(assignment.started_at) != clock.day_of(now):
        raise WrongStatus("It was decided on another day. Give it back, or transfer it, instead.")
    finish(session, assignment, EndReason.REVERSED, actor=actor, now=now)
    request = help_requests.lock(session, assignment.help_request_id)
    requests.give_back(session, request, actor=actor, now=now)
    return assignment


def close_help_request(
    session: Session, help_request_id: UUID, outcome: Outcome, *, actor: Actor, now: datetime
) -> HelpRequest:
    """Close a help request with an outcome; everybody's work on it ends, and its holds are released.

    A caseworker closes what they lead; a team lead what waits, or what runs at their locations.

    Raises
    ------
    NotFound, NotAllowed
        When the actor may not know of it, or not close it.
    WrongStatus
        When it is neither waiting nor assigned.
    """
    request = help_requests.lock(session, help_request_id, actor)
    lead = queries.open_lead(session, help_request_id)
    _must_lead_it(session, actor, lead)
    for assignment in queries.open_of(session, help_request_id):
        reason = EndReason.COMPLETED if assignment.kind is Kind.LEAD else EndReason.CLOSED
        finish(session, assignment, reason, actor=actor, now=now)
    queries.release_holds_of(session, [help_request_id], now)
    requests.close(session, request, outcome, actor=actor, now=now)
    return request


def _must_lead_it(session: Session, actor: Actor, lead: Assignment | None) -> None:
    if lead is not None:
        reach.must_reach(session, actor, lead)
    elif actor.role == Role.CASEWORKER:
        raise NotAllowed("Only who leads a help request, or a team lead, closes it.")


def finish(session: Session, assignment: Assignment, reason: EndReason, *, actor: Actor, now: datetime) -> None:
    """End a running assignment and its phase, and tell; the request's row is locked."""
    assignment.ended_at, assignment.end_reason = now, reason
    phase = queries.open_phase(session, assignment.id)
    if phase is not None:
        phase.ended_at = now
    session.flush()
    event = AssignmentEnded(
        subject_id=assignment.help_request_id,
        assignment_id=assignment.id,
        caseworker_id=assignment.caseworker_id,
        reason=reason,
    )
    announce(session, event, actor=actor, now=now)
    audit.write(session, "end", ("assignment", assignment.id), actor=actor, now=now, reason=reason)
