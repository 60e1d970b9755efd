"""What a round stores comes back as it was, and what cannot be right is refused with every fault."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from solver import Limits, LimitsError, MalformedError, Plan, Policy, Problem, ProblemError, rank_all
from solver.arrays import arrays_of
from solver.core.model import ModelError, checked
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem


@pytest.mark.parametrize("seed", range(40))
def test_a_problem_and_its_plan_come_back_as_they_were(seed: int) -> None:
    problem = a_small_problem(seed)
    plan = rank_all(problem)
    assert Problem.from_json(problem.to_json()) == problem
    assert Plan.from_json(plan.to_json()) == plan
    assert Problem.from_json(problem.to_json()).to_json() == problem.to_json()


def test_a_policy_comes_back_as_it_was_and_missing_fields_have_their_default() -> None:
    policy = Policy(district_weight=7, load_prices=((90, 2),))
    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json({}) == Policy()


def test_faults_in_stored_text_are_all_named_and_unknown_values_are_not_repeated() -> None:
    text = '{"requests": [{"key": 1, "topic": "t", "effort_minutes": true, "secret": "words"}], "travel": {}}'
    with pytest.raises(MalformedError) as error:
        Problem.from_json(text)
    said = str(error.value)
    assert len(error.value.faults) == 5
    assert "requests[0].key must be text" in said
    assert "caseworkers is missing" in said
    assert "words" not in said


@pytest.mark.parametrize("text", ["", "[]", "null", '{"requests": 3}', "{"])
def test_what_is_no_problem_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Problem.from_json(text)


def test_all_that_cannot_be_right_in_a_problem_is_named_at_once() -> None:
    with pytest.raises(ProblemError) as error:
        Problem(
            requests=(a_request("a", effort_minutes=0), a_request("a", waiting_days=-1)),
            caseworkers=(a_caseworker(target_minutes=700), a_caseworker("w2", levels={"finances": 4})),
            travel={("CEW", "GRO"): -1},
        )
    assert len(error.value.faults) == 6


@pytest.mark.parametrize("days", [0, 3_650])
def test_waiting_days_go_from_none_to_ten_years(days: int) -> None:
    assert Problem(requests=(a_request(waiting_days=days),), caseworkers=()).requests[0].waiting_days == days


@pytest.mark.parametrize("wrong", [{"effort": 0}, {"seconds": 0}, {"seed": -1}, {"effort": float("nan")}])
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(LimitsError):
        Limits(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agent", -1),
        ("agent", 10_000),
        ("count", 0),
        ("effort", -5),
        ("waiting", 2**53),
        ("cost", 2**60),
        ("row_start", 1),
        ("ordinary_effort", 10_000),
    ],
)
def test_arrays_that_are_no_model_are_refused(name: str, value: int) -> None:
    model = arrays_of(a_city(1, requests=10, caseworkers=5)).model
    wrong = getattr(model, name).copy()
    wrong.flat[0] = value
    with pytest.raises(ModelError, match=r"\w"):
        checked(replace(model, **{name: wrong}))


def test_arrays_of_another_shape_or_type_are_refused() -> None:
    model = arrays_of(a_city(1, requests=10, caseworkers=5)).model
    with pytest.raises(ModelError, match="free is float64"):
        checked(replace(model, free=model.free.astype(np.float64)))
    with pytest.raises(ModelError, match="cost has the shape"):
        checked(replace(model, cost=model.cost[:-1]))


def test_ranking_and_checking_need_no_solver_library() -> None:
    lines = [
        "import sys, solver",
        "from tests.solver.problems import a_city",
        "solver.rank_all(a_city(1, requests=5, caseworkers=3))",
        "sys.exit('ortools' in sys.modules)",
    ]
    assert subprocess.run([sys.executable, "-c", "\n".join(lines)], check=False).returncode == 0
