"""Which route solves a model: a readable rule, by what was measured."""

from typing import Final

from solver.core import exact, flow, greedy
from solver.core.answer import Answer
from solver.core.model import Model, tier_costs
from solver.limits import Budget

MOST_JOBS_EXACT: Final = 400


def solve(model: Model, budget: Budget) -> Answer:
    """Return the best choice within the budget, with bounds; each better one is told to the budget.

    Equal efforts are a minimum-cost flow, whatever the size. Up to about 400 jobs the exact route
    proves the optimum. Above that: one job after another, and the bounds say how far that may be off.
    """
    if flow.suits(model):
        answer = flow.solve(model)
        budget.tell(answer.route, answer.choice, costs=answer.costs, bounds=answer.bounds)
        return answer
    start, bounds = greedy.choose(model), greedy.plain_bounds(model)
    budget.tell("greedy", start, costs=tier_costs(model, start), bounds=bounds)
    if model.jobs > MOST_JOBS_EXACT:
        return Answer(choice=start, costs=tier_costs(model, start), bounds=bounds, route="greedy")
    return exact.solve(model, start, bounds, budget)
