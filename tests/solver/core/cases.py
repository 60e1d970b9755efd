"""Tiers of small models with caps, and everything that keeps them: what bounds and cores are held against."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from solver.core.knapsack import unit_of
from solver.core.model import Ints, Model
from solver.core.stage import Stage, soft_weights, stage_of
from solver.core.tightening import tightened
from tests.solver.core.models import Everything, a_small_model, everything

KINDS = ("coarse", "fine", "equal")


@dataclass(frozen=True, slots=True)
class Case:
    """A tier of a small model with random caps and prices of caps, and all that keeps the caps."""

    model: Model
    stage: Stage
    kept: Everything
    rng: Generator

    @property
    def least(self) -> int:
        """Return the least cost in the tier among what keeps the caps, scaled."""
        return int(self.kept.costs[:, self.stage.tier].min()) * self.stage.scale

    def prices(self) -> Ints:
        """Return random prices of jobs: about what arcs cost, or what waiting costs, or anything."""
        size = int(self.rng.choice((10, 1_000, 10**6))) * self.stage.scale
        prices: Ints = self.rng.integers(0, size, self.model.jobs)
        most = np.minimum(self.stage.ceiling, 2**50)
        return np.where(
            self.rng.random(self.model.jobs) < 0.5, prices, (most * self.rng.random()).astype(np.int64)
        )


def a_case(seed: int) -> Case:
    """Return a tier with the optimal caps, or with looser ones, priced at nothing, at what is usual, or at all."""
    rng, given = default_rng(seed), a_small_model(seed, KINDS[seed % len(KINDS)])
    model, _ = tightened(given, unit_of(given))
    every, tier = everything(model), int(rng.integers(3))
    caps = tuple(every.costs[rng.integers(len(every.costs))].tolist()) if rng.random() < 0.4 else every.least
    prices = tuple(float(p * rng.choice((0.0, 0.3, 1.0, 3.0))) for p in soft_weights(model))
    counted = rng.random(model.agents) < 0.5
    counted &= model.pace < 100
    stage = stage_of(model, tier, caps[:tier], prices[:tier], counted)
    keeps = (every.costs[:, :tier] <= np.array(caps[:tier], np.int64)).all(axis=1)
    return Case(model, stage, Everything(every.choices[keeps], every.costs[keeps]), rng)
