"""A request gets a caseworker: directly, by an accepted proposal, by transfer, or for advice.

Locks, everywhere in this order and until commit: the help request, then caseworkers in id order. The
load is computed after that, so that two people can never fill the same free hour.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import queries, snapshot
from app.assignments.events import AssignmentStarted, AssignmentTransferred
from app.assignments.models import Assignment, AssignmentPhase
from app.assignments.rules import EndReason, Kind, Phase, Purpose, no_capacity, not_eligible
from app.assignments.service import ending, reach
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.help_requests import queries as help_requests
from app.help_requests import service as requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.db import new_id
from app.kit.errors import Fault, InvalidInput, WrongStatus
from app.kit.events import announce
from app.policy import service as policies


@dataclass(frozen=True, slots=True)
class Fit:
    """What a request takes of a caseworker's week, and whether that passes their maximum."""

    effort_minutes: int
    over_maximum: bool


def assign(
    session: Session,
    help_request_id: UUID,
    caseworker_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    above_maximum: bool = False,
    own_hold: UUID | None = None,
    purpose: Purpose = Purpose.CASE,
) -> Assignment:
    """Give a waiting help request to a caseworker, by a named person's decision.

    Every rule is checked again, as things stand at this moment; the maximum is the limit, not the
    target. Holds of the request are used up.

    Parameters
    ----------
    reason
        Why, in a few words; required above the maximum.
    above_maximum
        Whether the decision explicitly goes above the maximum; the assignment is then marked.
    own_hold
        A hold that was made for this request: it does not count beside it, and is used up.

    Raises
    ------
    NotFound
        When either does not exist.
    WrongStatus
        When the help request does not wait, or its age is not settled.
    NotAllowed
        When the actor does not lead the caseworker's location.
    NotEligible
        When there are barriers other than the maximum.
    NoCapacity
        When only the maximum stands in the way.
    """
    request = help_requests.lock(session, help_request_id, actor)
    _must_wait(request)
    caseworker = caseworkers.lock(session, caseworker_id)
    reach.must_lead(actor, caseworker)
    fit = fit_of(
        session, request, caseworker, now=now, reason=reason, above_maximum=above_maximum, own_hold=own_hold
    )
    queries.release_holds_of(session, [request.id] if own_hold is None else [request.id, own_hold], now)
    requests.mark_assigned(session, request, actor=actor, now=now)
    place = Assignment(kind=Kind.LEAD, purpose=purpose, phase=Phase.START, reason=reason)
    return _start(session, place, request, caseworker, fit=fit, actor=actor, now=now)


def consult(
    session: Session,
    help_request_id: UUID,
    caseworker_id: UUID,
    *,
    effort_minutes: int,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    above_maximum: bool = False,
) -> Assignment:
    """Ask a caseworker for advice on a request that somebody leads; it takes minutes of their week.

    Raises as `assign` does; the help request must be assigned.
    """
    request = help_requests.lock(session, help_request_id, actor)
    if request.status is not Status.ASSIGNED:
        raise WrongStatus(f"Advice is for an assigned help request; this one is {request.status}.")
    caseworker = caseworkers.lock(session, caseworker_id)
    reach.must_lead(actor, caseworker)
    _must_be_another(session, request, caseworker)
    fit = fit_of(
        session,
        request,
        caseworker,
        now=now,
        reason=reason,
        above_maximum=above_maximum,
        effort_minutes=effort_minutes,
    )
    place = Assignment(kind=Kind.CONSULT, purpose=Purpose.CASE, phase=Phase.ACTIVE, reason=reason)
    return _start(session, place, request, caseworker, fit=fit, actor=actor, now=now)


def transfer(
    session: Session,
    assignment: Assignment,
    caseworker_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    above_maximum: bool = False,
) -> Assignment:
    """Let another caseworker take over, in the same phase, and return the assignment that starts.

    The actor leads the location of who takes over. Call it with the assignment from `ending.lock`.

    Raises
    ------
    WrongStatus
        When the assignment has ended.
    InvalidInput
        When it would go to who has it already.

    Others as `assign`.
    """
    request = help_requests.lock(session, assignment.help_request_id)
    ending.must_run(assignment)
    before, caseworker = _lock_both(session, assignment.caseworker_id, caseworker_id)
    reach.must_lead(actor, caseworker)
    _must_be_another(session, request, caseworker)
    base = _without_interpreter(session, request, before, assignment, now=now)
    fit = fit_of(
        session, request, caseworker, now=now, reason=reason, above_maximum=above_maximum, effort_minutes=base
    )
    ending.finish(session, assignment, EndReason.TRANSFERRED, actor=actor, now=now)
    place = Assignment(kind=assignment.kind, purpose=assignment.purpose, phase=assignment.phase, reason=reason)
    started = _start(session, place, request, caseworker, fit=fit, actor=actor, now=now)
    event = AssignmentTransferred(
        subject_id=request.id,
        assignment_id=assignment.id,
        caseworker_id=assignment.caseworker_id,
        new_assignment_id=started.id,
        new_caseworker_id=caseworker.id,
    )
    announce(session, event, actor=actor, now=now)
    return started


