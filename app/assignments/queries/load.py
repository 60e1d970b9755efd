"""Questions about load: what takes minutes of a caseworker's week, and for how long.

The statements about many caseworkers are made once, with places for what they are asked: a
recommendation asks them during a call.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Date,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    literal,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.assignments.models import Assignment, Hold, OpeningLoad
from app.assignments.queries.holds import belongs_to, is_live
from app.assignments.rules import PACE_DAYS, STARTING_CLOCKS, EndReason, Kind
from app.help_requests.models import Clock

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

_ids: Final = any_(bindparam("ids", type_=ARRAY(Uuid)))
_now: Final = bindparam("now", type_=DateTime(timezone=True))
_first: Final = bindparam("first", type_=Date)
_last: Final = bindparam("last", type_=Date)


def _totals(*parts: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the statement that adds up minutes and new requests, each part's second and third column."""
    rows = union_all(*parts).subquery()
    return select(rows.c.caseworker_id, func.sum(rows.c.minutes), func.sum(rows.c.new)).group_by(
        rows.c.caseworker_id
    )


def _part(of: Any, minutes: Any, new: int) -> Select[*tuple[Any, ...]]:
    return select(of.caseworker_id, minutes.label("minutes"), literal(new).label("new")).where(
        of.caseworker_id == _ids
    )


_TAKES: Final = (
    _part(Assignment, Assignment.effort_minutes, 0).where(Assignment.ended_at.is_(None)),
    _part(OpeningLoad, OpeningLoad.effort_minutes, 0).where(OpeningLoad.ended_at.is_(None)),
    _part(Hold, Hold.effort_minutes, 0).where(
        is_live(_now), ~belongs_to(bindparam("apart_from", type_=ARRAY(Uuid)))
    ),
)
_NEW: Final = _part(Assignment, literal(0), 1).where(
    Assignment.started_at > bindparam("since", type_=DateTime(timezone=True)),
    Assignment.kind == Kind.LEAD,
    Assignment.end_reason.is_distinct_from(EndReason.REVERSED),
)
_LOADS: Final = _totals(*_TAKES)
_FIGURES: Final = _totals(*_TAKES, _NEW)
_PLANNED_ENDS: Final = union_all(
    select(Assignment.caseworker_id, Assignment.effort_minutes, Assignment.planned_end_on).where(
        Assignment.caseworker_id == _ids,
        Assignment.ended_at.is_(None),
        Assignment.planned_end_on.between(_first, _last),
    ),
    select(OpeningLoad.caseworker_id, OpeningLoad.effort_minutes, OpeningLoad.expected_end_on).where(
        OpeningLoad.caseworker_id == _ids,
        OpeningLoad.ended_at.is_(None),
        OpeningLoad.expected_end_on.between(_first, _last),
    ),
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
    asked = {"ids": list(found), "now": now, "apart_from": list(apart_from)}
    found.update({key: int(minutes) for key, minutes, _ in session.execute(_LOADS, asked)})
    return found


def new_in_week(session: Session, ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """Return how many requests each caseworker took on in the last seven days; 0 for who took none.

    Only as the one who leads; an assignment that was undone before they saw it does not count.
    """
    return {key: new for key, (_, new) in loads_and_new(session, ids, now).items()}


def loads_and_new(
    session: Session, ids: Iterable[UUID], now: datetime, *, apart_from: Collection[UUID] = ()
) -> dict[UUID, tuple[int, int]]:
    """Return the load of each caseworker, as `loads`, beside what is new, as `new_in_week`: one question."""
    found = dict.fromkeys(ids, (0, 0))
    since = now - timedelta(days=PACE_DAYS)
    asked = {"ids": list(found), "now": now, "apart_from": list(apart_from), "since": since}
    found.update({key: (int(minutes), int(new)) for key, minutes, new in session.execute(_FIGURES, asked)})
    return found


def planned_ends(session: Session, ids: Iterable[UUID], first: date, last: date) -> list[Take]:
    """Return what is planned to end between two days, both included: caseworker, minutes, last day."""
    asked = {"ids": list(ids), "first": first, "last": last}
    return [(key, minutes, day) for key, minutes, day in session.execute(_PLANNED_ENDS, asked) if day]


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
