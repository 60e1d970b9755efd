"""What a step minimises: weights for jobs that wait, and whether the points count."""

from dataclasses import dataclass

import numpy as np

from solver.core.model import WAITS, Ints, Model, tier_costs


@dataclass(frozen=True, slots=True)
class Goal:
    """A sum to minimise over a model's choices.

    Attributes
    ----------
    waits
        Shape (jobs,): what each waiting job adds.
    points
        Whether arc costs and load costs are added, too.
    caps
        (tier, most): earlier tiers that must not get worse.
    """

    waits: Ints
    points: bool
    caps: tuple[tuple[int, int], ...] = ()

    def value(self, model: Model, choice: Ints) -> int:
        """Return the sum for a choice."""
        waiting = int(self.waits[choice == WAITS].sum())
        return waiting + (tier_costs(model, choice)[2] if self.points else 0)


def tier_goal(model: Model, tier: int, costs: tuple[int, int, int]) -> Goal:
    """Return the goal of one tier, the earlier ones capped at what they cost."""
    waits = model.waiting[tier] if tier < 2 else np.zeros(model.jobs, dtype=np.int64)
    return Goal(waits, tier == 2, tuple((earlier, costs[earlier]) for earlier in range(min(tier, 2))))


def step_of(model: Model, tier: int) -> int:
    """Return the greatest common divisor of a tier's weights: its costs are multiples of it."""
    return max(1, int(np.gcd.reduce(model.waiting[tier], initial=0))) if tier < 2 else 1


def guide(model: Model, *, step_points: int = 1_000, overdue_times: int = 20) -> tuple[Goal, tuple[int, int]]:
    """Return all tiers in one sum, to lead the search, and the multipliers of tiers 1 and 2.

    It is no substitute for strict tiers, but a Lagrangian relaxation of them: whatever the multipliers,
    a lower bound of this sum minus the priced caps is a lower bound of the points.
    """
    second = max(1, step_points // step_of(model, 1))
    first = max(overdue_times * second, overdue_times * step_points // step_of(model, 0))
    return Goal(first * model.waiting[0] + second * model.waiting[1], points=True), (first, second)
