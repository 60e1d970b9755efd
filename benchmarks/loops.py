"""The arrays of a problem by plain Python loops: what somebody writes first, to compare the building with.

Every rule stands here once more, written straight down. Pins and households are left out: the problems
that are timed have none, and the arrays come out the same.
"""

import numpy as np

from solver import UNCLEAR, Caseworker, Problem, Request, Urgency
from solver.core.model import Model

UNLIMITED = 2**31


def model_by_loops(problem: Problem) -> Model:
    """Return the core model of a problem without pins and households, pair by pair."""
    starts, arcs = [0], []
    for request in problem.requests:
        for column, worker in enumerate(problem.caseworkers):
            effort = _effort(problem, request, worker)
            if _may(problem, request, worker, effort):
                ordinary = effort if _is_ordinary(request) else 0
                arcs.append((column, _points(problem, request, worker), effort, ordinary))
        starts.append(len(arcs))
    columns = [np.array([arc[field] for arc in arcs], dtype=np.int64) for field in range(4)]
    pieces = [_pieces(problem, worker) for worker in problem.caseworkers]
    rooms = [_room(problem, worker) for worker in problem.caseworkers]
    return Model(
        row_start=np.array(starts, dtype=np.int64),
        agent=columns[0],
        cost=columns[1],
        effort=columns[2],
        ordinary_effort=columns[3],
        count=np.array([1 for _ in problem.requests], dtype=np.int64),
        waiting=np.array([_waiting(problem, r) for r in problem.requests], dtype=np.int64).reshape(-1, 2).T.copy(),
        free=np.array([room[0] for room in rooms], dtype=np.int64),
        ordinary_free=np.array([room[1] for room in rooms], dtype=np.int64),
        pace=np.array([room[2] for room in rooms], dtype=np.int64),
        piece_start=np.array([sum(len(p) for p in pieces[:i]) for i in range(len(pieces) + 1)], dtype=np.int64),
        piece_width=np.array([width for piece in pieces for width, _ in piece], dtype=np.int64),
        piece_slope=np.array([slope for piece in pieces for _, slope in piece], dtype=np.int64),
    )


def _is_ordinary(request: Request) -> bool:
    return request.urgency is Urgency.NORMAL and not request.overdue


def _level(worker: Caseworker, topic: str) -> int:
    if topic == UNCLEAR:
        return max(worker.levels.values(), default=0)
    return worker.levels.get(topic, 0)


def _effort(problem: Problem, request: Request, worker: Caseworker) -> int:
    needed = bool(request.required_languages) and not (request.required_languages & worker.languages)
    return request.effort_minutes + (problem.policy.interpreter_minutes if needed else 0)


def _room(problem: Problem, worker: Caseworker) -> tuple[int, int, int]:
    """Return free minutes, free ordinary minutes and pace."""
    free = max(0, worker.maximum_minutes - worker.load_minutes)
    limit = worker.target_minutes if problem.policy.ordinary_below_target else worker.maximum_minutes
    pace = UNLIMITED if worker.new_per_week is None else max(0, worker.new_per_week - worker.new_in_week)
    return free, min(free, max(0, limit - worker.load_minutes)), pace


def _may(problem: Problem, request: Request, worker: Caseworker, effort: int) -> bool:
    """Return whether nothing stands between them."""
    free, ordinary_free, pace = _room(problem, worker)
    speaks = not request.required_languages or bool(request.required_languages & worker.languages)
    return (
        worker.active
        and worker.load_confirmed
        and worker.key not in request.excluded
        and request.only in (None, worker.key)
        and _level(worker, request.topic) >= request.required_level
        and (speaks or request.interpreter_allowed)
        and request.required_attributes <= worker.attributes
        and worker.present_from_day is not None
        and worker.present_from_day <= request.start_within_days
        and pace >= 1
        and effort <= free
        and (not _is_ordinary(request) or effort <= ordinary_free)
    )


def _points(problem: Problem, request: Request, worker: Caseworker) -> int:
    """Return the price of a pair, wish by wish."""
    policy = problem.policy
    asked = request.required_level if request.asked_level is None else request.asked_level
    has = _level(worker, request.topic)
    points = max(0, asked - has) * policy.short_level_points + max(0, has - asked) * policy.wasted_level_points
    if has == 3 and asked < 3:
        points += policy.wasted_specialist_points
    for topic in request.other_topics:
        if _level(worker, topic) == 0:
            points += policy.other_topic_points
    for wanted, got, price in (
        (request.previous_caseworker, worker.key, policy.continuity_points),
        (request.coordinator, worker.key, policy.coordinator_points),
        (request.shown, worker.key, policy.stability_points),
        (request.preferred_location, worker.location, policy.preferred_location_points),
    ):
        if wanted is not None and wanted != got:
            points += price
    if request.preferred_languages and not request.preferred_languages & worker.languages:
        points += policy.preferred_language_points
    if request.required_languages and not request.required_languages & worker.languages:
        points += policy.interpreter_points
    return points + _travel(problem, request, worker)


def _travel(problem: Problem, request: Request, worker: Caseworker) -> int:
    if request.district is None or request.district == worker.location:
        return 0
    way = (request.district, worker.location)
    return problem.policy.district_weight * problem.travel.get(way, problem.policy.unknown_travel_minutes)


def _waiting(problem: Problem, request: Request) -> tuple[int, int]:
    """Return what it weighs when a request waits, in tier 1 and in tier 2."""
    policy = problem.policy
    urgency = {"crisis": policy.crisis_weight, "urgent": policy.urgent_weight, "normal": policy.normal_weight}
    weight = urgency[request.urgency] * (request.waiting_days + 1) * request.effort_minutes
    return (weight, 0) if request.overdue else (0, weight)


def _pieces(problem: Problem, worker: Caseworker) -> list[tuple[int, int]]:
    """Return the price of added minutes as (width, points per minute), from the present load on."""
    pieces, at, slope = [], worker.load_minutes, 0
    for percent, points in problem.policy.load_prices:
        until = -(-worker.target_minutes * percent // 100)
        if until > at:
            pieces.append((until - at, slope))
            at = until
        slope += points
    return [*pieces, (max(0, worker.maximum_minutes - at), slope)]
