"""Parts that share nobody, solved in processes of their own."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.regions import Region, a_country
from solver.core import routes
from solver.core.components import components, merged
from solver.core.model import fits, tier_costs
from solver.limits import Limits, start


def test_parts_solved_in_two_processes_give_the_plan_of_the_whole() -> None:
    model = a_country(1, regions=3, region=Region(requests=8, caseworkers=3))
    parts = components(model)

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        answers = list(pool.map(routes.solve_apart, parts, [Limits(effort=10)] * len(parts)))

    apart, whole = merged(model, list(zip(parts, answers, strict=True))), routes.solve(model, start(Limits()))
    assert len(parts) == 3
    assert apart.costs == whole.costs == whole.bounds == apart.bounds
    assert fits(model, apart.choice)
    assert tier_costs(model, apart.choice) == apart.costs
