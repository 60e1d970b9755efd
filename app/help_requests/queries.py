"""Questions about help requests. Whoever reads them is the ``viewer``, and sees what they may."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    cast,
    column,
    exists,
    false,
    func,
    or_,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.types import String, Uuid

from app.help_requests.models import Access, Clock, Contact, Exclusion, HelpRequest, PrivatePart
from app.help_requests.rules import Status, Urgency
from app.identity.rules import Role
from app.kit.auth import Actor
from app.kit.errors import NotFound
from app.kit.events import EventRow, Xid8

# Two tables of other domains, only as far as the questions below need them: those domains stand
# beside or above this one and may not be imported.
_assignments = table(
    "assignments",
    column("help_request_id", Uuid),
    column("caseworker_id", Uuid),
    column("ended_at"),
    column("end_reason", String),
)
_caseworkers = table("caseworkers", column("id", Uuid))

MADE_BY_THEMSELVES = frozenset({Role.INTAKE, Role.OPERATOR, Role.REFERRER})
ENDED_WITH_THE_REQUEST = ("completed", "closed")


# --- who sees what -----------------------------------------------------------------------------


def visible(viewer: Actor) -> ColumnElement[bool]:
    """Return the condition under which somebody may know that a request exists.

    Who takes requests in sees those they made; a caseworker those assigned to them; a team lead all,
    as work is shared by the whole city. A protected request is seen by those on its access list only.
    """
    return _within_reach(viewer) & _not_hidden(viewer)


def _within_reach(viewer: Actor) -> ColumnElement[bool]:
    if viewer.role in MADE_BY_THEMSELVES:
        return HelpRequest.received_by == viewer.id
    if viewer.role == Role.CASEWORKER and viewer.caseworker_id is not None:
        return assigned_to(viewer.caseworker_id)
    return true() if viewer.role == Role.TEAM_LEAD else false()


def _not_hidden(viewer: Actor) -> ColumnElement[bool]:
    listed = exists().where(
        Access.help_request_id == HelpRequest.id, Access.client_id == viewer.id, Access.withdrawn_at.is_(None)
    )
    return or_(~HelpRequest.protected, listed)


def assigned_to(caseworker_id: UUID) -> ColumnElement[bool]:
    """Return the condition that a request is a caseworker's: now, or until it was closed."""
    return exists().where(
        _assignments.c.help_request_id == HelpRequest.id,
        _assignments.c.caseworker_id == caseworker_id,
        or_(_assignments.c.ended_at.is_(None), _assignments.c.end_reason.in_(ENDED_WITH_THE_REQUEST)),
    )


# --- one request -------------------------------------------------------------------------------


def lock(session: Session, help_request_id: UUID, viewer: Actor | None = None) -> HelpRequest:
    """Return a request as committed now, and let nobody else change it until this commits.

    Whoever also locks a caseworker locks the request first; several requests are locked in id order.

    Parameters
    ----------
    viewer
        Who must be allowed to see it; None: already decided elsewhere.

    Raises
    ------
    NotFound
        When there is none with this id, or the viewer may not know of it.
    """
    statement = select(HelpRequest).where(HelpRequest.id == help_request_id)
    if viewer is not None:
        statement = statement.where(visible(viewer))
    locked = statement.with_for_update(key_share=True, of=HelpRequest)
    found = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    return _there(found, help_request_id)


def get(session: Session, help_request_id: UUID, viewer: Actor) -> HelpRequest:
    """Return a request.

    Raises
    ------
    NotFound
        When there is none with this id, or the viewer may not know of it.
    """
    statement = select(HelpRequest).where(HelpRequest.id == help_request_id, visible(viewer))
    return _there(session.scalars(statement).one_or_none(), help_request_id)


def _there(found: HelpRequest | None, help_request_id: UUID) -> HelpRequest:
    if found is None:
        raise NotFound(f"There is no help request {help_request_id} that you may see.")
    return found


def touch(request: HelpRequest, now: datetime) -> None:
    """Have the version of a request go up, also when only what belongs to it changed."""
    request.updated_at = now
    flag_modified(request, "updated_at")


# --- several requests --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed down to; None: not by this.

    ``overdue_on``: the day before which a running clock was due, or was not, by ``overdue``.
    """

    status: Status | None = None
    topic: str | None = None
    urgency: Urgency | None = None
    district: str | None = None
    age_known: bool | None = None
    overdue: bool | None = None
    overdue_on: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a row must meet."""
        given: list[tuple[Any, Any]] = [
            (HelpRequest.status, self.status),
            (HelpRequest.topic, self.topic),
            (HelpRequest.urgency, self.urgency),
            (HelpRequest.district_code, self.district),
        ]
        conditions = [of == value for of, value in given if value is not None]
        if self.age_known is not None:
            conditions.append(HelpRequest.adult.is_not(None) if self.age_known else HelpRequest.adult.is_(None))
        if self.overdue is not None:
            late = exists().where(
                Clock.help_request_id == HelpRequest.id,
                Clock.stopped_at.is_(None),
                Clock.due_on < self.overdue_on,
            )
            conditions.append(late if self.overdue else ~late)
        return conditions


def page(
    session: Session, viewer: Actor, filters: Filters, *, limit: int, after: UUID | None
) -> Sequence[HelpRequest]:
    """Return requests in the order in which they came in: at most ``limit``, after the one named."""
    statement = select(HelpRequest).where(visible(viewer), *filters.conditions())
    if after is not None:
        statement = statement.where(HelpRequest.id > after)
    return session.scalars(statement.order_by(HelpRequest.id).limit(limit)).all()


