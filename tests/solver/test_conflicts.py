"""Contradictions are named so small that leaving out any one statement resolves them."""

import os
import random
from dataclasses import replace
from typing import Any

import pytest

from solver import (
    Barrier,
    Caseworker,
    Conflict,
    Problem,
    Request,
    Statement,
    barriers,
    conflicts,
    honoured_pins,
    in_words,
    violations,
)
from solver.sentences import LANGUAGES
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem
from tests.solver.test_plans import every_plan

COUNT = 5_000 if int(os.environ.get("STADSBREED_SOAK", "0")) else 600


def saying_only(problem: Problem, statements: tuple[Statement, ...]) -> Problem:
    """Return the problem of the requests concerned in which nothing is said but these statements."""
    said: dict[str, dict[str, Any]] = {statement.request: {} for statement in statements}
    for item in statements:
        fields = said[item.request]
        match item.kind:
            case "pinned":
                fields["pinned_to"] = item.caseworker
            case "only":
                fields["only"] = item.caseworker
            case "not-available":
                fields["excluded"] = fields.get("excluded", frozenset()) | {item.caseworker}
            case "household":
                fields["household"] = problem.request(item.request).household
    nothing: dict[str, Any] = {"pinned_to": None, "only": None, "excluded": frozenset(), "household": None}
    return replace(
        problem,
        requests=tuple(replace(problem.request(key), **(nothing | fields)) for key, fields in said.items()),
        caseworkers=tuple(replace(worker, active=True) for worker in problem.caseworkers),
    )


def can_be_kept(problem: Problem, *, all_placed: bool) -> bool:
    """Say by the specification whether all that is said can be kept at once, with every pin held."""
    pins = {request.key: request.pinned_to for request in problem.requests if request.pinned_to is not None}
    wanted = {request.key for request in problem.requests} if all_placed else set()
    return any(
        pins.items() <= plan.items()
        and wanted <= plan.keys()
        and not [item for item in violations(problem, plan) if item.code != "pin-moved"]
        for plan in every_plan(problem)
    )


def is_minimal(problem: Problem, conflict: Conflict) -> bool:
    """Say whether a conflict can't be kept, and can be whichever one statement is left out.

    A conflict without a pin is one because somebody could be placed otherwise.
    """
    pinned = any(item.kind == "pinned" for item in conflict.statements)
    keys = tuple(dict.fromkeys(item.request for item in conflict.statements))

    def kept(statements: tuple[Statement, ...]) -> bool:
        reduced = saying_only(problem, statements)
        silent = [
            replace(problem.request(k), pinned_to=None, only=None, excluded=frozenset(), household=None)
            for k in keys
            if k not in {r.key for r in reduced.requests}
        ]
        everybody = replace(reduced, requests=(*reduced.requests, *silent))
        return can_be_kept(everybody, all_placed=not pinned)

    without_one = [tuple(other for other in conflict.statements if other != item) for item in conflict.statements]
    return not kept(conflict.statements) and all(map(kept, without_one))


def a_contradictory_problem(seed: int) -> Problem:
    """Return a small problem in which people say more than goes together."""
    rng, problem = random.Random(seed), a_small_problem(seed)
    keys = [worker.key for worker in problem.caseworkers]
    return replace(
        problem,
        requests=tuple(_said_of(rng, request, keys) for request in problem.requests),
        caseworkers=tuple(
            replace(worker, load_minutes=rng.choice((0, 15, 60)), present_from_day=0, active=rng.random() < 0.9)
            for worker in problem.caseworkers
        ),
    )


def _said_of(rng: random.Random, request: Request, keys: list[str]) -> Request:
    return replace(
        request,
        required_level=rng.choice((0, 0, 0, 1)),
        required_attributes=frozenset(),
        interpreter_allowed=True,
        pinned_to=rng.choice((*keys, None)),
        only=rng.choice((*keys, None, None, None)) if rng.random() < 0.4 else None,
        excluded=frozenset(key for key in keys if rng.random() < 0.25),
        household=rng.choice(("h", "h", None, None, None)),
        start_within_days=28,
    )


@pytest.mark.parametrize("part", range(4))
def test_every_conflict_is_real_and_leaving_out_any_statement_resolves_it(part: int) -> None:
    for seed in range(part, COUNT, 4):
        problem = a_contradictory_problem(seed)
        for conflict in conflicts(problem):
            assert is_minimal(problem, conflict), (seed, conflict)


def test_the_contradictory_problems_have_every_kind_of_conflict() -> None:
    found = [conflict for seed in range(600) for conflict in conflicts(a_contradictory_problem(seed))]
    assert {tuple(item.kind for item in conflict.statements) for conflict in found} >= {
        ("pinned",),
        ("pinned", "pinned"),
        ("pinned", "only"),
        ("pinned", "not-available"),
        ("only", "not-available"),
        ("pinned", "pinned", "household", "household"),
        ("pinned", "household", "household"),
        ("pinned", "household", "household", "not-available"),
    }


@pytest.mark.parametrize("part", range(4))
def test_every_pin_that_was_let_go_is_in_a_conflict_and_no_other_problem_has_any(part: int) -> None:
    for seed in range(part, COUNT, 4):
        problem = a_contradictory_problem(seed)
        found = conflicts(problem)
        held = honoured_pins(problem)
        named = {item.request for conflict in found for item in conflict.statements if item.kind == "pinned"}
        let_go = {r.key for r in problem.requests if r.pinned_to is not None and held.get(r.key) != r.pinned_to}
        homes = {problem.request(key).household for key in named} - {None}
        assert all(key in named or problem.request(key).household in homes for key in let_go), seed


