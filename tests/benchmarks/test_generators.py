"""The invented instances: the same seed gives the same arrays, the ratio is as asked, regions are apart."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.cities import FIRST_UNSEEN_SEED, a_city
from benchmarks.instances import city, country, demand_ratio, density
from benchmarks.loops import model_by_loops
from benchmarks.regions import Region, a_country
from solver.arrays import arrays_of
from solver.core import flow
from solver.core.model import Model, checked

SMALL = Region(requests=60, caseworkers=12, ratio=1.0)


def same(one: Model, other: Model) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(Model))


def components(model: Model) -> int:
    """Return how many groups of jobs and agents have no arc between them; agents without arcs left out."""
    size = model.jobs + model.agents
    links = coo_array((np.ones(model.arcs), (model.job, model.jobs + model.agent)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    return len(set(label[model.job].tolist()))


@pytest.mark.parametrize(
    "recipe",
    [
        city(5, requests=40, caseworkers=10, ratio=1.0),
        city(5, requests=40, caseworkers=10, ratio=1.0, equal=True),
        country(5, regions=3, region=SMALL),
        country(5, regions=3, region=replace(SMALL, linked_share=0.1, equal=True)),
    ],
    ids=lambda recipe: recipe.name,
)
def test_the_same_seed_gives_the_same_arrays_and_another_seed_others(recipe):
    other = replace(recipe, arguments=(*(pair for pair in recipe.arguments if pair[0] != "seed"), ("seed", 6)))

    assert same(checked(recipe.make().model), recipe.make().model)
    assert not same(recipe.make().model, other.make().model)


@pytest.mark.parametrize("ratio", [0.8, 1.0, 1.3])
def test_demand_over_room_is_as_asked(ratio: float):
    of_city = city(7, requests=300, caseworkers=60, ratio=ratio).make().model
    of_country = country(7, regions=4, region=replace(SMALL, requests=300, ratio=ratio)).make().model

    assert demand_ratio(of_city) == pytest.approx(ratio, rel=0.02)
    assert demand_ratio(of_country) == pytest.approx(ratio, rel=0.02)


def test_closed_regions_have_no_arc_between_them_and_linked_ones_do():
    closed = a_country(3, regions=4, region=SMALL)
    linked = a_country(3, regions=4, region=replace(SMALL, linked_share=0.2))

    assert components(closed) == 4
    assert components(linked) == 1
    assert (closed.job // 60 == closed.agent // 12).all()


def test_equal_efforts_are_equal_also_with_an_interpreter():
    assert flow.suits(city(4, requests=60, caseworkers=12, ratio=1.0, equal=True).make().model)
    assert flow.suits(a_country(4, regions=2, region=replace(SMALL, equal=True)))
    assert not flow.suits(city(4, requests=60, caseworkers=12, ratio=1.0).make().model)


def test_instances_are_neither_empty_nor_full():
    for recipe in (
        city(2, requests=200, caseworkers=60, ratio=1.0),
        country(2, regions=1, region=replace(SMALL, requests=200)),
    ):
        assert 0.2 < density(recipe.make().model) < 0.8


def test_the_tables_use_seeds_that_were_not_used_while_developing():
    assert FIRST_UNSEEN_SEED > 99


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("equal", [False, True])
def test_plain_loops_build_the_very_same_arrays(seed: int, equal: bool):
    problem = a_city(seed, requests=40, caseworkers=15, ratio=1.1, equal=equal)

    assert same(model_by_loops(problem), arrays_of(problem).model)