def fit_of(
    session: Session,
    request: HelpRequest,
    caseworker: Caseworker,
    *,
    now: datetime,
    reason: str | None = None,
    above_maximum: bool = False,
    own_hold: UUID | None = None,
    effort_minutes: int | None = None,
) -> Fit:
    """Return what a pair takes when it may be decided on now; both rows are locked.

    Raises
    ------
    InvalidInput
        When it goes above the maximum explicitly without a reason.
    NotEligible, NoCapacity
        When it may not.
    """
    if above_maximum and not reason:
        raise InvalidInput([Fault("#/reason", "is missing; going above the maximum needs a reason")])
    policy = policies.in_force(session, clock.day_of(now))
    pair = snapshot.pair_of(
        session, request, caseworker, now=now, policy=policy, own_hold=own_hold, effort_minutes=effort_minutes
    )
    prices = policy.document.prices
    found = solver.commit_barriers(*pair, prices)
    must_be_free(caseworker, [item for item in found if not (above_maximum and item.code == "maximum")])
    return Fit(
        effort_minutes=solver.effort_for(*pair, prices),
        over_maximum=any(item.code == "maximum" for item in found),
    )


def must_be_free(caseworker: Caseworker, barriers: list[solver.Barrier]) -> None:
    """Refuse when there is any barrier; room alone is told apart, for it has a way out.

    Raises
    ------
    NoCapacity
        When only the maximum or the target stands in the way.
    NotEligible
        When something else does, too.
    """
    if not barriers:
        return
    first = barriers[0]
    if len(barriers) == 1 and first.code in ("maximum", "target"):
        free, needed = first.facts["free"], first.facts["needed"]
        raise no_capacity(caseworker.code, free_minutes=free, needed_minutes=needed, limit=first.code)
    raise not_eligible(caseworker.code, [(item.code, item.facts) for item in barriers])


def _must_wait(request: HelpRequest) -> None:
    if request.status is not Status.WAITING:
        raise WrongStatus(f"The help request is {request.status}; only one that waits can be assigned.")
    if request.adult is not True:
        raise WrongStatus("It is not settled that the resident is 18 or older. Settle that first.")


def _must_be_another(session: Session, request: HelpRequest, caseworker: Caseworker) -> None:
    if any(item.caseworker_id == caseworker.id for item in queries.open_of(session, request.id)):
        raise InvalidInput([Fault("#/caseworkerId", f"is {caseworker.code}, who works on this request already")])


def _lock_both(session: Session, one: UUID, other: UUID) -> tuple[Caseworker, Caseworker]:
    rows = {key: caseworkers.lock(session, key) for key in sorted({one, other})}
    return rows[one], rows[other]


def _without_interpreter(
    session: Session, request: HelpRequest, caseworker: Caseworker, assignment: Assignment, *, now: datetime
) -> int:
    """Return an assignment's minutes without those that an interpreter adds with this caseworker."""
    policy = policies.in_force(session, clock.day_of(now))
    pair = snapshot.pair_of(session, request, caseworker, now=now, policy=policy)
    added = solver.effort_for(*pair, policy.document.prices) - pair[0].effort_minutes
    return max(1, assignment.effort_minutes - added)


def _start(
    session: Session,
    place: Assignment,
    request: HelpRequest,
    caseworker: Caseworker,
    *,
    fit: Fit,
    actor: Actor,
    now: datetime,
) -> Assignment:
    """Store an assignment with its first phase, and tell."""
    place.id = new_id()
    place.help_request_id, place.caseworker_id = request.id, caseworker.id
    place.effort_minutes, place.over_maximum = fit.effort_minutes, fit.over_maximum
    place.started_at, place.decided_by = now, actor.id
    session.add(place)
    session.flush()
    session.add(
        AssignmentPhase(
            assignment_id=place.id, phase=place.phase, effort_minutes=place.effort_minutes, started_at=now
        )
    )
    event = AssignmentStarted(
        subject_id=request.id,
        assignment_id=place.id,
        caseworker_id=caseworker.id,
        kind=place.kind,
        purpose=place.purpose,
        over_maximum=place.over_maximum,
    )
    announce(session, event, actor=actor, now=now)
    audit.write(
        session,
        "start",
        ("assignment", place.id),
        actor=actor,
        now=now,
        help_request_id=request.id,
        caseworker_id=caseworker.id,
        over_maximum=place.over_maximum,
    )
    return place
