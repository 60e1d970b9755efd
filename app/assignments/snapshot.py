"""Rows become a solver's problem: the one place that knows both.

Everything that needs a clock or a calendar is applied here: waiting days, presence, overdue norms,
whether a load counts as confirmed. Eight short queries, however many requests and caseworkers.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import queries
from app.assignments.rules import HORIZON_DAYS, STARTING_CLOCKS, minutes_of_travel
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.caseworkers.rules import first_day_present, load_is_confirmed
from app.city import rules as calendar
from app.city import service as city
from app.help_requests import queries as help_requests
from app.help_requests.models import Clock, HelpRequest
from app.help_requests.rules import (
    LegalReport,
    Urgency,
    clocks_for,
    is_overdue,
)
from app.help_requests.service import (
    asked_level_of,
    effort_minutes_of,
    level_of,
    surroundings,
    waiting_days_of,
    waits_since,
)
from app.kit import clock
from app.policy.rules import PolicyDocument
from app.policy.service import InForce

Pairs = Mapping[UUID, UUID]
ManyIds = Mapping[UUID, frozenset[UUID]]

LONGEST_WAIT_DAYS: Final = 3_650
MOST_EFFORT_MINUTES: Final = 10_080
NOBODY: Final[frozenset[UUID]] = frozenset()


@dataclass(frozen=True, slots=True)
class Today:
    """What a snapshot applies besides the rows: the moment, the city, and the policy in force.

    Attributes
    ----------
    closed
        Days on which the city is closed, from today on.
    home_of
        Location code of each district.
    travel
        Minutes between locations, by (district's location, location) code.
    """

    now: datetime
    day: date
    closed: Collection[date]
    home_of: Mapping[str, str]
    travel: Mapping[tuple[str, str], int]
    document: PolicyDocument


@dataclass(frozen=True, slots=True)
class About:
    """What other rows say about the requests of a snapshot, by request id.

    Attributes
    ----------
    households
        A key per household of which more than one request is in the snapshot; the reference itself
        stays out of what is stored with a round.
    """

    clocks: Mapping[UUID, Sequence[Clock]]
    excluded: ManyIds
    coordinators: Pairs
    households: Mapping[UUID, str]
    pins: Pairs
    shown: Pairs


def problem_of(
    session: Session,
    requests: Sequence[HelpRequest],
    *,
    now: datetime,
    policy: InForce,
    pins: Pairs | None = None,
    shown: Pairs | None = None,
    also_excluded: ManyIds | None = None,
    also_taken: Mapping[UUID, int] | None = None,
    workers: Sequence[Caseworker] | None = None,
) -> solver.Problem:
    """Return the problem of these requests over all caseworkers of the city, as things stand now.

    Holds of these very requests do not count as load: the plan counts the request itself. A request
    that is not stored is taken as it is, received now.

    Parameters
    ----------
    pins
        Request id → caseworker id of open proposals that stay put while they are possible.
    shown
        Request id → caseworker id of proposals that people see now; changing one has a price.
    also_excluded
        Request id → caseworkers who may not take it, besides the stored exclusions.
    also_taken
        Caseworker id → minutes per week that count as taken, besides the load.
    workers
        The caseworkers, when they have been read already.
    """
    today = today_of(session, now=now, policy=policy)
    about = _about(session, requests, today, pins=pins or {}, shown=shown or {}, also=also_excluded or {})
    if workers is None:
        workers = caseworkers.all_of(session, active_only=False)
    return solver.Problem(
        requests=tuple(_request(row, about, today) for row in requests),
        caseworkers=_caseworkers(
            session, workers, today, apart_from=[row.id for row in requests], also_taken=also_taken or {}
        ),
        travel=today.travel,
        policy=policy.document.prices,
    )


def commit_barriers(
    session: Session,
    request: HelpRequest,
    caseworker: Caseworker,
    *,
    now: datetime,
    policy: InForce,
    own_hold: UUID | None = None,
    effort_minutes: int | None = None,
) -> tuple[solver.Barrier, ...]:
    """Return why this pair may not be decided on; empty when it may. The maximum is the limit.

    Call it with both rows locked, the request first: what was written a millisecond before counts.

    Parameters
    ----------
    own_hold
        A hold that was made for this request and does not count, besides the request's own ones.
    effort_minutes
        Minutes per week without an interpreter, where they differ from those of a new request.
    """
    pair = pair_of(
        session, request, caseworker, now=now, policy=policy, own_hold=own_hold, effort_minutes=effort_minutes
    )
    return solver.commit_barriers(*pair, policy.document.prices)


def pair_of(
    session: Session,
    request: HelpRequest,
    caseworker: Caseworker,
    *,
    now: datetime,
    policy: InForce,
    own_hold: UUID | None = None,
    effort_minutes: int | None = None,
    also_taken: Mapping[UUID, int] | None = None,
) -> tuple[solver.Request, solver.Caseworker]:
    """Return one request and one caseworker as the solver sees them, as things stand now.

    The parameters are those of `commit_barriers` and `problem_of`.
    """
    today = today_of(session, now=now, policy=policy)
    about = _about(session, [request], today, pins={}, shown={}, also={})
    apart_from = [request.id] if own_hold is None else [request.id, own_hold]
    (worker,) = _caseworkers(session, [caseworker], today, apart_from=apart_from, also_taken=also_taken or {})
    return _request(request, about, today, effort_minutes=effort_minutes), worker


def due_of(session: Session, request: HelpRequest, *, now: datetime, policy: InForce) -> date | None:
    """Return the first day by which a norm asks that help with a request starts; None when none runs."""
    today = today_of(session, now=now, policy=policy)
    clocks = help_requests.clocks_of(session, [request.id])[request.id] if request in session else ()
    return min(_starts_due(request, clocks, today), default=None)


def today_of(session: Session, *, now: datetime, policy: InForce) -> Today:
    """Return the calendar, the city and the policy that apply at a moment."""
    places = _places(session, now)
    return Today(
        now=now,
        day=clock.day_of(now),
        closed=surroundings(session, now).closed,
        home_of=places.home_of,
        travel=places.travel,
        document=policy.document,
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where districts belong, and the minutes between locations."""

    home_of: Mapping[str, str]
    travel: Mapping[tuple[str, str], int]


_kept: tuple[city.Codes, Places] | None = None


def _places(session: Session, now: datetime) -> Places:
    """Return the places of the city; read again when its codes are, so that a recommendation asks less."""
    global _kept
    codes = city.known_codes()
    fresh = codes.read_at is not None and timedelta() <= now - codes.read_at < city.CODES_KEPT_FOR
    if fresh and _kept is not None and _kept[0] is codes:
        return _kept[1]
    homes = {district.code: district.location_code for district in city.districts(session)}
    metres = city.travel_metres(session)
    travel = {(homes[district], place): minutes_of_travel(way) for (district, place), way in metres.items()}
    found = Places(home_of=homes, travel=travel)
    if fresh:
        _kept = (codes, found)
    return found


def _about(
    session: Session, requests: Sequence[HelpRequest], today: Today, *, pins: Pairs, shown: Pairs, also: ManyIds
) -> About:
    ids = [row.id for row in requests if row in session]
    excluded = help_requests.exclusions_of(session, ids) if ids else {}
    linked = today.document.link_households
    return About(
        clocks=help_requests.clocks_of(session, ids) if ids else {},
        excluded={row.id: excluded.get(row.id, NOBODY) | also.get(row.id, NOBODY) for row in requests},
        coordinators=_coordinators(session, requests) if linked else {},
        households=_households(requests) if linked else {},
        pins=pins,
        shown=shown,
    )


def _coordinators(session: Session, requests: Sequence[HelpRequest]) -> dict[UUID, UUID]:
    homes = {row.id: row.household_reference for row in requests if row.household_reference is not None}
    found = queries.coordinators(session, set(homes.values()))
    return {key: found[home] for key, home in homes.items() if home in found}


def _households(requests: Sequence[HelpRequest]) -> dict[UUID, str]:
    sizes = Counter(row.household_reference for row in requests)
    first: dict[str, str] = {}
    found = {}
    for row in sorted(requests, key=lambda row: row.id):
        home = row.household_reference
        if home is not None and sizes[home] > 1:
            found[row.id] = first.setdefault(home, str(row.id))
    return found


def _request(row: HelpRequest, about: About, today: Today, *, effort_minutes: int | None = None) -> solver.Request:
    asked, required = asked_level_of(row, today.document), level_of(row, today.document, today.now)
    clocks = about.clocks.get(row.id, ())
    effort = effort_minutes_of(row, today.document) if effort_minutes is None else effort_minutes
    return solver.Request(
        key=str(row.id),
        topic=row.topic,
        effort_minutes=min(max(effort, 1), MOST_EFFORT_MINUTES),
        urgency=solver.Urgency(row.urgency),
        overdue=is_overdue(clocks, today.day),
        waiting_days=min(waiting_days_of(row, today.now), LONGEST_WAIT_DAYS),
        required_level=required,
        asked_level=asked if required < asked else None,
        other_topics=frozenset(row.other_topics),
        required_languages=frozenset(row.required_languages),
        interpreter_allowed=row.interpreter_allowed,
        preferred_languages=frozenset(row.preferred_languages),
        required_attributes=frozenset(row.required_attributes),
        excluded=frozenset(str(key) for key in about.excluded.get(row.id, NOBODY)),
        only=_waits_for(row, today.day),
        district=None if row.district_code is None else today.home_of.get(row.district_code),
        preferred_location=row.preferred_location_code,
        previous_caseworker=_key(row.previous_caseworker_id),
        coordinator=_key(about.coordinators.get(row.id)),
        household=about.households.get(row.id),
        start_within_days=start_within_days(row.urgency, _starts_due(row, clocks, today), today),
        pinned_to=_key(about.pins.get(row.id)),
        shown=_key(about.shown.get(row.id)),
    )


def _key(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)


def _waits_for(row: HelpRequest, day: date) -> str | None:
    """Return for whom the resident chose to wait, until the day they chose has passed."""
    until = row.wait_for_until
    return _key(row.wait_for_caseworker_id) if until is None or until >= day else None


def _starts_due(row: HelpRequest, clocks: Sequence[Clock], today: Today) -> list[date]:
    """Return the days by which norms ask that help starts; those that would apply when none are stored."""
    if clocks:
        return [item.due_on for item in clocks if item.name in STARTING_CLOCKS and item.stopped_at is None]
    reports = [LegalReport(code) for code in row.legal_reports]
    deadline, norms = row.external_deadline, today.document.norms
    dues = clocks_for(
        clock.day_of(waits_since(row)),
        row.urgency,
        reports,
        external_deadline=deadline,
        norms=norms,
        closed=today.closed,
    )
    return [item.due_on for item in dues if item.name in STARTING_CLOCKS]


def start_within_days(urgency: Urgency, dues: Sequence[date], today: Today) -> int:
    """Return within how many days help must start: until the first running norm that asks for it.

    Where that can't be met any more, the soonest that makes sense: the first working day for a crisis,
    the policy's days for urgent help otherwise, counted from today.
    """
    norms, first_day = today.document.norms, calendar.roll_forward(today.day, today.closed)
    due = min(dues, default=calendar.add_weeks(today.day, norms.start_weeks, today.closed))
    if due < first_day:
        soon = 0 if urgency is Urgency.CRISIS else norms.urgent_start_working_days
        due = calendar.add_working_days(first_day, soon, today.closed)
    return (due - today.day).days


def _caseworkers(
    session: Session,
    rows: Sequence[Caseworker],
    today: Today,
    *,
    apart_from: Collection[UUID],
    also_taken: Mapping[UUID, int],
) -> tuple[solver.Caseworker, ...]:
    ids = [row.id for row in rows]
    figures = queries.loads_and_new(session, ids, today.now, apart_from=apart_from)
    away = caseworkers.absences_from(session, ids, today.day)
    return tuple(
        _caseworker(row, figures[row.id], also_taken.get(row.id, 0), today=today, away=away[row.id])
        for row in rows
    )


def _caseworker(
    row: Caseworker,
    figures: tuple[int, int],
    taken: int,
    *,
    today: Today,
    away: Sequence[tuple[date, date]],
) -> solver.Caseworker:
    """Return a caseworker as the solver sees them: `figures` are their load and what is new."""
    days = today.document.load_confirmed_days
    return solver.Caseworker(
        key=str(row.id),
        location=row.location_code,
        maximum_minutes=row.maximum_minutes,
        target_minutes=row.target_minutes,
        load_minutes=figures[0] + taken,
        levels=row.levels,
        languages=frozenset(row.languages),
        attributes=frozenset(row.attributes),
        new_in_week=figures[1],
        new_per_week=row.new_per_week,
        active=row.active,
        load_confirmed=load_is_confirmed(row.load_confirmed_at, row.created_at, now=today.now, days=days),
        present_from_day=_present_from_day(row, away, today),
    )


def _present_from_day(row: Caseworker, away: Sequence[tuple[date, date]], today: Today) -> int | None:
    first = first_day_present(
        row.working_days, away, start=today.day, horizon_days=HORIZON_DAYS, closed=today.closed
    )
    return None if first is None else (first - today.day).days
