"""What a route of the core answers."""

from dataclasses import dataclass

from solver.core.model import Ints


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
    """

    choice: Ints
    costs: tuple[int, int, int]
    bounds: tuple[int, int, int]
    route: str

    @property
    def optimal(self) -> bool:
        """Return whether bound equals cost in every tier."""
        return self.costs == self.bounds
