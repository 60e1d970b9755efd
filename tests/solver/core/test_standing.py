"""What a solve keeps when it finds something better."""

from dataclasses import replace

import numpy as np
from numpy.random import default_rng

from solver.core import general, greedy, pricing
from solver.core.model import WAITS, Model, checked, tier_costs
from solver.core.standing import take
from solver.limits import Limits, start
from tests.solver.core.models import a_model


def one_place_for_two() -> Model:
    """Return an overdue job and another one, and an agent with room for either."""
    one = np.ones(2, np.int64)
    return checked(
        Model(
            row_start=np.array([0, 1, 2]),
            agent=np.zeros(2, np.int64),
            cost=np.array([3, 4]),
            effort=60 * one,
            ordinary_effort=0 * one,
            count=one,
            waiting=np.array([[5, 0], [0, 7]]),
            free=np.array([60]),
            ordinary_free=np.array([60]),
            pace=np.array([9]),
            piece_start=np.array([0, 1]),
            piece_width=np.array([60]),
            piece_slope=np.array([0]),
        )
    )


def test_a_bound_does_not_outlive_the_cost_of_the_tiers_before_it() -> None:
    model = one_place_for_two()
    solving = general.begin(model, start(Limits()), None)
    solving.choice = np.array([WAITS, 1])
    solving.costs = tier_costs(model, solving.choice)
    solving.bounds = [0, 0, 4]

    assert solving.costs == (5, 0, 4)
    assert take(solving, np.array([0, WAITS]), "test")
    assert solving.costs == (0, 7, 3)
    assert solving.bounds == [0, 0, 0]


def test_a_bound_is_not_kept_when_pricing_finds_a_better_choice_in_the_tiers_before_it() -> None:
    """A relaxation brings a choice of its own, which may cost more in a tier that the bound was priced for."""
    model = checked(a_model(default_rng(1), 500, 100, kind="coarse"))
    model = replace(model, waiting=np.minimum(model.waiting, 1_000), piece_slope=np.minimum(model.piece_slope, 9))
    solving = general.begin(model, start(Limits(effort=20)))
    placed = (solving.choice != WAITS) & (solving.model.waiting[0] > 0)
    solving.choice[np.flatnonzero(placed)[:3]] = WAITS
    solving.costs = tier_costs(solving.model, solving.choice)
    before = solving.costs
    plain = list(greedy.plain_bounds(solving.model))
    solving.bounds = plain.copy()

    pricing.price(solving, 2)

    assert solving.costs[:2] < before[:2]
    assert solving.priced[2].caps == before[:2]
    assert solving.priced[2].bound > 0
    assert solving.bounds == plain
