"""Patterns of agents one by one, with prices and cuts, held against trying all sets of arcs."""

import os
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from numpy.random import Generator

from solver.core import cutting, diving, dual, enumeration, separation
from solver.core.cuts import Cut, fees_of, times_in
from solver.core.enumeration import Patterns, Prices
from solver.core.knapsack import NEVER
from solver.core.model import Ints, Model, fits, load_costs, tier_costs
from solver.core.program import Floats
from solver.core.separation import KINDS
from solver.core.stage import POINTS, Stage, alive, soft_weights, stage_of
from solver.limits import Budget, Limits, start
from tests.solver.core.cases import Case, a_case
from tests.solver.core.models import a_gap_model, everything

SOAK = int(os.environ.get("STADSBREED_SOAK", "0"))
COUNT = 2_000 if SOAK else 120
GAPS = 200 if SOAK else 12
GAP_SIZE = (7, 4)
PARTS = 4
MANY = 10_000

Pattern = tuple[int, tuple[int, ...]]


def every_pattern(case: Case, prices: Prices, cuts: list[Cut]) -> dict[Pattern, int]:
    """Return, by trying all sets of arcs, what each pattern costs at the prices of its jobs, with fees, scaled."""
    model, stage = case.model, case.stage
    scaled = np.empty(model.arcs, np.int64)
    scaled[stage.columns.arc] = stage.cost - prices.jobs[stage.columns.job]
    found = {}
    for agent in range(model.agents):
        arcs = np.flatnonzero(model.agent == agent).tolist()
        for some in chain.from_iterable(combinations(arcs, size) for size in range(len(arcs) + 1)):
            if has_room(model, agent, some):
                rows = {*model.job[list(some)].tolist(), model.jobs + agent}
                fees = zip(cuts, prices.fees.fee.tolist(), strict=True)
                fee = sum(price * counted_in(cut, rows) for cut, price in fees)
                found[agent, some] = cost_of(case, scaled, agent, some) + fee
    return found


def counted_in(cut: Cut, rows: set[int]) -> int:
    """Return how much a pattern with these rows counts in a cut."""
    return sum(times for row, times in zip(cut.rows, cut.times, strict=True) if row in rows) // cut.divisor


def has_room(model: Model, agent: int, arcs: tuple[int, ...]) -> bool:
    """Say whether an agent has room for these arcs."""
    own = list(arcs)
    return bool(
        model.effort[own].sum() <= model.free[agent]
        and model.ordinary_effort[own].sum() <= model.ordinary_free[agent]
        and model.count[model.job[own]].sum() <= model.pace[agent]
    )


def cost_of(case: Case, scaled: Ints, agent: int, arcs: tuple[int, ...]) -> int:
    """Return what a pattern costs at the prices of its jobs, scaled."""
    minutes = case.model.effort[list(arcs)].sum(keepdims=True)
    load = int(load_costs(case.model, np.array([agent]), minutes)[0]) if case.stage.tier == POINTS else 0
    return int(scaled[list(arcs)].sum()) + load * case.stage.scale


def some_cuts(model: Model, rng: Generator) -> list[Cut]:
    """Return a few random cuts over jobs and agents."""
    rows, cuts = model.jobs + model.agents, []
    for _ in range(int(rng.integers(4))):
        times, divisor = KINDS[rng.integers(len(KINDS))]
        if len(times) <= rows:
            some = rng.choice(rows, len(times), replace=False)
            cuts.append(Cut(tuple(some.tolist()), times, divisor))
    return cuts


def some_prices(case: Case, cuts: list[Cut]) -> Prices:
    """Return random prices of jobs and cuts; of agents, what their best patterns cost or a little less."""
    model, stage, rng = case.model, case.stage, case.rng
    jobs = np.minimum(case.prices(), stage.ceiling)
    fee = rng.integers(0, 50, len(cuts)) * stage.scale
    values, _ = dual.regrets_of(stage, jobs, alive(stage))
    agents = values - rng.integers(0, 20, model.agents) * stage.scale
    return Prices(jobs, agents, fees_of(cuts, fee, model.jobs + model.agents))


def as_set(patterns: Patterns) -> list[Pattern]:
    """Return patterns as agents and sorted arcs."""
    return [
        (agent, tuple(sorted(patterns.arc[patterns.start[k] : patterns.start[k + 1]].tolist())))
        for k, agent in enumerate(patterns.agent.tolist())
    ]


def budget() -> Budget:
    """Return enough for any small model."""
    return start(Limits(effort=20))