def search(
    session: Session, viewer: Actor, references: Mapping[str, Any], *, limit: int, after: UUID | None
) -> Sequence[HelpRequest]:
    """Return requests that carry all of these references, given by column.

    An operator finds those of the whole city, of which they read the status only.
    """
    within = true() if viewer.role == Role.OPERATOR else _within_reach(viewer)
    statement = select(HelpRequest).where(within, _not_hidden(viewer))
    for name, value in references.items():
        statement = statement.where(getattr(HelpRequest, name) == value)
    if after is not None:
        statement = statement.where(HelpRequest.id > after)
    return session.scalars(statement.order_by(HelpRequest.id).limit(limit)).all()


def waiting(session: Session) -> Sequence[HelpRequest]:
    """Return the requests that a round may place: waiting, and of adults; the oldest first."""
    statement = select(HelpRequest).where(HelpRequest.status == Status.WAITING, HelpRequest.adult.is_(True))
    return session.scalars(statement.order_by(HelpRequest.received_at, HelpRequest.id)).all()


def earlier_of(session: Session, person_references: Collection[str], viewer: Actor) -> dict[str, list[UUID]]:
    """Return by reference of a person the requests that carry it and that the viewer may see, oldest first."""
    found: dict[str, list[UUID]] = {reference: [] for reference in person_references}
    if not found:
        return found
    statement = select(HelpRequest.person_reference, HelpRequest.id).where(
        HelpRequest.person_reference.in_(found), visible(viewer)
    )
    for reference, help_request_id in session.execute(statement.order_by(HelpRequest.id)):
        found[reference or ""].append(help_request_id)
    return found


def unknown_caseworkers(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Return those of these ids that no caseworker has."""
    if not ids:
        return set()
    known = session.scalars(select(_caseworkers.c.id).where(_caseworkers.c.id.in_(list(ids))))
    return set(ids) - set(known)


# --- what belongs to requests --------------------------------------------------------------------


def exclusions_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return who is not available for each of these requests; an empty set for who has none."""
    found: dict[UUID, set[UUID]] = {help_request_id: set() for help_request_id in ids}
    statement = select(Exclusion.help_request_id, Exclusion.caseworker_id).where(
        Exclusion.help_request_id.in_(list(found))
    )
    for help_request_id, caseworker_id in session.execute(statement):
        found[help_request_id].add(caseworker_id)
    return {help_request_id: frozenset(excluded) for help_request_id, excluded in found.items()}


def clocks_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Clock]]:
    """Return the clocks of each of these requests, history included, in the order in which they are due."""
    found: dict[UUID, list[Clock]] = {help_request_id: [] for help_request_id in ids}
    statement = select(Clock).where(Clock.help_request_id.in_(list(found)))
    for clock in session.scalars(statement.order_by(Clock.due_on, Clock.id)):
        found[clock.help_request_id].append(clock)
    return found


def contacts_of(session: Session, help_request_id: UUID) -> Sequence[Contact]:
    """Return the attempts to reach the resident, in order."""
    statement = select(Contact).where(Contact.help_request_id == help_request_id)
    return session.scalars(statement.order_by(Contact.at, Contact.id)).all()


def private_parts_of(session: Session, ids: Collection[UUID]) -> dict[UUID, PrivatePart]:
    """Return the encrypted part of each of these requests that has one."""
    if not ids:
        return {}
    rows = session.scalars(select(PrivatePart).where(PrivatePart.help_request_id.in_(list(ids))))
    return {row.help_request_id: row for row in rows}


def lock_in_order(session: Session, ids: Collection[UUID]) -> None:
    """Lock several requests, in id order, without reading them."""
    statement = select(HelpRequest.id).where(HelpRequest.id.in_(list(ids))).order_by(HelpRequest.id)
    session.execute(statement.with_for_update(key_share=True)).all()


# --- history -------------------------------------------------------------------------------------


def events_of(session: Session, help_request_id: UUID, *, limit: int, after: int) -> Sequence[EventRow]:
    """Return what happened to a request, by number, after a number."""
    statement = select(EventRow).where(
        EventRow.subject_id == help_request_id, EventRow.sequence > after, EventRow.subject_type == "help-request"
    )
    return session.scalars(statement.order_by(EventRow.sequence).limit(limit)).all()


def changes(session: Session, viewer: Actor, *, limit: int, after: tuple[int, int] | None) -> Sequence[EventRow]:
    """Return what happened to everything that somebody may see, in an order that never skips anything.

    Two transactions may take their event numbers in one order and commit in the other. So events are
    ordered by transaction, and those of transactions that began after the oldest one that still runs
    wait their turn: nothing can appear before a place that was already read.
    """
    statement = select(EventRow).where(
        EventRow.transaction_id < func.pg_snapshot_xmin(func.pg_current_snapshot(), type_=Xid8()),
        _sees_event(viewer),
    )
    if after is not None:
        transaction_id, event_id = after
        place = tuple_(cast(str(transaction_id), Xid8()), event_id)
        statement = statement.where(tuple_(EventRow.transaction_id, EventRow.id) > place)
    return session.scalars(statement.order_by(EventRow.transaction_id, EventRow.id).limit(limit)).all()


def _sees_event(viewer: Actor) -> ColumnElement[bool]:
    of_request = (EventRow.subject_type == "help-request") & EventRow.subject_id.in_(
        select(HelpRequest.id).where(visible(viewer))
    )
    if viewer.role == Role.TEAM_LEAD:
        return of_request | (EventRow.subject_type != "help-request")
    if viewer.role == Role.CASEWORKER:
        return of_request | (
            (EventRow.subject_type == "caseworker") & (EventRow.subject_id == viewer.caseworker_id)
        )
    return of_request
