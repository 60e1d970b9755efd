"""Questions about assignments: who works on what."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from app.assignments.models import Assignment, AssignmentPhase
from app.assignments.rules import Kind
from app.help_requests.models import HelpRequest
from app.help_requests.queries import visible
from app.help_requests.rules import Status
from app.identity.rules import Role
from app.kit.auth import Actor
from app.kit.errors import NotFound


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