@pytest.mark.parametrize("part", range(PARTS))
def test_all_patterns_within_a_regret_are_found_and_no_others(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        cuts = some_cuts(case.model, case.rng)
        prices, slack = some_prices(case, cuts), int(case.rng.integers(0, 500)) * case.stage.scale
        nothing = np.zeros(case.model.arcs, np.int64)
        found = enumeration.widest(case.stage, case.model, prices, nothing, slack, MANY, budget())
        assert found is not None, seed
        patterns = as_set(found[0])
        assert len(set(patterns)) == len(patterns), seed
        every = every_pattern(case, prices, cuts)
        within = {one for one, cost in every.items() if cost <= prices.agents[one[0]] + slack}
        assert set(patterns) == within, seed


def test_of_too_many_patterns_those_of_least_regret_are_found() -> None:
    case = a_case(3)
    plain = enumeration.without_cuts(case.stage, case.model, np.zeros(case.model.jobs, np.int64))
    given = (case.stage, case.model, plain, np.zeros(case.model.arcs, np.int64))
    every = enumeration.widest(*given, 10**6 * case.stage.scale, MANY, budget())
    assert every is not None
    some = enumeration.widest(*given, every[1], len(every[0].agent) - 1, budget())
    assert some is not None
    assert some[1] < every[1]
    assert len(some[0].agent) < len(every[0].agent)
    assert enumeration.widest(*given, every[1], 0, budget()) is None


@pytest.mark.parametrize("part", range(PARTS))
def test_the_cheapest_pattern_of_each_agent_is_found(part: int) -> None:
    cheaper = 0
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        cuts = some_cuts(case.model, case.rng)
        dear = some_prices(case, cuts)
        prices = Prices(dear.jobs, np.minimum(0, dear.agents + 40 * case.stage.scale), dear.fees)
        useful = np.ones(case.model.arcs, np.bool_)
        patterns, least = enumeration.cheapest(case.stage, case.model, prices, useful, budget())
        every = every_pattern(case, prices, cuts)
        for agent in range(case.model.agents):
            best = min(cost for (who, _), cost in every.items() if who == agent)
            assert least[agent] == min(best, prices.agents[agent]), seed
        for one in as_set(patterns):
            assert every[one] < prices.agents[one[0]], seed
            cheaper += 1
    assert cheaper > 0


def test_the_cheapest_patterns_are_known_when_there_is_no_room_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_CHEAPER", 1)
    for seed in range(COUNT):
        case = a_case(seed)
        prices = enumeration.without_cuts(case.stage, case.model, case.prices())
        dear = replace(prices, agents=np.zeros_like(prices.agents))
        useful = np.ones(case.model.arcs, np.bool_)
        patterns, least = enumeration.cheapest(case.stage, case.model, dear, useful, budget())
        every = every_pattern(case, prices, [])
        best = [min(every[one] for one in every if one[0] == agent) for agent in range(case.model.agents)]
        assert least.tolist() == best, seed
        assert len(patterns.agent) <= case.model.agents


@pytest.mark.parametrize("part", range(PARTS))
def test_no_choice_breaks_a_cut_and_fractions_break_those_that_are_found(part: int) -> None:
    found = 0
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        patterns, share = fractions(case)
        if not len(share):
            continue
        rows, counted = case.model.jobs + case.model.agents, patterns.counted(case.model)
        for cut in separation.broken(counted, share, rows, [], all_kinds=True):
            assert share @ times_in(cut, counted, rows) > cut.most, seed
            for choice in case.rng.permutation(case.kept.choices)[:200]:
                own = enumeration.patterns_of(case.model, choice)
                assert not len(own.agent) or times_in(cut, own.counted(case.model), rows).sum() <= cut.most
            found += 1
    assert found > 0


def fractions(case: Case) -> tuple[Patterns, Floats]:
    """Return the patterns of three choices, and halves: together up to one and a half of each job."""
    choices = case.kept.choices
    some = [enumeration.patterns_of(case.model, choices[case.rng.integers(len(choices))]) for _ in range(3)]
    patterns = some[0].and_also(some[1]).and_also(some[2])
    return patterns, np.full(len(patterns.agent), 0.5)


@pytest.mark.parametrize("part", range(PARTS))
def test_prices_of_patterns_prove_no_more_than_there_is(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        if case.stage.tier < POINTS or not case.model.arcs:
            continue
        choice = case.kept.choices[case.rng.integers(len(case.kept.choices))]
        caps = tier_costs(case.model, choice)[:POINTS]
        keeps = (case.kept.costs[:, :POINTS] <= np.array(caps)).all(axis=1)
        least = int(case.kept.costs[keeps, POINTS].min()) * case.stage.scale
        proven, choice, _ = raised(case.stage, case.model, choice, caps)
        assert proven <= least, seed
        assert fits(case.model, choice), seed


def test_cuts_prove_more_than_prices_of_jobs_and_no_more_than_there_is() -> None:
    """Jobs of many sizes that hardly fit: fractions, and so prices alone, leave something open."""
    paid = 0
    for seed in range(GAPS):
        model = a_gap_model(seed, *GAP_SIZE)
        every = everything(model)
        kept = (every.costs[:, :POINTS] == np.array(every.least[:POINTS])).all(axis=1)
        stage = stage_of(model, POINTS, every.least[:POINTS], soft_weights(model))
        proven, dived, cuts = raised(stage, model, every.choices[kept][0], every.least[:POINTS])
        assert proven <= every.least[POINTS] * stage.scale, seed
        assert tier_costs(model, dived) >= every.least, seed
        paid += cuts
    assert paid > GAPS // 2


def raised(stage: Stage, model: Model, choice: Ints, caps: tuple[int, ...]) -> tuple[int, Ints, int]:
    """Return the bound that prices with cuts prove, a choice that a dive found, and how many cuts are paid for."""
    useful = np.ones(model.arcs, np.bool_)
    proven, programme = cutting.raise_bound(
        stage,
        model,
        caps,
        [],
        enumeration.patterns_of(model, choice),
        useful=useful,
        aim=NEVER,
        all_kinds=True,
        budget=budget(),
    )
    assert proven is not None
    dived = diving.dive(programme, stage, caps, useful=useful, other=0, budget=budget())
    return proven.bound, dived, int((proven.prices.fees.fee > 0).sum())
