"""Who can take a request now, in order of fit, and why not the others. Nothing is stored.

Open proposals count as taken, unless this request is due sooner: what an operator promises during a
call must not take a place that a round has given to somebody who may not wait longer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import queries as assignments
from app.assignments import service as load
from app.assignments import snapshot
from app.assignments.rules import earliest_start
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.city import service as city
from app.help_requests import queries as help_requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.help_requests.service.intake import Intake, check, preview
from app.kit import clock
from app.kit.auth import Actor
from app.kit.errors import WrongStatus
from app.kit.http import Language
from app.policy import service as policies
from app.policy.service import InForce

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
    """Everybody in the city for one request: who may take it in order of fit, then who may not, by code."""

    candidates: Sequence[Candidate]
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
    policy = policies.in_force(session, clock.day_of(now))
    request, excluded = _request_of(session, subject, actor=actor, now=now)
    promised = _promised_before(session, snapshot.due_of(session, request, now=now, policy=policy), request.id)
    problem = snapshot.problem_of(
        session,
        [request],
        now=now,
        policy=policy,
        also_excluded={request.id: excluded},
        also_taken={key: sum(minutes) for key, minutes in promised.items()},
    )
    rows = {str(row.id): row for row in caseworkers.all_of(session)}
    problem = replace(problem, caseworkers=tuple(who for who in problem.caseworkers if who.key in rows))
    starts = _earliest_starts(session, problem, list(rows.values()), promised, horizon=policy, now=now)
    ranking = solver.rank(problem, str(request.id))
    options = [
        Candidate(rows[found.caseworker], found, (), starts[found.caseworker], _count(promised, found.caseworker))
        for found in ranking.options
    ]
    others = [
        Candidate(
            rows[found.caseworker],
            None,
            found.barriers,
            starts[found.caseworker] if _passes(found.barriers) else None,
            _count(promised, found.caseworker),
        )
        for found in ranking.unavailable
    ]
    others.sort(key=lambda candidate: candidate.caseworker.code)
    return Recommendation([*options, *others], _names(session, list(rows.values()), language))


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


def _promised_before(session: Session, due_on: date | None, request_id: UUID) -> dict[UUID, list[int]]:
    """Return the minutes of the open proposals that go before a request due on a day, by caseworker."""
    promised: dict[UUID, list[int]] = defaultdict(list)
    for promise in assignments.promises(session):
        due_later = due_on is not None and promise.due_on is not None and promise.due_on > due_on
        if promise.help_request_id != request_id and not due_later:
            promised[promise.caseworker_id].append(promise.effort_minutes)
    return promised


def _count(promised: Mapping[UUID, Sequence[int]], key: str) -> int:
    return len(promised.get(UUID(key), ()))


def _passes(barriers: Sequence[solver.Barrier]) -> bool:
    return all(barrier.code in ONLY_TIME for barrier in barriers)


def _earliest_starts(
    session: Session,
    problem: solver.Problem,
    rows: Sequence[Caseworker],
    promised: Mapping[UUID, Sequence[int]],
    *,
    horizon: InForce,
    now: datetime,
) -> dict[str, date | None]:
    """Return per caseworker the first day on which the problem's one request could start with them."""
    (request,) = problem.requests
    days = load.free_minutes_per_day(
        session, rows, now=now, days=horizon.document.horizon_days, apart_from=[UUID(request.key)]
    )
    today = clock.day_of(now)
    return {
        who.key: earliest_start(
            days[UUID(who.key)],
            solver.effort_for(request, who, problem.policy) + sum(promised.get(UUID(who.key), ())),
            today=today,
        )
        for who in problem.caseworkers
    }


def _names(session: Session, rows: Sequence[Caseworker], language: Language) -> dict[str, str]:
    """Return what people call caseworkers, topics and locations, by identifier as text or by code."""
    labels = {topic.code: topic.label_nl if language == "nl" else topic.label_en for topic in city.topics(session)}
    places = {location.code: location.name for location in city.locations(session)}
    return labels | places | {str(row.id): row.code for row in rows}
