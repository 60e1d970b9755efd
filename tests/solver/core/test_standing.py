"""What a solve keeps when it finds something better."""

import numpy as np

from solver.core import general
from solver.core.model import WAITS, Model, checked, tier_costs
from solver.core.standing import take
from solver.limits import Limits, start


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
