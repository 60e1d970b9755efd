"""Work that runs: its phase, effort and planned end, what its caseworker has seen, free minutes per day."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import queries, snapshot
from app.assignments.events import AssignmentChanged
from app.assignments.models import Assignment, AssignmentPhase
from app.assignments.rules import Phase, free_per_day, no_capacity
from app.assignments.service import ending
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.caseworkers.rules import is_present
from app.city import service as city
from app.city.rules import days_from
from app.help_requests import queries as help_requests
from app.help_requests.models import HelpRequest
from app.identity.rules import Role
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.errors import Fault, InvalidInput, NotAllowed
from app.kit.events import announce
from app.policy import service as policies
from app.policy.rules import effort_of


class Changes(TypedDict, total=False):
    """What may change in a running assignment; what is left out stays."""

    phase: Phase
    effort_minutes: int
    planned_end_on: date | None


def change(
    session: Session,
    assignment: Assignment,
    changes: Changes,
    *,
    actor: Actor,
    now: datetime,
    above_maximum: bool = False,
) -> Assignment:
    """Change an assignment from `ending.lock`; a new phase takes the policy's effort unless one is given.

    More effort has to fit below the caseworker's maximum, unless a lead explicitly goes above it.

    Raises
    ------
    WrongStatus
        When it has ended.
    InvalidInput
        When the planned end has passed.
    NotAllowed
        When a caseworker wants to go above the maximum.
    NoCapacity
        When more effort does not fit.
    """
    ending.must_run(assignment)
    _must_be_sensible(changes, actor, above_maximum=above_maximum, today=clock.day_of(now))
    request = help_requests.lock(session, assignment.help_request_id)
    caseworker = caseworkers.lock(session, assignment.caseworker_id)
    effort = _new_effort(session, assignment, changes, request=request, caseworker=caseworker, now=now)
    wanted = {**changes, "effort_minutes": effort}
    changed = sorted(name for name, value in wanted.items() if getattr(assignment, name) != value)
    if not changed:
        return assignment
    if "effort_minutes" in changed:
        _make_room(session, assignment, caseworker, effort, now=now, above_maximum=above_maximum)
    _apply(session, assignment, wanted, new_phase={"phase", "effort_minutes"} & set(changed), now=now)
    _tell(session, assignment, tuple(changed), actor=actor, now=now)
    return assignment


def read(session: Session, assignment_id: UUID, *, viewer: Actor, now: datetime) -> Assignment:
    """Return an assignment; that its caseworker has seen it is noted. Raises NotFound."""
    assignment = queries.get(session, assignment_id, viewer)
    mark_seen(session, [assignment], viewer=viewer, now=now)
    return assignment


def mark_seen(session: Session, assignments: Sequence[Assignment], *, viewer: Actor, now: datetime) -> None:
    """Note which of these the viewer sees for the first time as their caseworker: no undoing after that."""
    unseen = [
        item.id
        for item in assignments
        if item.seen_at is None and item.caseworker_id == viewer.caseworker_id and viewer.role == Role.CASEWORKER
    ]
    if unseen:
        queries.mark_seen(session, unseen, now)


def mark_request_seen(session: Session, help_request_id: UUID, *, viewer: Actor, now: datetime) -> None:
    """Note that a caseworker has seen a request that they work on: their assignment can't be undone any more."""
    if viewer.role == Role.CASEWORKER:
        mark_seen(session, queries.open_of(session, help_request_id), viewer=viewer, now=now)


def free_minutes_per_day(
    session: Session,
    rows: Sequence[Caseworker],
    *,
    now: datetime,
    days: int,
    apart_from: Collection[UUID] = (),
) -> dict[UUID, list[int]]:
    """Return for each caseworker how many minutes a week could start on each day, the first being today.

    The one answer to "can start on that day": 0 on days on which they don't work or are away, and on
    days the city is closed; otherwise the maximum minus that day's load, 0 when they are above it.
    What is planned to end frees its minutes from the day after. Four queries, however many there are.

    Parameters
    ----------
    apart_from
        Ids of holds, or of requests whose holds do not count.
    """
    today, ids = clock.day_of(now), [row.id for row in rows]
    loads = queries.loads(session, ids, now, apart_from=apart_from)
    ends: dict[UUID, list[tuple[int, date]]] = {key: [] for key in ids}
    for key, minutes, last_day in queries.planned_ends(session, ids, today, today + timedelta(days=days)):
        ends[key].append((minutes, last_day))
    present = _presence(session, rows, today, days=days)
    return {
        row.id: free_per_day(
            row.maximum_minutes - loads[row.id], ends[row.id], present=present[row.id], today=today
        )
        for row in rows
    }


