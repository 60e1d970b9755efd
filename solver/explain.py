"""From a choice to a plan that can say why: terms, alternatives, and what keeps a request waiting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from solver.arrays import Arrays, summed
from solver.core.model import Bools, Ints
from solver.eligibility import effort_for
from solver.pins import jobs_of
from solver.plan import Alternative, Placement
from solver.prices import all_terms, is_cross_district, price_of_waiting
from solver.problem import Problem, Request

MOST_ALTERNATIVES: Final = 5
NOBODY: Final = -1

Room: TypeAlias = tuple[Ints, Ints, Ints]
"""Free minutes, free minutes for ordinary work and new requests, shape (caseworkers,) each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan as arrays; a job is one request or a household, pinned ones included.

    Attributes
    ----------
    jobs
        The rows of each job's requests in the problem.
    taker
        Shape (jobs,): the column of the caseworker, or `NOBODY`.
    eligible, effort, ordinary_effort, points
        Shape (jobs, caseworkers).
    load
        Shape (caseworkers,): minutes with the plan.
    left
        What is left beside the plan.
    before
        What there was before the plan.
    """

    problem: Problem
    pins: Mapping[str, str]
    jobs: tuple[tuple[int, ...], ...]
    taker: Ints
    eligible: Bools
    effort: Ints
    ordinary_effort: Ints
    points: Ints
    weight: Ints
    load: Ints
    left: Room
    before: Room


def outcome_of(problem: Problem, arrays: Arrays, assignments: Mapping[str, str]) -> Outcome:
    """Return what a set of assignments leaves of everybody's room."""
    row = {request.key: i for i, request in enumerate(problem.requests)}
    column = {worker.key: i for i, worker in enumerate(problem.caseworkers)}
    jobs = tuple(tuple(row[r.key] for r in job) for job in jobs_of(problem))
    keys = [problem.requests[job[0]].key for job in jobs]
    taker = np.array([column[assignments[key]] if key in assignments else NOBODY for key in keys], np.int64)
    order = np.array([i for job in jobs for i in job], dtype=np.int64)
    sizes = np.array([len(job) for job in jobs], dtype=np.int64)
    ordinary = np.array([problem.requests[i].ordinary for i in order], dtype=np.bool_)
    effort = arrays.pairs.effort[order]
    job_effort, job_ordinary = summed(effort, sizes), summed(effort * ordinary[:, None], sizes)
    taken = _taken(taker, job_effort, job_ordinary, sizes)
    return Outcome(
        problem=problem,
        pins=arrays.pins,
        jobs=jobs,
        taker=taker,
        eligible=summed(arrays.pairs.eligible[order].astype(np.int64), sizes) == sizes[:, None],
        effort=job_effort,
        ordinary_effort=job_ordinary,
        points=summed(arrays.pairs.points[order], sizes),
        weight=_weights(problem, jobs),
        load=np.array([w.load_minutes for w in problem.caseworkers], np.int64) + taken[0],
        left=_less(arrays.room, taken),
        before=arrays.room,
    )


def _taken(taker: Ints, effort: Ints, ordinary_effort: Ints, sizes: Ints) -> Room:
    """Return what the placed jobs take of everybody's room."""
    placed = np.flatnonzero(taker != NOBODY)
    who = taker[placed]

    def of_each(amounts: Ints) -> Ints:
        return np.bincount(who, weights=amounts, minlength=effort.shape[1]).astype(np.int64)

    return of_each(effort[placed, who]), of_each(ordinary_effort[placed, who]), of_each(sizes[placed])


def _less(room: Room, taken: Room) -> Room:
    return room[0] - taken[0], room[1] - taken[1], room[2] - taken[2]


def room_without(outcome: Outcome, leaving: Bools) -> Room:
    """Return everybody's room beside the plan when some jobs, shape (jobs,), leave it."""
    stays = np.where(leaving, NOBODY, outcome.taker)
    sizes = np.array([len(job) for job in outcome.jobs], dtype=np.int64)
    return _less(outcome.before, _taken(stays, outcome.effort, outcome.ordinary_effort, sizes))


def missing_minutes(outcome: Outcome, job: int, room: Room) -> Ints:
    """Return how many minutes a week each caseworker lacks for a job, shape (caseworkers,); 0: enough."""
    ordinary = outcome.ordinary_effort[job]
    short_of_target = np.where(ordinary > 0, ordinary - room[1], 0)
    missing: Ints = np.maximum(np.maximum(outcome.effort[job] - room[0], short_of_target), 0)
    return missing


def fits(outcome: Outcome, job: int, room: Room) -> Bools:
    """Return in whose room a job fits, shape (caseworkers,); eligibility is not looked at."""
    fitting: Bools = (missing_minutes(outcome, job, room) == 0) & (len(outcome.jobs[job]) <= room[2])
    return fitting


def _weights(problem: Problem, jobs: tuple[tuple[int, ...], ...]) -> Ints:
    """Return what it weighs when each job waits, shape (jobs, 2): overdue, other."""
    weights = np.zeros((len(jobs), 2), dtype=np.int64)
    for i, job in enumerate(jobs):
        for row in job:
            request = problem.requests[row]
            weights[i, 0 if request.overdue else 1] += price_of_waiting(request, problem.policy)
    return weights


