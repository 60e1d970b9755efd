"""What if: the city's waiting requests under other circumstances, beside today's. Nothing is stored."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from pydantic.alias_generators import to_camel
from sqlalchemy.orm import Session

import solver
from app.assignments.rules import HORIZON_DAYS
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.caseworkers.rules import first_day_present
from app.city import service as city
from app.kit import clock, db
from app.kit.child_process import ChildProcess
from app.kit.errors import Fault, InvalidInput
from app.rounds.models import Round
from app.rounds.queries import rounds
from app.rounds.service import solving
from app.rounds.service.starting import present

PLAN_SECONDS: Final = 5.0
"""For each of the two plans: what somebody waits for at a screen."""
ON_THE_WIRE: Final = {"caseworker": "caseworkerId"}


@dataclass(frozen=True, slots=True)
class Away:
    """A caseworker by id, or a location by code, that is not there until a day, included; None: altogether."""

    who: str
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What somebody wants to know the outcome of; what is left out stays as it is today."""

    capacities: tuple[solver.Capacity, ...] = ()
    absences: tuple[Away, ...] = ()
    closed: tuple[Away, ...] = ()
    extra_staff: tuple[solver.Caseworker, ...] = ()
    prices: Mapping[str, int] = field(default_factory=dict)
    own_district_only: bool = False


def what_if(asked: WhatIf, *, now: datetime) -> solver.Comparison:
    """Return the outcome of a scenario beside today's, each as a round on demand would plan it.

    Today's plan is the last round's when nothing changed since but what was proposed. The scenario is
    solved from today's plan on, in a process beside this one; call it outside any transaction.

    Raises
    ------
    InvalidInput
        When the scenario can't be; every fault is named.
    Unavailable
        When the solver of this process is at work on another question.
    """
    with solving.turn() as child:
        with db.one_moment() as session:
            today = present(session, automatic=False, now=now).problem
            then = _changed(today, _scenario(session, asked, now))
            known = _known_plan(rounds.last_done(session), today)
        plan = known or _plan_of(child, today)
        begins = solver.still_possible(then, plan.assignments)
        return solver.compared((today, plan), (then, _plan_of(child, then, start=begins)))


def _plan_of(
    child: ChildProcess, problem: solver.Problem, *, start: Mapping[str, str] | None = None
) -> solver.Plan:
    about = {"plan_for": "a scenario"}
    return solving.solve(child, problem, PLAN_SECONDS, about=about, start=start).plan


def _known_plan(last: Round | None, problem: solver.Problem) -> solver.Plan | None:
    """Return the last round's plan when that solved this very problem, apart from what is shown now."""
    if last is None or last.problem is None or last.plan is None or last.fallback:
        return None
    try:
        was, plan = solver.Problem.from_json(last.problem), solver.Plan.from_json(last.plan)
    except solver.MalformedError:  # stored by another version
        return None
    pinned = any(request.pinned_to for request in was.requests)
    if pinned or _unshown(was) != _unshown(problem) or solver.violations(problem, plan.assignments):
        return None
    # Changing what was shown had a price then and has another now. By the triangle of who was shown, who
    # is, and who else could be, the best plan stays the best, unless somebody shown then waits now.
    still = all(request.shown is None or request.key in plan.assignments for request in was.requests)
    return replace(plan, optimal=plan.optimal and still)


def _unshown(problem: solver.Problem) -> solver.Problem:
    return replace(problem, requests=tuple(replace(item, shown=None) for item in problem.requests))


def _changed(today: solver.Problem, scenario: solver.Scenario) -> solver.Problem:
    try:
        return solver.changed(today, scenario)
    except solver.ScenarioError as error:
        raise InvalidInput(Fault(_pointer(fault.path), fault.message) for fault in error.found) from None


def _pointer(path: Iterable[str | int]) -> str:
    """Return where a fault of the solver's scenario stands in the body that was sent."""
    return "#" + "".join(f"/{ON_THE_WIRE.get(str(part), to_camel(str(part)))}" for part in path)


def _scenario(session: Session, asked: WhatIf, now: datetime) -> solver.Scenario:
    """Return what was asked as the solver takes it: days become the first day on which somebody is back.

    Raises
    ------
    InvalidInput
        When a day lies in the past.
    """
    day = clock.day_of(now)
    _refuse_past_days(asked, day)
    rows = caseworkers.all_of(session, active_only=False)
    back = _back_on_day(session, rows, day)
    by_id = {str(row.id): row for row in rows}
    absences = [
        solver.Absence(
            caseworker=item.who, back_on_day=back(by_id[item.who], item.until) if item.who in by_id else None
        )
        for item in asked.absences
    ]
    for item in asked.closed:
        absences += [
            solver.Absence(caseworker=str(row.id), back_on_day=back(row, item.until))
            for row in rows
            if row.location_code == item.who
        ]
    return solver.Scenario(
        capacities=asked.capacities,
        absences=tuple(absences),
        extra_staff=asked.extra_staff,
        prices=asked.prices,
        own_district_only=asked.own_district_only,
    )


def _refuse_past_days(asked: WhatIf, today: date) -> None:
    named = [("absences", asked.absences), ("closedLocations", asked.closed)]
    faults = [
        Fault(f"#/{name}/{i}/until", f"is {item.until}; it must be today, {today}, or later")
        for name, items in named
        for i, item in enumerate(items)
        if item.until is not None and item.until < today
    ]
    if faults:
        raise InvalidInput(faults)


def _back_on_day(
    session: Session, rows: Iterable[Caseworker], today: date
) -> Callable[[Caseworker, date | None], int | None]:
    """Return a function that says on which day from today somebody is back who is away until a day."""
    away = caseworkers.absences_from(session, [row.id for row in rows], today)
    closed = city.closed_days(session, today)

    def back(row: Caseworker, until: date | None) -> int | None:
        if until is None:
            return None
        first = first_day_present(
            row.working_days,
            [*away[row.id], (today, until)],
            start=today,
            horizon_days=HORIZON_DAYS,
            closed=closed,
        )
        return None if first is None else (first - today).days

    return back
