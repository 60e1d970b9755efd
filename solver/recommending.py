"""One request, now, while somebody is on the phone: who can take it best, and what that takes from others.

A desk is prepared once for the caseworkers as they are; every request is then a few operations on arrays.
With the capacity prices of the last plan, what an option's minutes are worth to others goes before its
points, tier by tier as in a round. Where room is scarce, the one in whose room least is left over goes
first among equals: large requests still find a place later. A request that weighs less than the cheapest
minutes had better wait for a round.

Sources: bid-price control, Talluri and Van Ryzin, The Theory and Practice of Revenue Management (2004),
section 3.3.1; best fit, Johnson et al., Worst-case performance bounds for simple one-dimensional packing
algorithms (1974).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver.core.model import Bools, Ints
from solver.eligibility import barriers
from solver.plan import CapacityPrices, Option, Recommendation, Scarcity, Unavailable
from solver.prices import balance_term, breakpoint_minutes, is_cross_district, pair_terms, price_of_waiting
from solver.problem import Problem, Request, Urgency
from solver.staff import Staff, efforts, eligible, interpreters, points_apart_from_balance, staff_of

Floats: TypeAlias = NDArray[np.float64]

MOST_OPTIONS: Final = 5
FEW: Final = 256
"""Up to so many it is quicker to put all in order than to make a shortlist."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The caseworkers as they are now, ready for one request after another.

    Attributes
    ----------
    load
        Shape (caseworkers,): minutes per week now.
    thresholds, slopes
        Shape (load prices, caseworkers) and (load prices, 1): from which load on each minute costs so many
        points more.
    worth
        Shape (3, caseworkers): what a minute is worth to others per tier; None when no prices are known.
    """

    staff: Staff
    load: Ints
    thresholds: Ints
    slopes: Ints
    worth: Floats | None


@dataclass(frozen=True, slots=True)
class _Able:
    """Those who may take a request: shape (those,) each, and (3, those) for what is taken from others.

    `keys` is what they are ordered by, what counts most first.
    """

    at: Ints
    effort: Ints
    points: Ints
    balance: Ints
    taken: Ints | None
    keys: list[Ints]


def desk_of(problem: Problem, prices: CapacityPrices | None = None) -> Desk:
    """Return a desk for the caseworkers, travel and policy of a problem; its requests are not looked at.

    Whoever was not in the plan that the prices come from has minutes that are worth nothing to others.
    Takes about a millisecond for 500 caseworkers. A desk may be shared by threads.
    """
    workers, policy = problem.caseworkers, problem.policy
    shares = [percent for percent, _ in policy.load_prices]
    return Desk(
        staff=staff_of(workers, problem.travel, policy),
        load=np.array([w.load_minutes for w in workers], np.int64),
        thresholds=np.array(
            [[breakpoint_minutes(w, percent) for w in workers] for percent in shares], np.int64
        ).reshape(len(shares), len(workers)),
        slopes=np.array([points for _, points in policy.load_prices], np.int64)[:, None],
        worth=None if prices is None else _worth(problem, prices),
    )


def _worth(problem: Problem, prices: CapacityPrices) -> Floats:
    tiers = (prices.overdue, prices.waiting, prices.points)
    return np.array([[tier.get(worker.key, 0.0) for worker in problem.caseworkers] for tier in tiers])


def recommend(desk: Desk, request: Request, most: int | None = MOST_OPTIONS) -> Recommendation:
    """Return who can take a request best, with every term of the price.

    Without prices the order is by points, as in `rank`. With prices it is by what the minutes are worth to
    others per tier: overdue, then waiting, then, where that is something, the room that is left over, then
    the points of both together. Equal ones are ordered by key.

    Parameters
    ----------
    most
        How many options are told in full; None for all.
    """
    able = _able(desk, request)
    best = _best(able, len(able.at) if most is None else most)
    options = tuple(_options(desk, request, able, best))
    weight = price_of_waiting(request, desk.staff.policy)
    return Recommendation(
        request=request.key,
        options=options,
        able=len(able.at),
        waiting_weight=weight,
        better_waits=bool(options) and _better_waits(request, weight, options[0].scarcity),
    )


def unavailable(desk: Desk, request: Request) -> tuple[Unavailable, ...]:
    """Return everybody who may not take a request, with every barrier, by key.

    Apart from `recommend`, since it takes a few microseconds for each of them.
    """
    policy = desk.staff.policy
    blocked = np.flatnonzero(~_eligible(desk, request)[0]).tolist()
    workers = [desk.staff.caseworkers[i] for i in blocked]
    return tuple(Unavailable(worker.key, barriers(request, worker, policy)) for worker in workers)


def _eligible(desk: Desk, request: Request) -> tuple[Bools, Ints, Ints | None]:
    """Return who may take it, their effort, and for whom an interpreter comes along."""
    interpreter = interpreters(desk.staff, request)
    effort = efforts(desk.staff, request, interpreter)
    return eligible(desk.staff, request, interpreter=interpreter, effort=effort), effort, interpreter


def _able(desk: Desk, request: Request) -> _Able:
    may, effort, interpreter = _eligible(desk, request)
    at = np.flatnonzero(may)
    balance = _balance(desk, request, effort)[at]
    points = points_apart_from_balance(desk.staff, request, interpreter=interpreter)[at] + balance
    minutes = effort[at]
    if desk.worth is None:
        return _Able(at, minutes, points, balance, taken=None, keys=[points])
    overdue, waiting, more, left_over = taken = _taken(desk, desk.worth, request, effort).take(at, axis=1)
    return _Able(at, minutes, points, balance, taken[:3], keys=[overdue, waiting, left_over, points + more])


def _balance(desk: Desk, request: Request, effort: Ints) -> Ints:
    """Return the points that the effort adds for load above target, shape (caseworkers,)."""

    def compute() -> Ints:
        before = np.maximum(desk.load - desk.thresholds, 0)
        after = np.maximum(desk.load + effort - desk.thresholds, 0)
        added: Ints = ((after - before) * desk.slopes).sum(axis=0)
        return added

    return desk.staff.once(("balance", request.effort_minutes, request.required_languages), compute)


def _taken(desk: Desk, worth: Floats, request: Request, effort: Ints) -> Ints:
    """Return what the minutes of a request are worth to others per tier, and the room left over where scarce.

    Shape (4, caseworkers): overdue, waiting, points, minutes.
    """

    def compute() -> Ints:
        taken = np.rint(worth * effort).astype(np.int64)
        room = desk.staff.ordinary_free if request.ordinary else desk.staff.free
        left_over = np.where(taken[:2].any(axis=0), room - effort, 0)
        return np.vstack((taken, left_over))

    return desk.staff.once(
        ("taken", request.effort_minutes, request.required_languages, request.ordinary), compute
    )


def _best(able: _Able, most: int) -> Ints:
    """Return the positions in `able` of the best, best first; equal ones keep their order."""
    keys = able.keys
    if most < len(able.at) and len(able.at) > FEW:
        short = _shortlist(keys, most)
        keys = [key[short] for key in keys]
        return short[np.lexsort(keys[::-1])[:most]]
    return np.lexsort(keys[::-1])[:most]


def _shortlist(keys: list[Ints], most: int) -> Ints:
    """Return the positions, rising, among which the best are: only ties go on to the next key."""
    chosen, tied = [], np.arange(len(keys[0]))
    for key in keys:
        if len(tied) <= most:
            break
        values = key[tied]
        last = np.partition(values, most - 1)[most - 1]
        chosen.append(tied[values < last])
        tied = tied[values == last]
        most -= len(chosen[-1])
    return np.sort(np.concatenate((*chosen, tied)))


def _options(desk: Desk, request: Request, able: _Able, best: Ints) -> Iterator[Option]:
    """Yield the best of those who are able, with the price of the pair."""
    staff, travel = desk.staff, desk.staff.travel
    figures = zip(*(row[best].tolist() for row in (able.at, able.effort, able.points, able.balance)), strict=True)
    taken = None if able.taken is None else able.taken[:, best].T.tolist()
    for i, (at, minutes, points, balance) in enumerate(figures):
        worker = staff.caseworkers[at]
        way = None if request.district is None else travel.get((request.district, worker.location))
        terms = pair_terms(request, worker, staff.policy, travel_minutes=way)
        load = worker.load_minutes + minutes
        yield Option(
            worker.key,
            points,
            (*terms, balance_term(balance, load=load, target=worker.target_minutes)),
            effort_minutes=minutes,
            cross_district=is_cross_district(request, worker),
            scarcity=None if taken is None else Scarcity(*taken[i]),
        )


def _better_waits(request: Request, weight: int, cheapest: Scarcity | None) -> bool:
    """Say whether the cheapest minutes are worth more to others than this request weighs when it waits."""
    if cheapest is None or request.urgency is Urgency.CRISIS:
        return False
    weighs = (weight, 0) if request.overdue else (0, weight)
    return weighs < (cheapest.overdue, cheapest.waiting)