def test_a_conflict_with_a_statement_too_many_is_noticed() -> None:
    problem = Problem(
        requests=(a_request(pinned_to="w1", only="w2"),), caseworkers=(a_caseworker(), a_caseworker("w2"))
    )
    (conflict,) = conflicts(problem)
    more = replace(conflict, statements=(*conflict.statements, Statement("not-available", "r1", "w2")))
    assert (is_minimal(problem, conflict), is_minimal(problem, more)) == (True, False)


NAMES = {"w1": "GRO-04", "w2": "CEW-01", "a": "HV-1", "b": "HV-2", "r1": "HV-3", "finances": "geldzaken"}


def conflict_of(*requests: Request, workers: tuple[Caseworker, ...] = ()) -> Conflict:
    problem = Problem(requests=requests, caseworkers=workers or (a_caseworker(), a_caseworker("w2")))
    (conflict,) = conflicts(problem)
    assert is_minimal(problem, conflict)
    return conflict


def test_a_pin_on_an_excluded_caseworker() -> None:
    conflict = conflict_of(a_request(pinned_to="w1", excluded=frozenset({"w1"})))
    assert conflict == Conflict((Statement("pinned", "r1", "w1"), Statement("not-available", "r1", "w1")))
    assert in_words(conflict, "nl", NAMES) == (
        "Dit gaat niet samen: HV-3 is voorgesteld bij GRO-04 en GRO-04 is niet beschikbaar voor HV-3."
    )


def test_whoever_left_and_whoever_is_excluded_read_alike() -> None:
    left = conflict_of(a_request(pinned_to="w1"), workers=(a_caseworker(active=False), a_caseworker("w2")))
    assert left == conflict_of(a_request(pinned_to="w1", excluded=frozenset({"w1"})))


def test_a_household_pinned_to_two_people() -> None:
    conflict = conflict_of(
        *(a_request(key, household="h", pinned_to=to) for key, to in (("a", "w1"), ("b", "w2")))
    )
    assert {item.kind for item in conflict.statements} == {"pinned", "household"}
    assert in_words(conflict, "en", NAMES) == (
        "This does not go together: HV-1 is proposed to GRO-04, HV-2 is proposed to CEW-01 and "
        "HV-1 and HV-2 are of one household."
    )


def test_a_household_that_excludes_everybody_between_them() -> None:
    conflict = conflict_of(
        a_request("a", household="h", excluded=frozenset({"w1"})),
        a_request("b", household="h", excluded=frozenset({"w2"})),
    )
    assert len(conflict.statements) == 4
    assert in_words(conflict, "nl", NAMES).endswith("Niemand anders kan alle vragen van dit gezin aannemen.")


def test_a_chosen_caseworker_who_is_excluded() -> None:
    conflict = conflict_of(a_request(only="w1", excluded=frozenset({"w1"})))
    assert [item.kind for item in conflict.statements] == ["only", "not-available"]


def test_pins_that_together_pass_one_persons_room_are_the_fewest_that_do() -> None:
    requests = [
        a_request(key, pinned_to="w1", effort_minutes=minutes, waiting_days=days)
        for key, minutes, days in (("a", 60, 9), ("b", 240, 5), ("c", 180, 0))
    ]
    conflict = conflict_of(*requests, workers=(a_caseworker(load_minutes=120),))
    assert [item.request for item in conflict.statements] == ["b", "c"]
    assert conflict.barriers == (Barrier("target", {"needed": 420, "free": 360}),)


def test_a_pin_that_has_become_impossible_says_why() -> None:
    conflict = conflict_of(a_request(pinned_to="w1", required_level=2))
    assert [item.kind for item in conflict.statements] == ["pinned"]
    assert in_words(conflict, "nl", NAMES) == (
        "Dit kan niet meer: HV-3 is voorgesteld bij GRO-04. "
        "Weet te weinig van geldzaken: nodig is ervaren, dit is basis."
    )


def test_nothing_said_is_no_conflict() -> None:
    family = tuple(a_request(key, household="h", effort_minutes=400) for key in "ab")
    assert conflicts(Problem(requests=family, caseworkers=(a_caseworker(),))) == ()
    assert (
        conflicts(Problem(requests=(a_request(only="w1", required_level=3),), caseworkers=(a_caseworker(),))) == ()
    )
    assert conflicts(a_city(1, requests=40, caseworkers=10)) == ()


@pytest.mark.parametrize("seed", range(60))
def test_every_conflict_can_be_said(seed: int) -> None:
    problem = a_contradictory_problem(seed)
    for conflict in conflicts(problem):
        for language in LANGUAGES:
            said = in_words(conflict, language, NAMES)
            assert said.endswith(".")
            assert "{" not in said
            assert "None" not in said


def test_barriers_of_a_conflict_are_those_of_the_specification() -> None:
    problem = Problem(requests=(a_request(pinned_to="w1", required_level=2),), caseworkers=(a_caseworker(),))
    (conflict,) = conflicts(problem)
    assert conflict.barriers == barriers(problem.requests[0], problem.caseworkers[0], problem.policy)
