"""The searches in neighbourhoods, and models that are large enough for them, against proven optima."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng

from solver.core import greedy, routes, search, unpriced
from solver.core.knapsack import columns_of, unit_of
from solver.core.model import WAITS, Ints, Model, fits, tier_costs
from solver.core.stage import soft_weights
from solver.core.tightening import tightened
from solver.limits import Limits, start
from tests.solver.core.models import a_gap_model, a_model, ints


def a_larger_model(name: str) -> Model:
    """Return a model by its name: `gap-<seed>`, or a kind of `a_model` with a seed, 40 x 12."""
    kind, _, seed = name.partition("-")
    return (
        a_gap_model(int(seed), 40)
        if kind == "gap"
        else a_model(default_rng(int(seed)), 40, 12, kind=kind, ratio=1.2)
    )


LARGER = (
    "gap-1",
    "gap-2",
    "coarse-0",
    "coarse-1",
    "coarse-2",
    "coarse-3",
    "fine-2",
    "fine-3",
    "equal-1",
    "zero-1",
)


@pytest.mark.parametrize("name", LARGER)
def test_no_answer_is_cheaper_than_the_optimum_and_no_bound_above_it(name: str) -> None:
    model, least = a_larger_model(name), unpriced.solve(a_larger_model(name), start(Limits(effort=20)))
    assert least.optimal
    answer = routes.solve(model, start(Limits(effort=0.5)))
    assert fits(model, answer.choice)
    assert answer.costs == tier_costs(model, answer.choice) >= least.costs
    for tier in range(3):
        if all(one <= other for one, other in zip(least.costs[:tier], answer.costs[:tier], strict=True)):
            assert answer.bounds[tier] <= least.costs[tier], tier


@pytest.mark.parametrize("heat", [0.0, 20.0])
@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("name", ["gap-1", "coarse-1", "fine-2"])
def test_both_searches_keep_a_choice_that_fits_and_say_truly_what_they_gained(
    name: str, few: bool, heat: float
) -> None:
    model, _ = tightened(given := a_larger_model(name), unit_of(given))
    hunt = a_search(model, greedy.choose(model), few=few)
    before, budget = weighed(model, hunt.seat.choice), start(Limits(effort=1_000))
    for _ in range(6):
        search.improve(hunt, budget, heat)
        assert fits(model, hunt.seat.choice)
        assert weighed(model, hunt.seat.choice) - before == pytest.approx(hunt.above, rel=1e-9, abs=1e-3)
        assert_seated(model, hunt)
    if heat == 0.0:
        assert hunt.above < 0
    assert budget.used["search"] > 0


def a_search(model: Model, choice: Ints, *, few: bool) -> search.Search:
    """Return a search with every arc in its short list, by patterns or by jobs."""
    columns, short = columns_of(model), (model.row_start, np.arange(model.arcs, dtype=np.int64))
    board = search.board_of(model, columns, short, soft_weights(model))
    prices, room = np.zeros(model.jobs), np.zeros(model.agents)
    return replace(search.begin(board, choice, job_price=prices, room_price=room, seed=3), few=few)


def weighed(model: Model, choice: Ints) -> float:
    """Return what a choice costs in the one sum that the search looks at."""
    costs, weights = tier_costs(model, choice), soft_weights(model)
    return costs[0] * weights[0] + costs[1] * weights[1] + costs[2]


def assert_seated(model: Model, hunt: search.Search) -> None:
    """The chains, counts and loads of the search are those of its choice."""
    seat = hunt.seat
    for agent in range(model.agents):
        held, job = [], int(seat.first[agent])
        while job >= 0:
            held.append(job)
            job = int(seat.after[job])
        placed = seat.choice != WAITS
        own = np.flatnonzero(placed & (model.agent[seat.choice] == agent))
        assert sorted(held) == own.tolist()
        assert int(seat.held[agent]) == len(own)
        assert int(seat.load[agent]) == int(hunt.board.size[seat.choice[own]].sum())


def test_a_search_of_nothing_that_can_be_taken_ends() -> None:
    model = replace(a_gap_model(1, 6), free=ints([0, 0, 0, 0]))
    hunt = a_search(tightened(model, 1)[0], ints([WAITS] * 6), few=True)
    search.improve(hunt, start(Limits(effort=1)), 0.0)
    assert (hunt.seat.choice == WAITS).all()
