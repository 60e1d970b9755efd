"""Every pair at once: who may take what, with how much effort, at which price.

The same rules as `eligibility` and `prices`, in NumPy; a test holds the two together. Axis 0 = requests,
axis 1 = caseworkers, everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from solver.core.model import Bools, Ints
from solver.prices import asked_level
from solver.problem import HIGHEST_LEVEL, Problem, Request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Matrices:
    """Shape (requests, caseworkers) each.

    Attributes
    ----------
    eligible
        No barrier; room is looked at for each request alone.
    effort
        Minutes per week of the pair, with an interpreter where one is needed.
    points
        The sum of the pair's terms, without the balance.
    """

    eligible: Bools
    effort: Ints
    points: Ints


@dataclass(frozen=True, slots=True)
class Staff:
    """The caseworkers as arrays, shape (caseworkers,), and what was already looked up about them."""

    problem: Problem
    index: dict[str, int]
    ready: Bools
    present_from_day: Ints
    free: Ints
    ordinary_free: Ints
    known: dict[tuple[object, ...], NDArray[np.int64]]

    def per_caseworker(self, about: tuple[object, ...], value: Callable[[int], int]) -> Ints:
        """Return a value per caseworker, computed once for each thing it is about."""
        if about not in self.known:
            count = len(self.problem.caseworkers)
            self.known[about] = np.fromiter((value(i) for i in range(count)), dtype=np.int64, count=count)
        return self.known[about]


def matrices(problem: Problem) -> Matrices:
    """Return eligibility, effort and points of every pair."""
    shape = (len(problem.requests), len(problem.caseworkers))
    result = Matrices(np.zeros(shape, np.bool_), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
    staff = _staff(problem)
    for row, request in enumerate(problem.requests):
        interpreter = _interpreter(staff, request)
        result.effort[row] = request.effort_minutes + interpreter * problem.policy.interpreter_minutes
        result.eligible[row] = _eligible(staff, request, interpreter, effort=result.effort[row])
        result.points[row] = _points(staff, request, interpreter)
    return result


def _staff(problem: Problem) -> Staff:
    workers = problem.caseworkers
    never = np.iinfo(np.int64).max

    def array(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    limits = [w.target_minutes if problem.policy.ordinary_below_target else w.maximum_minutes for w in workers]
    return Staff(
        problem=problem,
        index={worker.key: i for i, worker in enumerate(workers)},
        ready=np.array(
            [w.active and w.load_confirmed and _in_pace(w.new_in_week, w.new_per_week) for w in workers], np.bool_
        ),
        present_from_day=array([never if w.present_from_day is None else w.present_from_day for w in workers]),
        free=array([w.maximum_minutes - w.load_minutes for w in workers]),
        ordinary_free=array([limit - w.load_minutes for limit, w in zip(limits, workers, strict=True)]),
        known={},
    )


def _in_pace(new_in_week: int, most: int | None) -> bool:
    return most is None or new_in_week < most


def _levels(staff: Staff, topic: str) -> Ints:
    workers = staff.problem.caseworkers
    return staff.per_caseworker(("level", topic), lambda i: workers[i].level_in(topic))


def _speaks_any(staff: Staff, languages: frozenset[str]) -> Ints:
    """Return 1 for who speaks one of the languages, else 0."""
    workers = staff.problem.caseworkers
    return staff.per_caseworker(
        ("languages", languages), lambda i: int(not workers[i].languages.isdisjoint(languages))
    )


def _interpreter(staff: Staff, request: Request) -> Ints:
    """Return 1 where an interpreter would come along, else 0."""
    if not request.required_languages:
        return np.zeros(len(staff.ready), np.int64)
    return 1 - _speaks_any(staff, request.required_languages)


def _eligible(staff: Staff, request: Request, interpreter: Ints, *, effort: Ints) -> Bools:
    """Return for whom the request meets no barrier, shape (caseworkers,)."""
    workers = staff.problem.caseworkers
    able: Bools = staff.ready & (_levels(staff, request.topic) >= request.required_level)
    able &= staff.present_from_day <= request.start_within_days
    able &= effort <= (staff.ordinary_free if request.ordinary else staff.free)
    able &= effort <= staff.free
    if not request.interpreter_allowed:
        able &= interpreter == 0
    wanted = request.required_attributes
    if wanted:
        able &= staff.per_caseworker(("attributes", wanted), lambda i: int(wanted <= workers[i].attributes)) == 1
    for key in request.excluded:
        if key in staff.index:
            able[staff.index[key]] = False
    if request.only is not None:
        able &= _is(staff, request.only)
    return able


def _points(staff: Staff, request: Request, interpreter: Ints) -> Ints:
    """Return the price of each pair without the balance, shape (caseworkers,)."""
    policy, asked = staff.problem.policy, asked_level(request)
    levels = _levels(staff, request.topic)
    points = np.maximum(asked - levels, 0) * policy.short_level_points
    points += np.maximum(levels - asked, 0) * policy.wasted_level_points
    if asked < HIGHEST_LEVEL:
        points += (levels == HIGHEST_LEVEL) * policy.wasted_specialist_points
    for topic in request.other_topics:
        points += (_levels(staff, topic) == 0) * policy.other_topic_points
    for key, price in (
        (request.previous_caseworker, policy.continuity_points),
        (request.coordinator, policy.coordinator_points),
        (request.shown, policy.stability_points),
    ):
        if key is not None:
            points += ~_is(staff, key) * price
    if request.preferred_location is not None:
        points += (1 - _works_at(staff, request.preferred_location)) * policy.preferred_location_points
    if request.preferred_languages:
        spoken = _speaks_any(staff, request.preferred_languages)
        points += (1 - spoken) * policy.preferred_language_points
    points += interpreter * policy.interpreter_points
    return points + _travel(staff, request) * policy.district_weight


def _is(staff: Staff, key: str) -> Bools:
    chosen = np.zeros(len(staff.ready), np.bool_)
    if key in staff.index:
        chosen[staff.index[key]] = True
    return chosen


def _works_at(staff: Staff, location: str) -> Ints:
    workers = staff.problem.caseworkers
    return staff.per_caseworker(("location", location), lambda i: int(workers[i].location == location))


def _travel(staff: Staff, request: Request) -> Ints:
    """Return the minutes of travel to each caseworker's location; 0 in the own district."""
    workers, travel = staff.problem.caseworkers, staff.problem.travel
    district, unknown = request.district, staff.problem.policy.unknown_travel_minutes
    if district is None:
        return np.zeros(len(staff.ready), np.int64)

    def minutes(i: int) -> int:
        location = workers[i].location
        return 0 if location == district else travel.get((district, location), unknown)

    return staff.per_caseworker(("travel", district), minutes)
