"""What a route of the core answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.core.model import Ints
from solver.limits import Three


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Prices that prove a lower bound of one tier: see `stage`.

    Attributes
    ----------
    bound
        What the prices alone prove.
    scale
        Prices are whole numbers of 1/scale.
    jobs
        Shape (jobs,).
    caps
        Price of each tier before this one.
    """

    bound: int
    scale: int
    jobs: Ints
    caps: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A choice of arcs with proven lower bounds.

    Attributes
    ----------
    choice
        Shape (jobs,): the arc of each job, or `WAITS`.
    costs, bounds
        Per tier. A bound holds for every choice that is no worse in the tiers before it.
    route
        Which route made it.
    evidence
        Per tier; empty where the route needs none.
    room_prices
        Shape (3, agents): what one more minute of each agent's room is worth in each tier, from the duals
        of the relaxations; None where none was solved.
    """

    choice: Ints
    costs: Three
    bounds: Three
    route: str
    evidence: tuple[Evidence, ...] = ()
    room_prices: NDArray[np.float64] | None = None

    @property
    def optimal(self) -> bool:
        """Return whether bound equals cost in every tier."""
        return self.costs == self.bounds
