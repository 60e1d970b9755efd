"""From a problem to the arrays of the core: requests become jobs, caseworkers agents, pins a given load."""

from dataclasses import dataclass

import numpy as np

from solver.core.model import Bools, Ints, Model, checked
from solver.matrices import Matrices, matrices
from solver.pins import honoured_pins, jobs_of
from solver.prices import breakpoint_minutes, price_of_waiting
from solver.problem import Problem, Request

UNLIMITED = 2**31


@dataclass(frozen=True, slots=True)
class Arrays:
    """The core model of a problem, and the way back.

    Attributes
    ----------
    jobs
        The requests of each job of the model, by their row in the problem; pinned ones are left out.
    pins
        Request key to caseworker key, for the pins that hold; they count as load in the model.
    pairs
        Eligibility, effort and points of every request with every caseworker.
    room
        Free minutes, free ordinary minutes and pace before the plan, pins not taken off; shape
        (caseworkers,) each.
    """

    model: Model
    jobs: tuple[tuple[int, ...], ...]
    pins: dict[str, str]
    pairs: Matrices
    room: tuple[Ints, Ints, Ints]


def arrays_of(problem: Problem) -> Arrays:
    """Return the arrays of a problem; raises `ModelError` when a sum is too large."""
    pairs = matrices(problem)
    pins = honoured_pins(problem)
    row = {request.key: i for i, request in enumerate(problem.requests)}
    column = {worker.key: i for i, worker in enumerate(problem.caseworkers)}
    pinned = [(row[request], column[worker]) for request, worker in pins.items()]
    jobs = [tuple(row[r.key] for r in job) for job in jobs_of(problem) if job[0].key not in pins]
    used = _used_by(problem, pairs, pinned)
    model = _model(problem, pairs, jobs, used=used)
    return Arrays(checked(model), tuple(jobs), pins, pairs, room_of(problem))


def _used_by(problem: Problem, pairs: Matrices, pinned: list[tuple[int, int]]) -> tuple[Ints, Ints, Ints]:
    """Return the minutes, ordinary minutes and new requests of the pins, shape (caseworkers,) each."""
    minutes, ordinary, new = (np.zeros(len(problem.caseworkers), np.int64) for _ in range(3))
    for row, column in pinned:
        minutes[column] += pairs.effort[row, column]
        ordinary[column] += pairs.effort[row, column] * problem.requests[row].ordinary
        new[column] += 1
    return minutes, ordinary, new


def _model(
    problem: Problem, pairs: Matrices, jobs: list[tuple[int, ...]], *, used: tuple[Ints, Ints, Ints]
) -> Model:
    requests = problem.requests
    order = np.array([row for job in jobs for row in job], dtype=np.int64)
    sizes = np.array([len(job) for job in jobs], dtype=np.int64)
    free, ordinary_free, pace = _room(problem, used)
    ordinary = np.array([requests[row].ordinary for row in order], dtype=np.bool_)
    eligible = summed(pairs.eligible[order].astype(np.int64), sizes) == sizes[:, None]
    effort = summed(pairs.effort[order], sizes)
    ordinary_effort = summed(pairs.effort[order] * ordinary[:, None], sizes)
    eligible &= (effort <= free) & ((ordinary_effort == 0) | (ordinary_effort <= ordinary_free))
    eligible &= sizes[:, None] <= pace
    row_start, agent, arcs = _compressed(eligible)
    piece_start, width, slope = _pieces(problem, workers_load=used[0])
    return Model(
        row_start=row_start,
        agent=agent,
        cost=summed(pairs.points[order], sizes)[arcs],
        effort=effort[arcs],
        ordinary_effort=ordinary_effort[arcs],
        count=sizes,
        waiting=_waiting(problem, [tuple(requests[row] for row in job) for job in jobs]),
        free=free,
        ordinary_free=ordinary_free,
        pace=pace,
        piece_start=piece_start,
        piece_width=width,
        piece_slope=slope,
    )


def summed(rows: Ints, sizes: Ints) -> Ints:
    """Return the rows of each job added up: shape (jobs, caseworkers)."""
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    if len(rows) == 0:
        return np.zeros((len(sizes), rows.shape[1]), np.int64)
    return np.add.reduceat(rows, starts, axis=0)


def _compressed(eligible: Bools) -> tuple[Ints, Ints, tuple[Ints, Ints]]:
    """Return where each job's arcs start, the agent of each, and the index of each in the matrices."""
    job, agent = np.nonzero(eligible)
    row_start = np.concatenate(([0], np.cumsum(eligible.sum(axis=1)))).astype(np.int64)
    return row_start, agent.astype(np.int64), (job, agent)


def room_of(problem: Problem) -> tuple[Ints, Ints, Ints]:
    """Return everybody's free minutes, free ordinary minutes and pace; may be negative."""
    workers, policy = problem.caseworkers, problem.policy
    free = [w.maximum_minutes - w.load_minutes for w in workers]
    to_target = [w.target_minutes - w.load_minutes for w in workers] if policy.ordinary_below_target else free
    pace = [UNLIMITED if w.new_per_week is None else w.new_per_week - w.new_in_week for w in workers]
    return np.array(free, np.int64), np.array(to_target, np.int64), np.array(pace, np.int64)


def _room(problem: Problem, used: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    """Return the room that the pins leave, never below 0."""
    rooms = zip(room_of(problem), used, strict=True)
    minutes, ordinary, new = (np.maximum(room - taken, 0) for room, taken in rooms)
    return minutes, np.minimum(ordinary, minutes), new


def _waiting(problem: Problem, jobs: list[tuple[Request, ...]]) -> Ints:
    """Return what it weighs when each job waits, shape (2, jobs): overdue requests, then the others."""
    waiting = np.zeros((2, len(jobs)), dtype=np.int64)
    for i, job in enumerate(jobs):
        for request in job:
            waiting[0 if request.overdue else 1, i] += price_of_waiting(request, problem.policy)
    return waiting


def _pieces(problem: Problem, *, workers_load: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the convex price of minutes added to each caseworker's load, as pieces with rising slopes."""
    starts, widths, slopes = [0], [], []
    for worker, added in zip(problem.caseworkers, workers_load, strict=True):
        at, slope = worker.load_minutes + int(added), 0
        for percent, points in problem.policy.load_prices:
            until = breakpoint_minutes(worker, percent)
            if until > at:
                widths.append(until - at)
                slopes.append(slope)
                at = until
            slope += points
        widths.append(max(0, worker.maximum_minutes - at))
        slopes.append(slope)
        starts.append(len(widths))
    return tuple(np.array(values, dtype=np.int64) for values in (starts, widths, slopes))  # type: ignore[return-value]
