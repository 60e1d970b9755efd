"""The certificate finds nothing wrong with true proofs, and finds every planted fault."""

from dataclasses import replace
from typing import Any

import pytest

from solver import Limits, Plan, Policy, Problem, describe_policy, proven, solve
from tests.solver.problems import a_city, a_small_problem


@pytest.fixture(scope="module")
def city() -> Problem:
    return a_city(6, requests=40, caseworkers=12, ratio=1.2)


@pytest.fixture(scope="module")
def plan(city: Problem) -> Plan:
    found = solve(city, Limits(effort=2))
    assert found.proofs
    return found


def test_the_proofs_of_small_problems_hold() -> None:
    proofs = 0
    for seed in range(100):
        problem = a_small_problem(seed)
        plan = solve(problem, Limits(effort=5))
        assert proven(problem, plan) == [], seed
        proofs += len(plan.proofs)
    assert proofs > 50


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_proofs_of_a_city_hold_however_little_was_done(seed: int) -> None:
    problem = a_city(seed, requests=40, caseworkers=12, ratio=(0.8, 1.0, 1.3)[seed % 3])
    for effort in (0.01, 0.2):
        plan = solve(problem, Limits(effort=effort))
        assert proven(problem, plan) == [], effort


def test_the_proofs_of_a_city_hold_under_the_dearest_policy(city: Problem) -> None:
    whole = {name: about for name, about in describe_policy().items() if type(about["default"]) is int}
    dear = replace(city, policy=Policy.from_json({name: about["most"] for name, about in whole.items()}))
    plan = solve(dear, Limits(effort=0.5))
    assert plan.proofs
    assert proven(dear, plan) == []


def with_proof(plan: Plan, tier: int, **changes: Any) -> Plan:
    """Return the plan with the proof of one tier changed."""
    proofs = list(plan.proofs)
    proofs[tier] = replace(proofs[tier], **changes)
    return replace(plan, proofs=tuple(proofs))


def priced_tiers(plan: Plan) -> list[int]:
    """Return the tiers whose prices prove more than 0."""
    return [tier for tier, proof in enumerate(plan.proofs) if proof.bound > 0]


def test_a_bound_that_is_stated_one_higher_than_its_prices_prove_is_found(city: Problem, plan: Plan) -> None:
    assert proven(city, plan) == []
    for tier, stated in enumerate(plan.tiers):
        unsearched = with_proof(plan, tier, searched=False)
        tiers = list(plan.tiers)
        tiers[tier] = replace(stated, bound=plan.proofs[tier].bound + 1)
        assert proven(city, replace(unsearched, tiers=tuple(tiers))), stated.name


def test_a_price_that_is_raised_is_found(city: Problem, plan: Plan) -> None:
    tier = priced_tiers(plan)[-1]
    found = 0
    for key in list(plan.proofs[tier].requests)[:12]:
        raised = {**plan.proofs[tier].requests, key: 2 * plan.proofs[tier].requests[key] + 10**9}
        found += bool(proven(city, with_proof(plan, tier, requests=raised)))
    assert found >= 6


@pytest.mark.parametrize("factor", [2, 4])
def test_another_scale_is_found(city: Problem, plan: Plan, factor: int) -> None:
    for tier in priced_tiers(plan):
        finer = with_proof(plan, tier, scale=plan.proofs[tier].scale * factor)
        assert proven(city, finer), plan.tiers[tier].name


def test_a_proof_of_another_problem_is_found(city: Problem, plan: Plan) -> None:
    other = a_city(7, requests=40, caseworkers=12, ratio=1.2)
    strange = solve(other, Limits(effort=2))
    assert proven(city, replace(plan, proofs=strange.proofs))


def test_a_proof_without_prices_is_found(city: Problem, plan: Plan) -> None:
    for tier in priced_tiers(plan):
        assert proven(city, with_proof(plan, tier, requests={}))
