"""Every contestant solves tiny instances to the same cost as trying every choice."""

from dataclasses import replace

import pytest

from benchmarks.instances import Instance, gap_file
from benchmarks.judge import judge
from benchmarks.regions import Region, a_country
from benchmarks.rivals import CONTESTANTS
from benchmarks.rivals.formulation import NotForThis, Solution, costs_of, lists_of
from tests.benchmarks.brute_force import least_costs

SECONDS, THREADS = 20.0, 2
TINY = Region(requests=5, caseworkers=3, ratio=1.3)
EXACT = [name for name in CONTESTANTS if name != "local-search"]
FOR_EFFORTS = [name for name in EXACT if not CONTESTANTS[name].equal_only]
GAP = "2 4\n 3 1 4 1\n 5 9 2 6\n 5 3 5 8\n 9 7 9 3\n 9 12\n"


def tiny(seed: int, *, equal: bool = False) -> Instance:
    return Instance(f"tiny {seed}", a_country(seed, regions=1, region=replace(TINY, equal=equal)))


def solved(name: str, instance: Instance) -> Solution | None:
    return CONTESTANTS[name].solve(instance, SECONDS, THREADS, lambda _: None)


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("name", EXACT)
def test_with_equal_efforts_nobody_finds_more_or_less_than_the_best(name: str, seed: int):
    instance = tiny(seed, equal=True)

    found = solved(name, instance)

    assert found is not None
    assert judge(instance, found.choice.tolist()).costs == found.bounds == least_costs(instance)


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("name", FOR_EFFORTS)
def test_with_any_efforts_nobody_finds_more_or_less_than_the_best(name: str, seed: int):
    instance = tiny(seed)

    found = solved(name, instance)

    assert found is not None
    assert judge(instance, found.choice.tolist()).costs == found.bounds == least_costs(instance)


@pytest.mark.parametrize("name", FOR_EFFORTS)
def test_a_public_instance_is_solved_with_every_job_assigned(name: str, tmp_path):
    path = tmp_path / "gap"
    path.write_text(GAP)
    instance = gap_file(str(path), "gap").make()

    found = solved(name, instance)

    assert found is not None
    assert judge(instance, found.choice.tolist()).costs == least_costs(instance)


@pytest.mark.parametrize("name", [name for name in FOR_EFFORTS if name != "ours"])
def test_a_rival_that_must_place_everything_says_when_it_cannot(name: str, tmp_path):
    path = tmp_path / "gap"
    path.write_text(GAP.replace(" 9 12", " 4 5"))

    assert solved(name, gap_file(str(path), "gap").make()) is None


@pytest.mark.parametrize("seed", range(1, 5))
def test_local_search_keeps_every_rule_and_is_never_better_than_the_best(seed: int):
    instance, least = tiny(seed), least_costs(tiny(seed))
    told: list[Solution] = []

    found = CONTESTANTS["local-search"].solve(instance, SECONDS, THREADS, told.append)

    assert found is not None
    assert least is not None
    verdicts = [judge(instance, one.choice.tolist()) for one in (*told, found)]
    assert all(verdict.faults == () for verdict in verdicts)
    assert all(verdict.costs >= least for verdict in verdicts)
    assert verdicts[-1].costs <= verdicts[0].costs


@pytest.mark.parametrize("name", [name for name in EXACT if CONTESTANTS[name].equal_only])
def test_who_knows_only_equal_efforts_refuses_others(name: str):
    with pytest.raises(NotForThis, match="only equal ones"):
        solved(name, tiny(1))


def test_the_rivals_count_as_the_judge_does():
    instance = tiny(3)
    found = solved("highs", instance)

    assert found is not None
    assert costs_of(lists_of(instance), found.choice) == judge(instance, found.choice.tolist()).costs
