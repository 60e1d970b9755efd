"""What runs on one instance say beside each other: gaps, excess over the best bound, time to a gap."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.judge import Costs
from benchmarks.runs import Run

TIERS = 3


@dataclass(frozen=True, slots=True)
class Excess:
    """How far a plan lies above the best bound: the first tier in which it does, and by how much."""

    tier: int
    amount: int


def by_instance(runs: Iterable[Run]) -> dict[str, dict[str, Run]]:
    """Return the runs of each instance by contestant."""
    grouped: dict[str, dict[str, Run]] = defaultdict(dict)
    for one in runs:
        grouped[one.instance][one.contestant] = one
    return dict(grouped)


def worst_gap(costs: Costs, bounds: Costs) -> float:
    """Return the largest gap of any tier, as a share of its cost: 0 when proven, at most 1."""
    return max(max(0, paid - bound) / max(1, paid) for paid, bound in zip(costs, bounds, strict=True))


def best_bounds(runs: Iterable[Run]) -> Costs:
    """Return the best bound of each tier that anybody has proven on one instance.

    A bound holds for every plan that is no worse in the tiers before; the best plan is one of those.
    """
    right = [one for one in runs if one.right]
    if not right:
        return 0, 0, 0
    best = min(one.costs for one in right)
    top = [min(best[tier], max(one.bounds[tier] for one in right)) for tier in range(TIERS)]
    return top[0], top[1], top[2]


def excess(costs: Costs, bounds: Costs) -> Excess:
    """Return the first tier in which a cost lies above the bound, and by how much; tier 3 when none does."""
    for tier in range(TIERS):
        if costs[tier] > bounds[tier]:
            return Excess(tier, costs[tier] - bounds[tier])
    return Excess(TIERS, 0)


def excess_share(ours: Run, rivals: Sequence[Run]) -> float | None:
    """Return our excess over the best bound divided by the best rival's; None when both are at the bound.

    They are compared in the first tier in which either lies above the bound. A rival without a right
    plan lies infinitely above it.
    """
    bounds = best_bounds([ours, *rivals])
    if not ours.right:
        return float("inf")
    found = [one.costs for one in rivals if one.right and one.points]
    if not found:
        return 0.0
    mine, theirs = excess(ours.costs, bounds), excess(min(found), bounds)
    tier = min(mine.tier, theirs.tier)
    if tier == TIERS:
        return None
    here = [one.amount if one.tier == tier else 0 for one in (mine, theirs)]
    return here[0] / here[1] if here[1] else float("inf")


def seconds_to_gap(one: Run, gap: float) -> float:
    """Return when a run could first say that its plan is within a gap; infinite when it never could."""
    reached = (point.seconds for point in one.points if worst_gap(point.costs, point.bounds) <= gap)
    return next(reached, float("inf"))


def at_least_seconds(one: Run) -> float:
    """Return the time to a proof; a run that was not proven would have needed more than its limit."""
    return one.cost.seconds if one.proven else max(one.limit, one.cost.seconds)


def times_faster(ours: Run, rival: Run) -> float:
    """Return how many times as long a rival needed for a proof, or had in vain; 1 when both had it in vain."""
    if not ours.proven and not rival.proven:
        return 1.0
    return at_least_seconds(rival) / max(1e-6, at_least_seconds(ours))


def median(values: Iterable[float]) -> float:
    """Return the median; not a number when there is nothing."""
    found = list(values)
    return statistics.median(found) if found else float("nan")
