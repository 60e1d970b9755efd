"""Questions about who works on what, and how much of their week it takes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Uuid,
    column,
    delete,
    exists,
    false,
    func,
    select,
    table,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from app.assignments.models import Assignment, AssignmentPhase, Hold, OpeningLoad
from app.assignments.rules import PACE_DAYS, STARTING_CLOCKS, EndReason, Kind
from app.help_requests.models import Clock, HelpRequest
from app.help_requests.queries import visible
from app.help_requests.rules import Status
from app.identity.rules import Role
from app.kit.auth import Actor
from app.kit.errors import NotFound

Take = tuple[UUID, int, date]

# Only as far as the question below needs it: rounds stand above this domain and may not be imported.
_proposals = table(
    "proposals",
    column("help_request_id", Uuid),
    column("caseworker_id", Uuid),
    column("effort_minutes", Integer),
    column("hold_id", Uuid),
    column("state", String),
)


def loads(
    session: Session, ids: Iterable[UUID], now: datetime, *, apart_from: Collection[UUID] = ()
) -> dict[UUID, int]:
    """Return the minutes per week each of these caseworkers works on; 0 for who has nothing.

    Load is always computed from open assignments, opening load and live holds, never stored: a
    counter can drift. To decide on it, lock the caseworker's row first.

    Parameters
    ----------
    apart_from
        Ids of holds, or of requests whose holds do not count: who decides on a request counts it
        once, not its reserved place as well.
    """
    found = dict.fromkeys(ids, 0)
    parts = union_all(*_takes(found, now, apart_from)).subquery()
    total = select(parts.c.caseworker_id, func.sum(parts.c.effort_minutes)).group_by(parts.c.caseworker_id)
    found.update({caseworker_id: int(minutes) for caseworker_id, minutes in session.execute(total)})
    return found


def planned_ends(session: Session, ids: Iterable[UUID], first: date, last: date) -> list[Take]:
    """Return what is planned to end between two days, both included: caseworker, minutes, last day."""
    work = select(Assignment.caseworker_id, Assignment.effort_minutes, Assignment.planned_end_on).where(
        Assignment.ended_at.is_(None), Assignment.planned_end_on.between(first, last)
    )
    cases = select(OpeningLoad.caseworker_id, OpeningLoad.effort_minutes, OpeningLoad.expected_end_on).where(
        OpeningLoad.ended_at.is_(None), OpeningLoad.expected_end_on.between(first, last)
    )
    keys = list(ids)
    mine = (work.where(Assignment.caseworker_id.in_(keys)), cases.where(OpeningLoad.caseworker_id.in_(keys)))
    return [(key, minutes, day) for key, minutes, day in session.execute(union_all(*mine)) if day]


def _takes(
    ids: Collection[UUID], now: datetime, apart_from: Collection[UUID]
) -> Iterable[Select[*tuple[Any, ...]]]:
    """Return what assignments, opening load and live holds take, one row each."""
    return (
        select(Assignment.caseworker_id, Assignment.effort_minutes).where(
            Assignment.caseworker_id.in_(ids), Assignment.ended_at.is_(None)
        ),
        select(OpeningLoad.caseworker_id, OpeningLoad.effort_minutes).where(
            OpeningLoad.caseworker_id.in_(ids), OpeningLoad.ended_at.is_(None)
        ),
        select(Hold.caseworker_id, Hold.effort_minutes).where(
            Hold.caseworker_id.in_(ids), is_live(now), ~_belongs_to(apart_from)
        ),
    )


def is_live(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a hold counts: not released, and not expired unless it was taken in."""
    return Hold.released_at.is_(None) & (Hold.taken_by_request_id.is_not(None) | (Hold.expires_at > now))


def _belongs_to(ids: Collection[UUID]) -> ColumnElement[bool]:
    """Return the condition that a hold is one of these, or of one of these requests; never unknown."""
    return (
        Hold.id.in_(ids)
        | func.coalesce(Hold.help_request_id.in_(ids), false())
        | func.coalesce(Hold.taken_by_request_id.in_(ids), false())
    )


