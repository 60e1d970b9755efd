"""Does the proof of a plan hold? The bounds, computed again from its prices, without any solver.

Every request that waits for a decision has a price. However the requests are shared out, a caseworker can't do
better than the cheapest set of requests that fits, each counted at its cost less its price; the prices of all
requests, plus these least costs, are a lower bound on the cost of every plan (Lagrangian duality; the same as
`solver.core.dual`, written down once more from the specification, in Python's whole numbers, pair by pair).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import gcd

from solver.check import cost
from solver.eligibility import barriers, effort_for
from solver.pins import honoured_pins, jobs_of
from solver.plan import Plan, Proof, Term
from solver.prices import load_price, pair_terms, price_of_waiting
from solver.problem import Caseworker, Problem, Request

Job = tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class _Room:
    """A caseworker with what the pins leave of their room: minutes, ordinary minutes, new requests, and load."""

    worker: Caseworker
    free: int
    ordinary_free: int
    pace: int
    load: int


@dataclass(frozen=True, slots=True)
class _Item:
    """A job that a caseworker could take: what it costs and takes."""

    job: str
    points: int
    effort: int
    ordinary: bool
    count: int


def proven(problem: Problem, plan: Plan) -> list[str]:
    """Return what is wrong with the proofs of a plan; empty when every bound that prices prove holds.

    A bound that an exhaustive search lifted above what the prices prove is only held against the prices: it
    says so itself (`Proof.searched`). Takes about a second for a city.
    """
    if not plan.proofs:
        return []
    pins = honoured_pins(problem)
    jobs = [job for job in jobs_of(problem) if job[0].key not in pins]
    rooms = [_room_of(problem, worker, pins) for worker in problem.caseworkers]
    items = [list(_items(problem, jobs, room)) for room in rooms]
    given, costs = cost(problem, pins)[2], cost(problem, plan.assignments)
    found = []
    for tier, proof in enumerate(plan.proofs):
        bound = _bound(problem, jobs, rooms, items, tier=tier, proof=proof, costs=costs)
        stated = plan.tiers[tier].bound - (given if tier == len(costs) - 1 else 0)
        name = plan.tiers[tier].name
        if min(proof.bound, costs[tier]) > max(0, bound):
            found.append(f"{name}: the prices prove {bound}, not {proof.bound}")
        elif stated > proof.bound and not proof.searched:
            found.append(f"{name}: the bound is stated as {stated}; its prices prove {proof.bound}")
    return found


def _room_of(problem: Problem, worker: Caseworker, pins: Mapping[str, str]) -> _Room:
    policy = problem.policy
    own = [request for request in problem.requests if pins.get(request.key) == worker.key]
    minutes = sum(effort_for(request, worker, policy) for request in own)
    ordinary = sum(effort_for(request, worker, policy) for request in own if request.ordinary)
    limit = worker.target_minutes if policy.ordinary_below_target else worker.maximum_minutes
    pace = 10**9 if worker.new_per_week is None else worker.new_per_week - worker.new_in_week - len(own)
    return _Room(
        worker,
        free=max(0, worker.maximum_minutes - worker.load_minutes - minutes),
        ordinary_free=max(0, limit - worker.load_minutes - ordinary),
        pace=max(0, pace),
        load=worker.load_minutes + minutes,
    )


def _items(problem: Problem, jobs: list[Job], room: _Room) -> Iterator[_Item]:
    """Yield the jobs that a caseworker could take, ordinary ones first."""
    worker, policy, mixed = room.worker, problem.policy, []
    for job in jobs:
        efforts = [effort_for(request, worker, policy) for request in job]
        ordinary = sum(e for request, e in zip(job, efforts, strict=True) if request.ordinary)
        if any(barriers(request, worker, policy) for request in job) or sum(efforts) > room.free:
            continue
        if (ordinary and ordinary > room.ordinary_free) or len(job) > room.pace:
            continue
        points = sum(term.points for request in job for term in _terms(problem, request, worker))
        item = _Item(job[0].key, points, sum(efforts), ordinary == sum(efforts), len(job))
        if item.ordinary:
            yield item
        else:
            mixed.append(item)
    yield from mixed


def _terms(problem: Problem, request: Request, worker: Caseworker) -> tuple[Term, ...]:
    minutes = problem.travel_minutes(request, worker)
    return pair_terms(request, worker, problem.policy, travel_minutes=minutes)


def _bound(
    problem: Problem,
    jobs: list[Job],
    rooms: list[_Room],
    items: list[list[_Item]],
    *,
    tier: int,
    proof: Proof,
    costs: tuple[int, int, int],
) -> int:
    """Return what the prices of a tier prove."""
    weights = {job[0].key: _weights(job, problem) for job in jobs}
    able = {item.job for one in items for item in one}
    prices, offset = _prices(weights, able, tier=tier, proof=proof, costs=costs)
    total = sum(prices.values()) - offset
    for room, own in zip(rooms, items, strict=True):
        total += _least(problem, room, own, prices, scale=proof.scale, points=tier == len(costs) - 1)
    whole = -(-total // proof.scale)
    step = gcd(*(weight[tier] for weight in weights.values())) or 1 if tier < len(costs) - 1 else 1
    return -(-whole // step) * step


def _weights(job: Job, problem: Problem) -> tuple[int, int]:
    """Return what it weighs when a job waits: overdue, other."""
    overdue = sum(price_of_waiting(request, problem.policy) for request in job if request.overdue)
    other = sum(price_of_waiting(request, problem.policy) for request in job if not request.overdue)
    return overdue, other


def _prices(
    weights: Mapping[str, tuple[int, int]], able: set[str], *, tier: int, proof: Proof, costs: tuple[int, int, int]
) -> tuple[dict[str, int], int]:
    """Return every job's price, at most what waiting costs it, and what the kept tiers take off the sum."""
    offset, kept = 0, []
    for before in range(tier):
        unavoidable = sum(weight[before] for job, weight in weights.items() if job not in able)
        kept.append(unavoidable >= costs[before])
        offset += 0 if kept[before] else proof.caps[before] * costs[before]
    prices = {}
    for job, weight in weights.items():
        must = job in able and any(kept[before] and weight[before] > 0 for before in range(tier))
        wait = proof.scale * (weight[tier] if tier < len(weight) else 0)
        wait += sum(proof.caps[before] * weight[before] for before in range(tier) if not kept[before])
        price = proof.requests.get(job, 0)
        prices[job] = price if must else min(price, wait)
    return prices, offset


def _least(
    problem: Problem, room: _Room, items: list[_Item], prices: Mapping[str, int], *, scale: int, points: bool
) -> int:
    """Return the least that a set of jobs costs a caseworker above its prices: 0 or less.

    By load and number of new requests: the least cost of all sets that come to it.
    """
    best = {(0, 0): 0}
    for item in items:
        paid = (item.points * scale if points else 0) - prices[item.job]
        if paid >= 0:
            continue
        limit = min(room.ordinary_free, room.free) if item.ordinary else room.free
        added = {
            (load + item.effort, new + item.count): value + paid
            for (load, new), value in best.items()
            if load + item.effort <= limit and new + item.count <= room.pace
        }
        for state, value in added.items():
            best[state] = min(value, best.get(state, value))
    if not points:
        return min(best.values())
    now = load_price(room.worker, room.load, problem.policy)
    return min(
        value + scale * (load_price(room.worker, room.load + load, problem.policy) - now)
        for (load, _), value in best.items()
    )
