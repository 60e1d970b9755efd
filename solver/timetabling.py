"""The best timetable of walk-in hours, as a model for CP-SAT.

A walk-in that is open needs its people; everything else follows from that. The rules are those of
`timetable.broken_rules`, the price that of `timetable.wishes`, which counts it again at the end.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ortools.sat.python import cp_model

from solver.limits import Budget, Limits, start
from solver.timetable import Slot, Timetable, TimetableProblem, Walkin, wishes


@dataclass(frozen=True, slots=True)
class _Week:
    """The model: whether each walk-in is open, and whether somebody is there (only where they may be)."""

    problem: TimetableProblem
    cp: cp_model.CpModel
    open: dict[Walkin, cp_model.IntVar]
    there: dict[tuple[str, Walkin], cp_model.IntVar]


def arrange(problem: TimetableProblem, limits: Limits) -> Timetable:
    """Return the best timetable found within the limits; see `timetable.arrange`."""
    budget = start(limits)
    week = _week(problem)
    _staff_what_is_open(week)
    _no_more_openings_than_wanted(week)
    _one_place_at_a_time(week)
    _no_more_shifts_than_agreed(week)
    _minimise_wishes(week)
    solver = _solver(budget)
    status = solver.solve(week.cp)
    budget.spend("timetable", solver.response_proto.deterministic_time)
    budget.is_over()
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    staffing = _staffing(week, solver) if found else {}
    return Timetable(
        staffing=staffing,
        wishes=wishes(problem, staffing),
        bound=max(0, round(solver.best_objective_bound)) if found else 0,
        reproducible=not budget.cut_short,
    )


def _week(problem: TimetableProblem) -> _Week:
    cp = cp_model.CpModel()
    walkins = [Walkin(location, slot) for location in sorted(problem.openings) for slot in problem.slots]
    there = {
        (host.key, walkin): cp.new_bool_var(f"{host.key} at {walkin.location} {walkin.slot}")
        for walkin in walkins
        for host in problem.hosts
        if walkin.location in host.locations and walkin.slot in host.free
    }
    return _Week(problem, cp, {walkin: cp.new_bool_var("") for walkin in walkins}, there)


def _staff_what_is_open(week: _Week) -> None:
    """Keep enough people, and somebody for each topic, at each walk-in that is open; nobody elsewhere."""
    problem, cp = week.problem, week.cp
    topics = {host.key: host.topics for host in problem.hosts}
    for walkin, is_open in week.open.items():
        here = {key: is_there for (key, at), is_there in week.there.items() if at == walkin}
        cp.add(sum(here.values()) >= problem.least_hosts * is_open)
        for topic in sorted(problem.topics):
            cp.add(sum(is_there for key, is_there in here.items() if topic in topics[key]) >= is_open)
        for is_there in here.values():
            cp.add_implication(is_there, is_open)


def _no_more_openings_than_wanted(week: _Week) -> None:
    """Open each location at most as often as it wants."""
    for location, wanted in week.problem.openings.items():
        week.cp.add(sum(is_open for at, is_open in week.open.items() if at.location == location) <= wanted)


def _one_place_at_a_time(week: _Week) -> None:
    """Let nobody be at two locations on the same part of a day."""
    at_once: dict[tuple[str, Slot], list[cp_model.IntVar]] = defaultdict(list)
    for (key, walkin), is_there in week.there.items():
        at_once[key, walkin.slot].append(is_there)
    for places in at_once.values():
        week.cp.add_at_most_one(places)


def _no_more_shifts_than_agreed(week: _Week) -> None:
    """Give nobody more shifts in the week than they may have."""
    for host in week.problem.hosts:
        shifts = [is_there for (key, _), is_there in week.there.items() if key == host.key]
        week.cp.add(sum(shifts) <= host.most_shifts)


def _minimise_wishes(week: _Week) -> None:
    """Minimise what `timetable.wishes` counts."""
    problem, prices = week.problem, week.problem.prices
    missing = sum(problem.openings.values()) - sum(week.open.values())
    week.cp.minimize(
        prices.opening_missing * missing
        + prices.slot_without * sum(_slots_without(week))
        + prices.day_twice * sum(_more_on_a_day(week))
        + cp_model.LinearExpr.sum(list(_moved(week)))
        + prices.shift * sum(week.there.values())
    )


def _slots_without(week: _Week) -> Iterator[cp_model.IntVar]:
    """Yield for each part of each day whether no location is open."""
    for slot in week.problem.slots:
        without = week.cp.new_bool_var("")
        week.cp.add_bool_or(without, *(is_open for at, is_open in week.open.items() if at.slot == slot))
        yield without


def _more_on_a_day(week: _Week) -> Iterator[cp_model.IntVar]:
    """Yield for each location and day how many walk-ins come after the first."""
    on_a_day: dict[tuple[str, int], list[cp_model.IntVar]] = defaultdict(list)
    for at, is_open in week.open.items():
        on_a_day[at.location, at.slot.day].append(is_open)
    for walkins in on_a_day.values():
        more = week.cp.new_int_var(0, len(walkins), "")
        week.cp.add(more >= sum(walkins) - 1)
        yield more


def _moved(week: _Week) -> Iterator[cp_model.LinearExpr]:
    """Yield what each walk-in of the previous timetable costs that is not there, or not with the same people."""
    prices, nothing = week.problem.prices, week.cp.new_constant(0)
    for walkin, were in week.problem.previous.items():
        is_open = week.open.get(walkin, nothing)
        yield prices.opening_moved * (1 - is_open)
        for key in sorted(were):
            yield prices.host_moved * (is_open - week.there.get((key, walkin), nothing))


def _solver(budget: Budget) -> cp_model.CpSolver:
    """Return a solver that repeats: one worker, with the full linear relaxation, which proves it quickly."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = budget.seed
    solver.parameters.max_deterministic_time = budget.effort_left
    seconds = budget.seconds_left()
    if seconds is not None:
        solver.parameters.max_time_in_seconds = seconds
    return solver


def _staffing(week: _Week, solver: cp_model.CpSolver) -> dict[Walkin, frozenset[str]]:
    """Return who is at each walk-in that is open."""
    staffing = {}
    for walkin, is_open in week.open.items():
        if solver.value(is_open):
            here = [key for (key, at), there in week.there.items() if at == walkin and solver.value(there)]
            staffing[walkin] = frozenset(here)
    return staffing
