"""A solve of the general route as it stands: the best choice, what is proven, and the prices that prove it."""

from dataclasses import dataclass, field

import numpy as np

from solver.core import dual, greedy, room_prices, search
from solver.core.answer import Evidence
from solver.core.knapsack import unit_of
from solver.core.model import WAITS, Bools, Ints, Model, tier_costs
from solver.core.pattern_core import PatternCore
from solver.core.relaxation import Relaxed
from solver.core.room_prices import RoomPrices
from solver.core.stage import POINTS, Stage, alive
from solver.limits import Budget, Three


@dataclass(frozen=True, slots=True)
class Priced:
    """A tier as one sum, the costs of the tiers before it that it was made for, and its prices.

    `ascent` can go on; it is None where knapsacks are too large, and the prices of room are all there is. `paced`
    is one in which new requests have prices instead of being counted: knapsacks are smaller by far then.
    """

    caps: tuple[int, ...]
    stage: Stage
    room: RoomPrices
    ascent: dual.Ascent | None
    paced: tuple[Stage, dual.Ascent] | None = None

    def regrets(self) -> tuple[int, Ints]:
        """Return the scaled bound, and how much more each arc costs at least: see `dual.regrets_at`."""
        if self.ascent is None:
            return room_prices.regrets_at(self.stage, self.room.room)
        return dual.regrets_at(self.stage, self.ascent.best_prices, alive(self.stage))

    @property
    def prices(self) -> Ints:
        """Return the prices of jobs that prove the best bound, shape (jobs,), scaled."""
        if self.ascent is None or self.ascent.bound < self.room.bound:
            return self.room.jobs
        return self.ascent.best_prices

    @property
    def bound(self) -> int:
        """Return the best bound, scaled."""
        return self.room.bound if self.ascent is None else max(self.room.bound, self.ascent.bound)


@dataclass(slots=True)
class Solving:
    """A solve as it stands.

    Attributes
    ----------
    model
        Tightened: `arcs` holds the number of each of its arcs in the model that was given.
    choice, costs
        The best so far, in the tightened model.
    bounds, evidence
        Per tier, best so far.
    room
        Shape (3, agents): prices per minute of room.
    hurried
        Shape (agents,): whose pace a relaxation reached.
    promise
        Shape (arcs,): the regret of each arc when all tiers are priced as one sum.
    width
        Arcs for each job by tier in the core that is searched next.
    patterns
        What is known of the patterns that can still help.
    relaxed
        The relaxation of all tiers in one sum, where there was time for it.
    patience
        Effort that the next search may take without finding anything.
    """

    model: Model
    arcs: Ints
    budget: Budget
    choice: Ints
    costs: Three
    bounds: list[int]
    evidence: list[Evidence]
    room: dual.Floats = field(repr=False)
    hurried: Bools = field(repr=False)
    priced: dict[int, Priced] = field(default_factory=dict)
    width: list[float] = field(default_factory=list)
    patterns: PatternCore = field(default_factory=PatternCore)
    patience: float = 0.0
    promise: Ints | None = field(default=None, repr=False)
    relaxed: Relaxed | None = field(default=None, repr=False)
    hunt: search.Search | None = None


def plain_evidence(model: Model, tier: int, bounds: Three) -> Evidence:
    """Return prices that prove that jobs without arcs wait: what waiting costs them, and 0 for the others."""
    nowhere = np.diff(model.row_start) == 0
    weights = model.waiting[tier] if tier < POINTS else np.zeros(model.jobs, np.int64)
    return Evidence(bound=bounds[tier], scale=1, jobs=np.where(nowhere, weights, 0), caps=(0,) * tier)


def tell(solving: Solving, step: str) -> None:
    """Report the best choice so far, in the arcs of the model that was given."""
    choice = (
        np.where(solving.choice == WAITS, WAITS, solving.arcs[solving.choice])
        if len(solving.arcs)
        else solving.choice
    )
    bounds = (solving.bounds[0], solving.bounds[1], solving.bounds[2])
    solving.budget.tell(step, choice, costs=solving.costs, bounds=bounds)


def is_optimal(solving: Solving) -> bool:
    """Return whether every bound equals its cost."""
    return solving.costs == tuple(solving.bounds)


def take(solving: Solving, choice: Ints, step: str) -> bool:
    """Keep a choice when it is better, and return whether it was."""
    costs = tier_costs(solving.model, choice)
    better = costs < solving.costs
    if better:
        _forget_bounds(solving, costs)
        solving.choice, solving.costs = choice.copy(), costs
        tell(solving, step)
    return better


def _forget_bounds(solving: Solving, costs: Three) -> None:
    """Take back the bounds behind a tier that now costs more: they hold for choices that keep what it did cost."""
    plain = greedy.plain_bounds(solving.model)
    for tier in range(1, POINTS + 1):
        if any(now > was for now, was in zip(costs[:tier], solving.costs[:tier], strict=True)):
            solving.bounds[tier] = plain[tier]
            solving.evidence[tier] = plain_evidence(solving.model, tier, plain)


def few(model: Model) -> bool:
    """Return whether agents hold few jobs each, so that knapsacks are small and strong."""
    return search.hold_few(model.free // unit_of(model), model.jobs)
