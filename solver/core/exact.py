"""The exact route: the tiers in turn, each cut at the cost of those before it and at its relaxation's bound.

What waits is proven by CP-SAT, which is quick there once it has the relaxation's bound; the points, where
the relaxation is close, by HiGHS, which was four times as fast on a city's round. CP-SAT takes the points,
too, where numbers are too large for floating point. What a solver finds counts only when it is better by
the model's own count.
"""

from solver.core import linear, whole
from solver.core.answer import Answer
from solver.core.model import Ints, Model, tier_costs
from solver.limits import Budget


def solve(model: Model, start: Ints, bounds: tuple[int, int, int], budget: Budget) -> Answer:
    """Return the best choice found from a start, with the bounds proven within the budget.

    `bounds` are lower bounds known beforehand; they become cuts.
    """
    best, proven = start, list(bounds)
    for tier in range(3):
        best, proven[tier] = _improve(model, best, tier, bound=proven[tier], budget=budget)
    costs = tier_costs(model, best)
    return Answer(choice=best, costs=costs, bounds=(proven[0], proven[1], proven[2]), route="exact")


def _improve(model: Model, start: Ints, tier: int, *, bound: int, budget: Budget) -> tuple[Ints, int]:
    """Return the best choice for a tier that costs no more in the tiers before, and the bound proven."""
    costs = tier_costs(model, start)
    if costs[tier] <= bound or budget.is_over():
        return start, bound
    caps, small = costs[:tier], linear.suits(model)
    if tier == linear.POINTS and small:
        found, proven = linear.least(model, tier, caps, budget)
    else:
        if small:
            bound = max(bound, linear.lower_bound(model, tier, caps))
        found, proven = whole.least(model, tier, caps, floor=bound, start=start, budget=budget)
    if found is None or tier_costs(model, found)[: tier + 1] > costs[: tier + 1]:
        found = start
    return found, min(max(bound, proven), tier_costs(model, found)[tier])