def placements(outcome: Outcome) -> tuple[Placement, ...]:
    """Return every placed request with its terms and its best alternatives, in the order of the keys."""
    takes: list[list[int]] = [[] for _ in outcome.problem.caseworkers]
    for job in np.flatnonzero(outcome.taker != NOBODY).tolist():
        takes[outcome.taker[job]].append(job)
    prices = _load_prices(outcome)
    found = []
    for job in np.flatnonzero(outcome.taker != NOBODY).tolist():
        found.extend(_placements_of(outcome, job, prices=prices, takes=takes))
    return tuple(sorted(found, key=lambda placement: placement.request))


def _placements_of(
    outcome: Outcome, job: int, *, prices: tuple[Ints, Ints], takes: list[list[int]]
) -> list[Placement]:
    problem, taker = outcome.problem, int(outcome.taker[job])
    extra = _extra_points(outcome, job, prices=prices)
    fitting = fits(outcome, job, outcome.left)
    chosen = _best_others(outcome, job, extra=extra, fitting=fitting)
    found = []
    for row in outcome.jobs[job]:
        request, worker = problem.requests[row], problem.caseworkers[taker]
        before = int(outcome.load[taker]) - effort_for(request, worker, problem.policy)
        terms = all_terms(
            request,
            worker,
            problem.policy,
            travel_minutes=problem.travel_minutes(request, worker),
            before_minutes=before,
        )
        alternatives = tuple(
            _alternative(
                outcome, job, request, other=other, extra=int(extra[other]), fits=bool(fitting[other]), takes=takes
            )
            for other in chosen
        )
        found.append(
            Placement(
                request=request.key,
                caseworker=worker.key,
                points=sum(term.points for term in terms),
                terms=terms,
                alternatives=alternatives,
                cross_district=is_cross_district(request, worker),
                pinned=request.key in outcome.pins,
            )
        )
    return found


def _extra_points(outcome: Outcome, job: int, *, prices: tuple[Ints, Ints]) -> Ints:
    """Return what the plan costs more with each other caseworker on this job, shape (caseworkers,)."""
    taker = outcome.taker[job]
    more = _load_cost(outcome.load + outcome.effort[job], prices) - _load_cost(outcome.load, prices)
    load = outcome.load[taker : taker + 1]
    own = (prices[0][taker : taker + 1], prices[1])
    saved = _load_cost(load, own)[0] - _load_cost(load - outcome.effort[job, taker], own)[0]
    extra: Ints = outcome.points[job] + more - outcome.points[job, taker] - saved
    return extra


def _load_prices(outcome: Outcome) -> tuple[Ints, Ints]:
    """Return thresholds, shape (caseworkers, prices), and points per minute above each, shape (prices,)."""
    policy = outcome.problem.policy
    targets = np.array([worker.target_minutes for worker in outcome.problem.caseworkers], dtype=np.int64)
    percents = np.array([percent for percent, _ in policy.load_prices], dtype=np.int64)
    points = np.array([points for _, points in policy.load_prices], dtype=np.int64)
    return -(-targets[:, None] * percents // 100), points


def _load_cost(load: Ints, prices: tuple[Ints, Ints]) -> Ints:
    cost: Ints = (np.maximum(load[:, None] - prices[0], 0) * prices[1]).sum(axis=1)
    return cost


def _best_others(outcome: Outcome, job: int, *, extra: Ints, fitting: Bools) -> list[int]:
    """Return the columns of at most five others: those that fit first, then by extra points."""
    others = np.flatnonzero(outcome.eligible[job])
    others = others[others != outcome.taker[job]]
    order = np.lexsort((extra[others], ~fitting[others]))
    best: list[int] = others[order[:MOST_ALTERNATIVES]].tolist()
    return best


def _alternative(
    outcome: Outcome, job: int, request: Request, *, other: int, extra: int, fits: bool, takes: list[list[int]]
) -> Alternative:
    problem, worker = outcome.problem, outcome.problem.caseworkers[other]
    terms = all_terms(
        request,
        worker,
        problem.policy,
        travel_minutes=problem.travel_minutes(request, worker),
        before_minutes=int(outcome.load[other]),
    )
    displaced = () if fits else _displaced(outcome, job, other, takes[other])
    return Alternative(worker.key, extra, terms, displaced)


def _displaced(outcome: Outcome, job: int, other: int, taken: list[int]) -> tuple[str, ...]:
    """Return the requests that would make room: the lightest to let wait first, until the job fits."""
    free, ordinary_free, pace = (int(room[other]) for room in outcome.left)
    minutes = int(outcome.effort[job, other]) - free
    ordinary = int(outcome.ordinary_effort[job, other])
    ordinary = ordinary - ordinary_free if ordinary else 0
    new = len(outcome.jobs[job]) - pace
    leaving: list[str] = []
    for lighter in sorted(taken, key=lambda taken_job: tuple(outcome.weight[taken_job].tolist())):
        helps = int(outcome.ordinary_effort[lighter, other]) if ordinary > 0 else 1
        if (minutes <= 0 and ordinary <= 0 and new <= 0) or not helps:
            continue
        minutes -= int(outcome.effort[lighter, other])
        ordinary -= int(outcome.ordinary_effort[lighter, other])
        new -= len(outcome.jobs[lighter])
        leaving.extend(outcome.problem.requests[row].key for row in outcome.jobs[lighter])
    return tuple(leaving)