@dataclass(frozen=True, slots=True)
class Promise:
    """An open proposal, as what it will take: of whom, how much, and by when its help must start."""

    caseworker_id: UUID
    help_request_id: UUID
    effort_minutes: int
    due_on: date | None


def promises(session: Session) -> list[Promise]:
    """Return what open proposals will take, except those from taken holds: these count as load already."""
    due = func.min(Clock.due_on)
    running = (
        (Clock.help_request_id == _proposals.c.help_request_id)
        & Clock.stopped_at.is_(None)
        & Clock.name.in_(STARTING_CLOCKS)
    )
    taken = (_proposals.c.caseworker_id, _proposals.c.help_request_id, _proposals.c.effort_minutes)
    query = (
        select(*taken, due)
        .select_from(_proposals.outerjoin(Clock, running))
        .where(_proposals.c.state == "open", _proposals.c.hold_id.is_(None))
        .group_by(*taken)
    )
    return [Promise(*row) for row in session.execute(query)]


def new_in_week(session: Session, ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """Return how many requests each caseworker took on in the last seven days; 0 for who took none.

    Only as the one who leads; an assignment that was undone before they saw it does not count.
    """
    found = dict.fromkeys(ids, 0)
    counted = (
        select(Assignment.caseworker_id, func.count())
        .where(
            Assignment.caseworker_id.in_(found),
            Assignment.started_at > now - timedelta(days=PACE_DAYS),
            Assignment.kind == Kind.LEAD,
            Assignment.end_reason.is_distinct_from(EndReason.REVERSED),
        )
        .group_by(Assignment.caseworker_id)
    )
    found.update({caseworker_id: int(count) for caseworker_id, count in session.execute(counted)})
    return found


def lock(session: Session, assignment_id: UUID) -> Assignment:
    """Return an assignment, its row locked until commit; lock its help request before.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    query = select(Assignment).where(Assignment.id == assignment_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return _there(found, assignment_id)


def get(session: Session, assignment_id: UUID, viewer: Actor) -> Assignment:
    """Return an assignment.

    Raises
    ------
    NotFound
        When there is none with this id, or the viewer may not know of it.
    """
    query = select(Assignment).where(Assignment.id == assignment_id, seen_by(viewer))
    return _there(session.scalars(query).one_or_none(), assignment_id)


def seen_by(viewer: Actor) -> ColumnElement[bool]:
    """Return the condition under which somebody sees an assignment: a caseworker their own.

    A lead sees those of all requests that they may know of: work is shared by the whole city.
    """
    if viewer.role == Role.CASEWORKER:
        return Assignment.caseworker_id == viewer.caseworker_id
    return exists().where(HelpRequest.id == Assignment.help_request_id, visible(viewer))


def _there(assignment: Assignment | None, assignment_id: UUID) -> Assignment:
    if assignment is None:
        raise NotFound(f"There is no assignment {assignment_id}.")
    return assignment


def open_lead(session: Session, help_request_id: UUID) -> Assignment | None:
    """Return the open lead assignment of a request; there is at most one."""
    query = select(Assignment).where(
        Assignment.help_request_id == help_request_id, Assignment.ended_at.is_(None), Assignment.kind == Kind.LEAD
    )
    return session.scalars(query).one_or_none()


def open_of(session: Session, help_request_id: UUID) -> Sequence[Assignment]:
    """Return the open assignments of a request, in id order."""
    query = select(Assignment).where(Assignment.help_request_id == help_request_id, Assignment.ended_at.is_(None))
    return session.scalars(query.order_by(Assignment.id)).all()


def page(
    session: Session,
    viewer: Actor,
    *,
    limit: int,
    after: UUID | None = None,
    caseworker_id: UUID | None = None,
    help_request_id: UUID | None = None,
    is_open: bool | None = None,
) -> Sequence[Assignment]:
    """Return assignments in id order, at most `limit`, after the one named; filters narrow them down."""
    query = select(Assignment).where(seen_by(viewer)).order_by(Assignment.id).limit(limit)
    if after is not None:
        query = query.where(Assignment.id > after)
    if caseworker_id is not None:
        query = query.where(Assignment.caseworker_id == caseworker_id)
    if help_request_id is not None:
        query = query.where(Assignment.help_request_id == help_request_id)
    if is_open is not None:
        query = query.where(Assignment.ended_at.is_(None) if is_open else Assignment.ended_at.is_not(None))
    return session.scalars(query).all()


def mark_seen(session: Session, assignment_ids: Collection[UUID], now: datetime) -> None:
    """Note that these assignments were seen by their caseworker; the first time is kept.

    Seeing changes nothing that a reader decides on, so the version, and with it the ETag, stays.
    """
    unseen = update(Assignment).where(Assignment.id.in_(assignment_ids), Assignment.seen_at.is_(None))
    session.execute(unseen.values(seen_at=now))


def open_phase(session: Session, assignment_id: UUID) -> AssignmentPhase | None:
    """Return the phase that an assignment is in now; None when it has ended."""
    query = select(AssignmentPhase).where(
        AssignmentPhase.assignment_id == assignment_id, AssignmentPhase.ended_at.is_(None)
    )
    return session.scalars(query).one_or_none()


def coordinators(session: Session, household_references: Collection[str]) -> dict[str, UUID]:
    """Return who coordinates each of these households: who leads its longest running request."""
    if not household_references:
        return {}
    query = (
        select(HelpRequest.household_reference, Assignment.caseworker_id)
        .join(Assignment, Assignment.help_request_id == HelpRequest.id)
        .where(
            HelpRequest.household_reference.in_(household_references),
            HelpRequest.status == Status.ASSIGNED,
            Assignment.ended_at.is_(None),
            Assignment.kind == Kind.LEAD,
        )
        .order_by(Assignment.started_at.desc(), Assignment.id.desc())
    )
    return {household: caseworker_id for household, caseworker_id in session.execute(query) if household}


def hold(session: Session, hold_id: UUID) -> Hold:
    """Return a hold, its row locked until commit; lock its caseworker before.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    query = select(Hold).where(Hold.id == hold_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"There is no hold {hold_id}.")
    return found


def caseworker_of_hold(session: Session, hold_id: UUID) -> UUID:
    """Return whose place a hold reserves, which never changes; raises NotFound."""
    caseworker_id = session.scalar(select(Hold.caseworker_id).where(Hold.id == hold_id))
    if caseworker_id is None:
        raise NotFound(f"There is no hold {hold_id}.")
    return caseworker_id


def forget_holds(session: Session, before: datetime) -> int:
    """Delete holds that expired before a moment and were never taken, and return how many."""
    old = delete(Hold).where(Hold.expires_at < before, Hold.taken_by_request_id.is_(None))
    return len(session.execute(old.returning(Hold.id)).all())


def release_holds_of(session: Session, ids: Collection[UUID], now: datetime) -> None:
    """Release the holds with these ids, and those of requests with these ids; released ones stay as they are."""
    released = update(Hold).where(Hold.released_at.is_(None), _belongs_to(ids)).values(released_at=now)
    session.execute(released)


def opening_loads_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[OpeningLoad]]:
    """Return the cases that these caseworkers run elsewhere now, the oldest first; who has none is left out."""
    found: dict[UUID, list[OpeningLoad]] = {}
    rows = session.scalars(
        select(OpeningLoad)
        .where(OpeningLoad.caseworker_id.in_(list(ids)), OpeningLoad.ended_at.is_(None))
        .order_by(OpeningLoad.id)
    )
    for row in rows:
        found.setdefault(row.caseworker_id, []).append(row)
    return found