def _presence(session: Session, rows: Sequence[Caseworker], today: date, *, days: int) -> dict[UUID, list[bool]]:
    """Return for each caseworker and day whether they work and are there; weeks that are alike are made once."""
    away = caseworkers.absences_from(session, [row.id for row in rows], today)
    closed = city.closed_days(session, today, days=days)
    calendar = list(days_from(today, days))
    weeks: dict[tuple[int, ...], list[bool]] = {}
    found = {}
    for row in rows:
        week = tuple(row.working_days)
        if week not in weeks:
            weeks[week] = [is_present(week, (), day, closed) for day in calendar]
        found[row.id] = _apart_from(weeks[week], away[row.id], today) if away[row.id] else weeks[week]
    return found


def _apart_from(week: Sequence[bool], away: Sequence[tuple[date, date]], today: date) -> list[bool]:
    """Return the days of presence without those of absences, both ends of each included."""
    there = list(week)
    for first, last in away:
        start, end = max(0, (first - today).days), min(len(there), (last - today).days + 1)
        there[start:end] = [False] * max(0, end - start)
    return there


def _must_be_sensible(changes: Changes, actor: Actor, *, above_maximum: bool, today: date) -> None:
    ends_on = changes.get("planned_end_on")
    if ends_on is not None and ends_on < today:
        raise InvalidInput([Fault("#/plannedEndOn", f"must be {today} or later, not {str(ends_on)!r}")])
    if above_maximum and actor.role == Role.CASEWORKER:
        raise NotAllowed("Only a team lead goes above the maximum.")


def _new_effort(
    session: Session,
    assignment: Assignment,
    changes: Changes,
    *,
    request: HelpRequest,
    caseworker: Caseworker,
    now: datetime,
) -> int:
    """Return the effort that applies from now on, an interpreter included."""
    if "effort_minutes" in changes:
        return changes["effort_minutes"]
    phase = changes.get("phase", assignment.phase)
    if phase is assignment.phase:
        return assignment.effort_minutes
    policy = policies.in_force(session, clock.day_of(now))
    base = effort_of(policy.document, request.topic, request.weight, phase=phase)
    pair = snapshot.pair_of(session, request, caseworker, now=now, policy=policy, effort_minutes=base)
    return solver.effort_for(*pair, policy.document.prices)


def _make_room(
    session: Session,
    assignment: Assignment,
    caseworker: Caseworker,
    effort: int,
    *,
    now: datetime,
    above_maximum: bool,
) -> None:
    """Set the mark of the maximum for a new effort; the caseworker's row is locked.

    Raises
    ------
    NoCapacity
        When more effort does not fit, and it was not decided to go above the maximum.
    """
    load = queries.loads(session, [caseworker.id], now)[caseworker.id]
    free = caseworker.maximum_minutes - load + assignment.effort_minutes
    more, over = effort > assignment.effort_minutes, effort > free
    if more and over and not above_maximum:
        raise no_capacity(caseworker.code, free_minutes=max(0, free), needed_minutes=effort)
    assignment.over_maximum = over and (more or assignment.over_maximum)


def _apply(
    session: Session, assignment: Assignment, wanted: dict[str, Any], *, new_phase: set[str], now: datetime
) -> None:
    """Write what changes; a new phase or effort gets a row of its own in the history."""
    for name, value in wanted.items():
        setattr(assignment, name, value)
    if new_phase:
        before = queries.open_phase(session, assignment.id)
        if before is not None:
            before.ended_at = now
        session.add(
            AssignmentPhase(
                assignment_id=assignment.id,
                phase=assignment.phase,
                effort_minutes=assignment.effort_minutes,
                started_at=now,
            )
        )
    session.flush()


def _tell(
    session: Session, assignment: Assignment, changed: tuple[str, ...], *, actor: Actor, now: datetime
) -> None:
    event = AssignmentChanged(
        subject_id=assignment.help_request_id,
        assignment_id=assignment.id,
        caseworker_id=assignment.caseworker_id,
        changed=changed,
    )
    announce(session, event, actor=actor, now=now)
    audit.write(session, "change", ("assignment", assignment.id), actor=actor, now=now, changed=list(changed))
