"""Reserved places: a hold counts as load from the moment it is made, so that a call can end with a promise.

Locks as everywhere: the help request when there is one, then the caseworker.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import queries, snapshot
from app.assignments.events import HoldCreated, HoldReleased, HoldTaken
from app.assignments.models import Hold
from app.assignments.rules import HoldExpired
from app.assignments.service.assigning import must_be_free
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.help_requests import queries as help_requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.help_requests.service.intake import Intake, preview
from app.identity.rules import Role
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.db import new_id
from app.kit.errors import NotFound, WrongStatus
from app.kit.events import announce
from app.policy import service as policies


def create_hold(
    session: Session,
    caseworker_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    help_request_id: UUID | None = None,
    needs: Intake | None = None,
) -> Hold:
    """Reserve a place for a request that waits, or for needs that are not handed over yet.

    It may do what a proposal may: the target binds, and open proposals count as taken unless this
    request is due sooner. It lasts as long as the policy says.

    Raises
    ------
    NotFound
        When either does not exist, or the actor may not know of it.
    WrongStatus
        When the help request does not wait.
    NoCapacity, NotEligible
        When a round could not propose this caseworker, either.
    """
    request = _request_of(session, help_request_id, needs, actor=actor, now=now)
    caseworker = caseworkers.lock(session, caseworker_id)
    policy = policies.in_force(session, clock.day_of(now))
    if help_request_id is not None:
        queries.release_holds_of(session, [help_request_id], now)
    due_on = snapshot.due_of(session, request, now=now, policy=policy)
    promised = promised_before(session, due_on=due_on, apart_from=request.id)
    taken = {key: sum(minutes) for key, minutes in promised.items()}
    pair = snapshot.pair_of(session, request, caseworker, now=now, policy=policy, also_taken=taken)
    if needs is not None and caseworker_id in needs.excluded_caseworker_ids:
        must_be_free(caseworker, [solver.Barrier("not-available")])
    must_be_free(caseworker, list(solver.barriers(*pair, policy.document.prices)))
    hold = Hold(
        id=new_id(),
        caseworker_id=caseworker_id,
        help_request_id=help_request_id,
        effort_minutes=solver.effort_for(*pair, policy.document.prices),
        created_at=now,
        created_by=actor.id,
        expires_at=now + timedelta(minutes=policy.document.hold_minutes),
    )
    session.add(hold)
    session.flush()
    _tell(session, HoldCreated, hold, action="hold", actor=actor, now=now)
    return hold


def promised_before(session: Session, *, due_on: date | None, apart_from: UUID) -> dict[UUID, list[int]]:
    """Return by caseworker the minutes of each open proposal that goes before a request due on a day.

    Those due later than it are left out, and its own: it may go before them.
    """
    promised: dict[UUID, list[int]] = defaultdict(list)
    for promise in queries.promises(session):
        later = due_on is not None and promise.due_on is not None and promise.due_on > due_on
        if promise.help_request_id != apart_from and not later:
            promised[promise.caseworker_id].append(promise.effort_minutes)
    return promised


def take_hold(session: Session, hold_id: UUID, *, request: HelpRequest, actor: Actor, now: datetime) -> Hold:
    """Let a request that came in use its hold, which then counts until its proposal is decided.

    The place is as large as the request turned out to be. The request's row is locked or new.

    Raises
    ------
    NotFound
        When there is no such hold.
    HoldExpired
        When it expired, was released, or belongs to another request.
    NoCapacity, NotEligible
        When this request does not fit the one for whom the place was held.
    """
    caseworker = caseworkers.lock(session, queries.caseworker_of_hold(session, hold_id))
    hold = queries.hold(session, hold_id)
    _must_be_usable(hold, request, now)
    policy = policies.in_force(session, clock.day_of(now))
    pair = snapshot.pair_of(session, request, caseworker, now=now, policy=policy, own_hold=hold_id)
    must_be_free(caseworker, list(solver.commit_barriers(*pair, policy.document.prices)))
    hold.taken_by_request_id = request.id
    hold.effort_minutes = solver.effort_for(*pair, policy.document.prices)
    session.flush()
    _tell(session, HoldTaken, hold, action="take-hold", actor=actor, now=now)
    return hold


def release_hold(session: Session, hold_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Give a reserved place free; doing it again changes nothing.

    Raises
    ------
    NotFound
        When there is no such hold that this actor made, or leads.
    WrongStatus
        When a request came in for it: then a decision on its proposal settles it.
    """
    caseworker = caseworkers.lock(session, queries.caseworker_of_hold(session, hold_id))
    hold = queries.hold(session, hold_id)
    _must_be_theirs(hold, caseworker, actor)
    if hold.released_at is not None:
        return
    if hold.taken_by_request_id is not None:
        raise WrongStatus("A help request came in for this hold. Decide on its proposal instead.")
    hold.released_at = now
    session.flush()
    _tell(session, HoldReleased, hold, action="release", actor=actor, now=now)


def settle_hold(session: Session, hold_id: UUID, now: datetime) -> None:
    """Release a hold, because its proposal was decided, replaced or expired; a released one stays as it is.

    Locks nothing: it only lowers a load.
    """
    queries.release_holds_of(session, [hold_id], now)


def _request_of(
    session: Session, help_request_id: UUID | None, needs: Intake | None, *, actor: Actor, now: datetime
) -> HelpRequest:
    if help_request_id is None:
        if needs is None:
            raise ValueError("a hold is for a help request or for needs")
        return preview(needs, actor=actor, now=now)
    request = help_requests.lock(session, help_request_id, actor)
    if request.status is not Status.WAITING:
        raise WrongStatus(f"The help request is {request.status}; a place is held for one that waits.")
    return request


def _must_be_usable(hold: Hold, request: HelpRequest, now: datetime) -> None:
    expired = hold.expires_at <= now and hold.taken_by_request_id is None
    other = any(key not in (None, request.id) for key in (hold.help_request_id, hold.taken_by_request_id))
    if hold.released_at is not None or expired or other:
        raise HoldExpired("The hold has expired or was used. Leave `holdId` out, or hold a place again.")


def _must_be_theirs(hold: Hold, caseworker: Caseworker, actor: Actor) -> None:
    is_lead = actor.role == Role.TEAM_LEAD and actor.leads(caseworker.location_code)
    if hold.created_by != actor.id and not is_lead:
        raise NotFound(f"There is no hold {hold.id} of yours.")


def _tell(
    session: Session,
    event: type[HoldCreated | HoldTaken | HoldReleased],
    hold: Hold,
    *,
    action: str,
    actor: Actor,
    now: datetime,
) -> None:
    announce(session, event(subject_id=hold.caseworker_id, hold_id=hold.id), actor=actor, now=now)
    audit.write(session, action, ("hold", hold.id), actor=actor, now=now, caseworker_id=hold.caseworker_id)
