"""The judge: finds every planted fault, and counts as the specification does."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.cities import a_city
from benchmarks.instances import Instance
from benchmarks.judge import judge
from solver.arrays import arrays_of
from solver.check import cost
from solver.core import greedy
from solver.core.model import Ints, Model


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def two_jobs(**changed: Ints) -> Instance:
    """Return two jobs and two agents with all four arcs; the second agent has little room."""
    model = Model(
        row_start=ints(0, 2, 4),
        agent=ints(0, 1, 0, 1),
        cost=ints(5, 6, 7, 8),
        effort=ints(60, 60, 90, 90),
        ordinary_effort=ints(60, 60, 0, 0),
        count=ints(1, 1),
        waiting=np.array([[0, 11], [13, 0]], dtype=np.int64),
        free=ints(150, 90),
        ordinary_free=ints(60, 60),
        pace=ints(2, 1),
        piece_start=ints(0, 2, 4),
        piece_width=ints(100, 50, 60, 30),
        piece_slope=ints(0, 2, 0, 3),
    )
    return Instance("two jobs", replace(model, **changed))


@pytest.mark.parametrize(
    ("choice", "costs"),
    [
        ([-1, -1], (11, 13, 0)),
        ([0, -1], (11, 0, 5)),
        ([-1, 3], (0, 13, 8 + 3 * 30)),
        ([0, 2], (0, 0, 5 + 7 + 2 * 50)),
        ([1, 2], (0, 0, 6 + 7)),
    ],
)
def test_each_tier_is_counted_with_the_price_of_load(choice: list[int], costs: tuple[int, int, int]):
    verdict = judge(two_jobs(), choice)

    assert verdict.faults == ()
    assert verdict.costs == costs


@pytest.mark.parametrize(
    ("instance", "choice", "fault"),
    [
        (two_jobs(), [0], "1 choices for 2 jobs"),
        (two_jobs(), [2, -1], "job 0: arc 2 is not one of its own, 0 to 1"),
        (two_jobs(), [4, -1], "job 0: arc 4 is not one of its own, 0 to 1"),
        (two_jobs(), [-2, -1], "job 0: arc -2 is not one of its own, 0 to 1"),
        (two_jobs(free=ints(149, 90)), [0, 2], "agent 0: 150 minutes where 149 are free"),
        (two_jobs(ordinary_free=ints(59, 60)), [0, 2], "agent 0: 60 ordinary minutes where 59 are free"),
        (two_jobs(pace=ints(1, 1)), [0, 2], "agent 0: 2 new requests where 1 are possible"),
        (two_jobs(count=ints(2, 1)), [0, 2], "agent 0: 3 new requests where 2 are possible"),
    ],
)
def test_every_planted_fault_is_found(instance: Instance, choice: list[int], fault: str):
    assert judge(instance, choice).faults == (fault,)


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_judge_and_the_specification_count_alike(seed: int):
    problem = a_city(seed, requests=60, caseworkers=15, ratio=1.2)
    model = arrays_of(problem).model
    choice = greedy.choose(model)
    plan = {
        problem.requests[job].key: problem.caseworkers[int(model.agent[arc])].key
        for job, arc in enumerate(choice.tolist())
        if arc != -1
    }

    verdict = judge(Instance("city", model), choice.tolist())

    assert verdict.faults == ()
    assert verdict.costs == cost(problem, plan)
