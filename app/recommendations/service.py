"""Who can take a request now, in order of fit, and why not the others. Nothing is stored.

Open proposals count as taken, unless this request is due sooner: what an operator promises during a
call must not take a place that a round has given to somebody who may not wait longer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import service as load
from app.assignments import snapshot
from app.assignments.rules import HORIZON_DAYS, earliest_start
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.city import service as city
from app.help_requests import queries as help_requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.help_requests.service import surroundings
from app.help_requests.service.intake import Intake, check, preview
from app.kit import clock
from app.kit.auth import Actor
from app.kit.errors import WrongStatus
from app.kit.http import Language
from app.recommendations import queries

ONLY_TIME = frozenset({"target", "maximum", "absent"})
"""Barriers that pass by themselves: when nothing else stands in the way, a first day can be given."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A caseworker as seen for one request.

    Attributes
    ----------
    option
        Terms and price, when they may take it now.
    barriers
        Why not, when they may not.
    earliest_start
        First day on which they work, are present and it fits below their maximum; None when there is
        none within the horizon, or when something other than time stands in the way.
    waiting_before
        How many open proposals for this caseworker go before this request.
    """

    caseworker: Caseworker
    option: solver.Option | None
    barriers: Sequence[solver.Barrier]
    earliest_start: date | None
    waiting_before: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Everybody in the city for one request: who may take it in order of fit, then who may not, by code.

    `advice` is the solver's own recommendation: whether the request had better wait for a round.
    """

    candidates: Sequence[Candidate]
    advice: solver.Recommendation
    names: Mapping[str, str]


def recommend(
    session: Session,
    subject: UUID | Intake,
    *,
    actor: Actor,
    language: Language,
    now: datetime,
) -> Recommendation:
    """Return who can take a waiting request, or needs that are not handed over yet, and when.

    Parameters
    ----------
    subject
        Identifier of a request that this actor may see, or its needs.

    Raises
    ------
    NotFound
        When there is no such request for this actor.
    WrongStatus
        When the request does not wait.
    InvalidInput
        When the needs name caseworkers that do not exist.
    """
    policy = surroundings(session, now).policy
    request, excluded = _request_of(session, subject, actor=actor, now=now)
    due_on = snapshot.due_of(session, request, now=now, policy=policy)
    promised = load.promised_before(session, due_on=due_on, apart_from=request.id)
    rows = caseworkers.all_of(session)
    problem = snapshot.problem_of(
        session,
        [request],
        now=now,
        policy=policy,
        also_excluded={request.id: excluded},
        also_taken={key: sum(minutes) for key, minutes in promised.items()},
        workers=rows,
    )
    (wanted,), desk = problem.requests, solver.desk_of(problem, _prices(session))
    found = solver.recommend(desk, wanted, most=None)
    others = solver.unavailable(desk, wanted)
    by_key = {str(row.id): row for row in rows}
    starts = _starts(session, problem, others, by_key, promised=promised, now=now)

    def candidate(
        key: str, option: solver.Option | None = None, barriers: Sequence[solver.Barrier] = ()
    ) -> Candidate:
        row = by_key[key]
        return Candidate(row, option, barriers, starts.get(key), len(promised.get(row.id, ())))

    able = [candidate(option.caseworker, option=option) for option in found.options]
    unable = [candidate(other.caseworker, barriers=other.barriers) for other in others]
    unable.sort(key=lambda candidate: candidate.caseworker.code)
    names = {**city.labels(session, language, now), **{str(row.id): row.code for row in rows}}
    return Recommendation([*able, *unable], found, names)


_kept: tuple[UUID, solver.CapacityPrices | None] | None = None


def _prices(session: Session) -> solver.CapacityPrices | None:
    """Return what room was worth in the last round; None when that is not known, or not in a form we know.

    A round that is done never changes: its prices are read once.
    """
    global _kept
    last = queries.last_round(session)
    if last is None:
        return None
    if _kept is None or _kept[0] != last:
        _kept = (last, _read(queries.prices_of(session, last)))
    return _kept[1]


def _read(text: str | None) -> solver.CapacityPrices | None:
    """Return the prices in a stored plan; a plan of another version steers nothing."""
    try:
        return None if text is None else solver.CapacityPrices.from_json(text)
    except solver.MalformedError:
        return None


def _request_of(
    session: Session, subject: UUID | Intake, *, actor: Actor, now: datetime
) -> tuple[HelpRequest, frozenset[UUID]]:
    """Return the request, and who may not take it besides the stored exclusions."""
    if isinstance(subject, Intake):
        check(session, subject)
        return preview(subject, actor=actor, now=now), frozenset(subject.excluded_caseworker_ids)
    request = help_requests.get(session, subject, actor)
    if request.status is not Status.WAITING:
        raise WrongStatus(f"This help request is {request.status}; only one that waits can be given to somebody.")
    return request, frozenset()


def _starts(
    session: Session,
    problem: solver.Problem,
    unavailable: Sequence[solver.Unavailable],
    rows: Mapping[str, Caseworker],
    *,
    promised: Mapping[UUID, Sequence[int]],
    now: datetime,
) -> dict[str, date | None]:
    """Return the first day of those who can take it, and of those in whose way only time stands.

    For who can take it now, it fits on every day: the first one is the first on which they are there.
    """
    (request,), today = problem.requests, clock.day_of(now)
    blocked = {found.caseworker for found in unavailable}
    waiting = {found.caseworker for found in unavailable if ONLY_TIME.issuperset(_codes(found))}
    days = load.free_minutes_per_day(
        session,
        [rows[key] for key in waiting],
        now=now,
        days=HORIZON_DAYS,
        apart_from=[UUID(request.key)],
    )
    later = {
        who.key: earliest_start(
            days[UUID(who.key)],
            solver.effort_for(request, who, problem.policy) + sum(promised.get(UUID(who.key), ())),
            today=today,
        )
        for who in problem.caseworkers
        if who.key in waiting
    }
    return later | {
        who.key: today + timedelta(days=who.present_from_day)
        for who in problem.caseworkers
        if who.key not in blocked and who.present_from_day is not None
    }


def _codes(found: solver.Unavailable) -> set[str]:
    return {barrier.code for barrier in found.barriers}
