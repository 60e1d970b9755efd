"""One tier as one sum to minimise, the tiers before it priced or kept."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from solver.core.knapsack import NEVER, Columns, columns_of
from solver.core.model import Bools, Ints, Model

POINTS: Final = 2
FINEST: Final = 1024
"""Prices are counted in 1/1024 where numbers allow it."""
LARGEST_PRICED: Final = 2**60
"""What all agents together could be paid stays below this, so that 64 bits hold every sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A sum over jobs and agents, in whole numbers of 1/scale, and the arcs it may use.

    The cost of a choice is (sum of `cost` over its arcs + the convex costs of the loads + sum of `wait` over
    the jobs that wait - `offset`) / `scale`. For every choice that keeps the tiers before it, that is at most
    its cost in the tier: caps are priced (Lagrangian), and what must not wait has the price `NEVER`.

    Attributes
    ----------
    cost
        Shape (arcs,), in the order of `columns.arc`.
    wait
        Shape (jobs,).
    step
        The cost of every choice in the tier is a multiple of this, unscaled.
    caps
        The scaled price of each tier before it.
    """

    tier: int
    columns: Columns
    cost: Ints
    wait: Ints
    offset: int
    scale: int
    step: int
    caps: tuple[int, ...]

    @property
    def ceiling(self) -> Ints:
        """Return the highest price of each job that is looked at, shape (jobs,): what waiting costs, or enough."""
        return np.where(self.wait >= NEVER, LARGEST_PRICED // (len(self.wait) + 1), self.wait)

    def rounded_up(self, scaled: int) -> int:
        """Return the smallest possible cost that a scaled lower bound allows, at least 0."""
        whole = -(-scaled // self.scale)
        return max(0, -(-whole // self.step) * self.step)


def stage_of(
    model: Model, tier: int, caps: tuple[int, ...], cap_prices: tuple[float, ...], counted: Bools | None = None
) -> Stage:
    """Return a tier as one sum, for choices that cost at most `caps` in the tiers before it.

    A tier whose cap is reached by the jobs without arcs alone is kept: none of the others may wait. The
    others are priced: `cap_prices` is what a unit of each tier weighs in this tier's units; any price of 0
    or more gives a valid bound.
    """
    columns, scale = columns_of(model, counted), _scale(model, cap_prices)
    points = tier == POINTS
    cost = model.cost[columns.arc] * scale if points else np.zeros(model.arcs, np.int64)
    if not points:
        columns = columns._replace(end_cost=np.zeros_like(columns.end_cost))
    else:
        columns = columns._replace(end_cost=columns.end_cost * scale)
    wait = model.waiting[tier] * scale if not points else np.zeros(model.jobs, np.int64)
    bare = Stage(
        tier=tier,
        columns=columns,
        cost=cost,
        wait=wait,
        offset=0,
        scale=scale,
        step=step_of(model, tier),
        caps=(),
    )
    return _capped(bare, model, caps, cap_prices)


def recapped(stage: Stage, model: Model, caps: tuple[int, ...], cap_prices: tuple[float, ...]) -> Stage:
    """Return a stage of points with other prices of its caps, as in `stage_of`."""
    return _capped(replace(stage, wait=np.zeros(model.jobs, np.int64), offset=0), model, caps, cap_prices)


def _capped(bare: Stage, model: Model, caps: tuple[int, ...], cap_prices: tuple[float, ...]) -> Stage:
    """Return a stage with the tiers before it priced or kept; see `stage_of`."""
    nowhere = np.diff(model.row_start) == 0
    wait, offset, must, prices = bare.wait, 0, np.zeros(model.jobs, np.bool_), []
    for before, (cap, price) in enumerate(zip(caps, cap_prices, strict=True)):
        weights = model.waiting[before]
        kept = int(weights[nowhere].sum()) >= cap
        most = int(LARGEST_PRICED / 2 // (_paid(model, weights) + 1))
        scaled = 0 if kept else min(round(price * bare.scale), most)
        must |= kept & (weights > 0) & ~nowhere
        wait = wait + scaled * weights
        offset += scaled * cap
        prices.append(scaled)
    return replace(bare, wait=np.where(must, NEVER, wait), offset=offset, caps=tuple(prices))


def recounted(stage: Stage, model: Model, counted: Bools) -> Stage:
    """Return a stage whose knapsacks count the new requests of these agents, shape (agents,)."""
    columns = columns_of(model, counted)
    return replace(stage, columns=columns._replace(end_cost=stage.columns.end_cost))


def soft_weights(model: Model) -> tuple[float, float]:
    """Return what a unit of each waiting tier is priced at in points: enough that waiting does not pay.

    A price of a tier that must be kept only makes bounds better or worse, never wrong; as far above what a
    job can cost as to matter, and not further, so that the prices of jobs stay of one size.
    """
    steepest = float(model.piece_slope.max(initial=0))
    middle = float(np.median(model.effort)) if model.arcs else 1.0
    large = 2.0 * (float(model.cost.max(initial=0)) + steepest * middle) + 100.0
    steps = [max(1, int(np.gcd.reduce(weights, initial=0))) for weights in model.waiting]
    return 10.0 * large / steps[0], large / steps[1]


def summed_stage(model: Model, weights: tuple[float, float]) -> Stage:
    """Return all tiers as one sum in points, at what a unit of each waiting tier counts."""
    stage = stage_of(model, POINTS, (), ())
    wait = (model.waiting[0] * weights[0] + model.waiting[1] * weights[1]) * stage.scale
    wait *= min(1.0, LARGEST_PRICED / (_paid(model, wait) + 1.0))
    return replace(stage, wait=wait.astype(np.int64), step=1)


def step_of(model: Model, tier: int) -> int:
    """Return a number that divides every cost in a tier, at least 1."""
    return max(1, int(np.gcd.reduce(model.waiting[tier], initial=0))) if tier < POINTS else 1


def _scale(model: Model, cap_prices: tuple[float, ...]) -> int:
    """Return the largest power of two up to 1024 at which no sum of the stage passes 2**60."""
    largest = float(model.cost.sum()) + float(model.piece_slope.max(initial=0)) * float(model.free.sum())
    largest += (_paid(model, model.waiting[0]) + _paid(model, model.waiting[1])) * (1.0 + sum(cap_prices))
    scale = FINEST
    while scale > 1 and largest * scale >= LARGEST_PRICED:
        scale //= 2
    return scale


def _paid(model: Model, weights: Ints | NDArray[np.float64]) -> float:
    """Return the sum of what jobs weigh, shape (jobs,), counted once and for each agent that could take them."""
    return float(weights.astype(np.float64) @ (1.0 + np.diff(model.row_start)))


def alive(stage: Stage) -> Bools:
    """Return every arc as alive, shape (arcs,), in the order of the columns."""
    return np.ones(len(stage.columns.arc), np.bool_)
