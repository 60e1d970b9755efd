"""The exact route: priced by a linear relaxation, searched in its neighbourhood, proven on what is left.

1. All tiers in one sum (`goal.guide`) give prices per job, and from them an exact lower bound.
2. A search over the arcs that cost little more than those prices, wider each time.
3. Large-neighbourhood search over groups of agents, while the sum is above its bound.
4. Per tier: its own bound; while cost is above it, a search for that tier alone.
5. For the points: every arc is dropped that no better choice can use; what is left is solved exactly.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.core.answer import Answer
from solver.core.bounds import Bound, bound_of, useful
from solver.core.goal import Goal, guide, step_of, tier_goal
from solver.core.model import Bools, Ints, Model, tier_costs
from solver.core.neighbourhood import agents_near, part_of
from solver.core.part import Part, solve_part
from solver.core.relaxation import prices_of
from solver.limits import Budget

WIDTHS: Final = (4, 16)
SHARE_WIDENING: Final = 0.06
SHARE_ROUNDS: Final = 0.35
SHARE_TIER: Final = 0.25
EFFORT_PER_ROUND: Final = 0.1
QUIET_ROUNDS: Final = 15
WIDTH_OF_ROUNDS: Final = 16


@dataclass(slots=True)
class _State:
    """The best choice so far and the bounds proven so far, per tier."""

    model: Model
    budget: Budget
    best: Ints
    bounds: list[int]

    @property
    def costs(self) -> tuple[int, int, int]:
        return tier_costs(self.model, self.best)

    def accept(self, choice: Ints | None) -> bool:
        """Take a choice when it is better, tier by tier; return whether it is."""
        if choice is None or tier_costs(self.model, choice) >= self.costs:
            return False
        self.best = choice
        return True

    def done(self) -> bool:
        return self.budget.effort_left <= 0 or self.budget.out_of_time() or self.costs == tuple(self.bounds)


def solve(model: Model, start: Ints, bounds: tuple[int, int, int], budget: Budget) -> Answer:
    """Return the best choice found from a start, with the bounds proven within the budget.

    `bounds` are lower bounds known beforehand, per tier.
    """
    state = _State(model, budget, start, list(bounds))
    if not state.done():
        _work(state)
    lowest = (state.bounds[0], state.bounds[1], state.bounds[2])
    return Answer(choice=state.best, costs=state.costs, bounds=lowest, route="exact")


def _work(state: _State) -> None:
    goal, multipliers = guide(state.model)
    prices = prices_of(state.model, goal, state.budget)
    if prices is None:
        return
    bound = bound_of(state.model, goal, prices)
    effort = state.budget.effort_left
    _widen(state, goal, bound, effort=effort * SHARE_WIDENING)
    _improve_in_rounds(state, goal, bound, effort=effort * SHARE_ROUNDS)
    for tier in (0, 1):
        _prove_tier(state, tier, effort=effort * SHARE_TIER)
    _prove_points(state, goal, bound, multipliers)


def _all_jobs(model: Model) -> Bools:
    return np.ones(model.jobs, dtype=np.bool_)


def _widen(state: _State, goal: Goal, bound: Bound, *, effort: float) -> None:
    """Search among the arcs and waiting jobs within a few points of the prices, then further."""
    for width in WIDTHS:
        if state.done():
            return
        arcs, _ = useful(bound, most=bound.value + width)
        part = Part(_all_jobs(state.model), arcs, _all_jobs(state.model))
        found = solve_part(
            state.model, goal, part, start=state.best, least=bound.value, budget=state.budget, effort=effort
        )
        state.accept(found.choice)
        # Whatever uses another arc costs more than this bound plus the width.
        if (
            found.ended
            and found.choice is not None
            and goal.value(state.model, found.choice) <= bound.value + width
        ):
            return


def _improve_in_rounds(state: _State, goal: Goal, bound: Bound, *, effort: float) -> None:
    """Solve small groups of agents anew, until the bound is met or a while brought nothing."""
    until, quiet = state.budget.effort_left - effort, 0
    rng = np.random.default_rng(state.budget.seed)
    near, _ = useful(bound, most=bound.value + WIDTH_OF_ROUNDS)
    while quiet < QUIET_ROUNDS and state.budget.effort_left > until and not state.done():
        if goal.value(state.model, state.best) <= bound.value:
            return
        part = part_of(state.model, state.best, near, agents_near(state.model, state.best, near, rng))
        found = solve_part(
            state.model, goal, part, start=state.best, least=0, budget=state.budget, effort=EFFORT_PER_ROUND
        )
        quiet = 0 if state.accept(found.choice) else quiet + 1


def _prove_tier(state: _State, tier: int, *, effort: float) -> None:
    """Raise the bound of a tier, and search for it alone while its cost is above."""
    if state.costs[tier] <= state.bounds[tier] or state.done():
        return
    model, goal = state.model, tier_goal(state.model, tier, state.costs)
    prices = prices_of(model, goal, state.budget)
    if prices is not None:
        bound = bound_of(model, goal, prices)
        state.bounds[tier] = max(state.bounds[tier], _rounded_up(bound.value, step_of(model, tier)))
    if state.costs[tier] <= state.bounds[tier] or state.done():
        return
    everything = Part(_all_jobs(model), np.ones(model.arcs, dtype=np.bool_), _all_jobs(model))
    found = solve_part(
        model,
        goal,
        everything,
        start=state.best,
        least=state.bounds[tier],
        budget=state.budget,
        effort=effort,
    )
    state.accept(found.choice)
    state.bounds[tier] = min(state.costs[tier], max(state.bounds[tier], found.bound))


def _rounded_up(value: int, step: int) -> int:
    return -(-value // step) * step


def _prove_points(state: _State, goal: Goal, bound: Bound, multipliers: tuple[int, int]) -> None:
    """Raise the bound of the points, given the tiers before; solve exactly what can still be better."""
    if state.done():
        return
    model, costs = state.model, state.costs
    priced = multipliers[0] * costs[0] + multipliers[1] * costs[1]
    state.bounds[2] = max(state.bounds[2], bound.value - priced)
    if costs[2] <= state.bounds[2]:
        state.bounds[2] = costs[2]
        return
    arcs, waits = useful(bound, most=goal.value(model, state.best))
    part = Part(_all_jobs(model), arcs, waits)
    found = solve_part(
        model,
        tier_goal(model, 2, costs),
        part,
        start=state.best,
        least=state.bounds[2],
        budget=state.budget,
        effort=state.budget.effort_left,
    )
    state.accept(found.choice)
    state.bounds[2] = min(state.costs[2], max(state.bounds[2], found.bound))
