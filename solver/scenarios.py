"""What if: a problem with other capacities, absences, staff or prices, and where a warm solve of it begins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from solver.canonical import MalformedError
from solver.pins import honoured_pins
from solver.policy import Policy
from solver.problem import Caseworker, Problem, ProblemError

Path: TypeAlias = tuple[str | int, ...]

AT_LOCATION: Final = "location:"
"""Begins the tag by which own-district-only is asked; no tag that people declare has a colon."""


@dataclass(frozen=True, slots=True)
class ScenarioFault:
    """One thing wrong with a scenario: where, as field names and positions, and what."""

    path: Path
    message: str


class ScenarioError(MalformedError):
    """A scenario that cannot be; `found` and `faults` name every fault at once."""

    code = "invalid-scenario"

    def __init__(self, found: Sequence[ScenarioFault]) -> None:
        super().__init__([f"{'.'.join(map(str, fault.path))}: {fault.message}" for fault in found])
        self.found = tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Other minutes per week for a caseworker; None leaves one of the two as it is."""

    caseworker: str
    target_minutes: int | None = None
    maximum_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A caseworker who is not present before a day, in days from today; None: not in sight."""

    caseworker: str
    back_on_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What would be different; what is left out stays as it is.

    Attributes
    ----------
    closed_locations
        Codes of locations that are closed altogether: who works there takes nothing.
    extra_staff
        Caseworkers who are not there today, with keys of their own.
    prices
        Fields of the policy by name with other values, such as `district_weight`.
    own_district_only
        Whether a request of a known district goes only to a caseworker of that district's location.
    """

    capacities: tuple[Capacity, ...] = ()
    absences: tuple[Absence, ...] = ()
    closed_locations: tuple[str, ...] = ()
    extra_staff: tuple[Caseworker, ...] = ()
    prices: Mapping[str, Any] = field(default_factory=dict)
    own_district_only: bool = False


def changed(problem: Problem, scenario: Scenario) -> Problem:
    """Return the problem as it would be in a scenario.

    Raises
    ------
    ScenarioError
        When the scenario names somebody or something that is not there, or has a value out of range;
        every fault is named.
    """
    faults = list(_faults_of(problem, scenario))
    if faults:
        raise ScenarioError(faults)
    staff = [_as_in(scenario, worker) for worker in problem.caseworkers]
    after = replace(
        problem,
        caseworkers=(*staff, *scenario.extra_staff),
        policy=_policy_of(problem, scenario),
    )
    return _own_district_only(after) if scenario.own_district_only else after


def still_possible(problem: Problem, assignments: Mapping[str, str]) -> dict[str, str]:
    """Return the assignments of a plan that another problem allows, together: where a warm solve begins.

    The heaviest to let wait come first, as with pins.
    """
    wished = tuple(replace(item, pinned_to=assignments.get(item.key)) for item in problem.requests)
    return honoured_pins(replace(problem, requests=wished))


def _as_in(scenario: Scenario, worker: Caseworker) -> Caseworker:
    """Return a caseworker as they would be in a scenario."""
    for item in scenario.capacities:
        if item.caseworker == worker.key:
            worker = _with_capacity(worker, item)
    for absence in scenario.absences:
        if absence.caseworker == worker.key:
            days = (worker.present_from_day, absence.back_on_day)
            latest = None if None in days else max(day for day in days if day is not None)
            worker = replace(worker, present_from_day=latest)
    if worker.location in scenario.closed_locations:
        worker = replace(worker, present_from_day=None)
    return worker


def _with_capacity(worker: Caseworker, item: Capacity) -> Caseworker:
    target = worker.target_minutes if item.target_minutes is None else item.target_minutes
    maximum = worker.maximum_minutes if item.maximum_minutes is None else item.maximum_minutes
    return replace(worker, target_minutes=target, maximum_minutes=maximum)


def _policy_of(problem: Problem, scenario: Scenario) -> Policy:
    return Policy.from_json(problem.policy.to_json() | dict(scenario.prices))


def _own_district_only(problem: Problem) -> Problem:
    """Return a problem in which the own location is a tag that requests of a known district require."""
    return replace(
        problem,
        requests=tuple(
            item
            if item.district is None
            else replace(item, required_attributes=item.required_attributes | {AT_LOCATION + item.district})
            for item in problem.requests
        ),
        caseworkers=tuple(
            replace(item, attributes=item.attributes | {AT_LOCATION + item.location})
            for item in problem.caseworkers
        ),
    )


def _faults_of(problem: Problem, scenario: Scenario) -> Iterator[ScenarioFault]:
    """Yield everything that is wrong with a scenario for this problem."""
    workers = {worker.key: worker for worker in problem.caseworkers}
    places = {worker.location for worker in problem.caseworkers}
    yield from _capacity_faults(workers, scenario)
    for i, absence in enumerate(scenario.absences):
        if absence.caseworker not in workers:
            yield _nobody(("absences", i), absence.caseworker)
        if absence.back_on_day is not None and absence.back_on_day < 0:
            message = f"is {absence.back_on_day}; it must be 0 or more, or None"
            yield ScenarioFault(("absences", i, "back_on_day"), message)
    for i, place in enumerate(scenario.closed_locations):
        if place not in places:
            yield ScenarioFault(("closed_locations", i), f"nobody works at a location {place}")
    yield from _staff_faults(workers, scenario)
    yield from _price_faults(problem, scenario)


def _nobody(path: Path, key: str) -> ScenarioFault:
    return ScenarioFault((*path, "caseworker"), f"there is no caseworker {key}")


def _capacity_faults(workers: Mapping[str, Caseworker], scenario: Scenario) -> Iterator[ScenarioFault]:
    seen = set[str]()
    for i, item in enumerate(scenario.capacities):
        if item.caseworker not in workers:
            yield _nobody(("capacities", i), item.caseworker)
            continue
        if item.caseworker in seen:
            yield ScenarioFault(("capacities", i, "caseworker"), f"names {item.caseworker} a second time")
        seen.add(item.caseworker)
        yield from _caseworker_faults(("capacities", i), _with_capacity(workers[item.caseworker], item))


def _staff_faults(workers: Mapping[str, Caseworker], scenario: Scenario) -> Iterator[ScenarioFault]:
    seen = set(workers)
    for i, worker in enumerate(scenario.extra_staff):
        if worker.key in seen:
            yield ScenarioFault(("extra_staff", i, "key"), f"there is a caseworker {worker.key} already")
        seen.add(worker.key)
        yield from _caseworker_faults(("extra_staff", i), worker)


def _caseworker_faults(path: Path, worker: Caseworker) -> Iterator[ScenarioFault]:
    """Yield what no problem would take of a caseworker."""
    try:
        Problem(requests=(), caseworkers=(worker,))
    except ProblemError as error:
        yield from (ScenarioFault(path, fault) for fault in error.faults)


def _price_faults(problem: Problem, scenario: Scenario) -> Iterator[ScenarioFault]:
    try:
        _policy_of(problem, scenario)
    except MalformedError as error:
        yield from (ScenarioFault(("prices",), fault) for fault in error.faults)
