"""The exact route without prices: the tiers in turn by CP-SAT, each cut at the cost of those before it.

For models with efforts of 0, which knapsacks can't count, and to hold the other routes against in tests.
"""

from solver.core import greedy, whole
from solver.core.answer import Answer
from solver.core.model import Ints, Model, tier_costs
from solver.limits import Budget


def answer(model: Model) -> Answer:
    """Return a greedy choice with plain bounds: what is known before anything is solved."""
    choice = greedy.choose(model)
    return Answer(
        choice=choice, costs=tier_costs(model, choice), bounds=greedy.plain_bounds(model), route="greedy"
    )


def solve(model: Model, budget: Budget) -> Answer:
    """Return the best choice found, with the bounds proven within the budget."""
    first = answer(model)
    best, proven = first.choice, list(first.bounds)
    budget.tell("greedy", best, costs=first.costs, bounds=first.bounds)
    for tier in range(3):
        best, proven[tier] = _improve(model, best, tier, bound=proven[tier], budget=budget)
        costs = tier_costs(model, best)
        budget.tell("exact", best, costs=costs, bounds=(proven[0], proven[1], proven[2]))
    return Answer(choice=best, costs=costs, bounds=(proven[0], proven[1], proven[2]), route="exact")


def _improve(model: Model, start: Ints, tier: int, *, bound: int, budget: Budget) -> tuple[Ints, int]:
    """Return the best choice for a tier that costs no more in the tiers before, and the bound proven."""
    costs = tier_costs(model, start)
    if costs[tier] <= bound or budget.is_over():
        return start, bound
    found, proven = whole.least(model, tier, costs[:tier], floor=bound, start=start, budget=budget)
    if found is None or tier_costs(model, found)[: tier + 1] > costs[: tier + 1]:
        found = start
    return found, min(max(bound, proven), tier_costs(model, found)[tier])
