"""The price of another choice is exact: nobody finds a cheaper plan with that pair in it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from solver import (
    Barrier,
    Caseworker,
    Forced,
    Limits,
    Move,
    Plan,
    Problem,
    Request,
    barriers,
    cost,
    effort_for,
    force,
    force_each,
    force_now,
    honoured_pins,
    in_words,
    solve,
    violations,
)
from solver.sentences import LANGUAGES
from solver.words import Sayable
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem
from tests.solver.test_plans import every_plan

COUNT = 5_000 if int(os.environ.get("STADSBREED_SOAK", "0")) else 300
LIMITS = Limits(effort=20)
ROOM = {"maximum", "target"}


def home_of(problem: Problem, key: str) -> list[Request]:
    own = problem.request(key)
    if own.household is None:
        return [own]
    return [request for request in problem.requests if request.household == own.household]


def decided(problem: Problem, home: list[Request], worker: Caseworker) -> Problem:
    """Return the problem in which some requests have become load of a caseworker."""
    minutes = sum(effort_for(request, worker, problem.policy) for request in home)
    loaded = replace(
        worker, load_minutes=worker.load_minutes + minutes, new_in_week=worker.new_in_week + len(home)
    )
    return replace(
        problem,
        requests=tuple(request for request in problem.requests if request not in home),
        caseworkers=tuple(loaded if item == worker else item for item in problem.caseworkers),
    )


def pins_beside(problem: Problem, home: list[Request], worker: Caseworker) -> dict[str, str]:
    """Return the pins that hold when a pair goes first: tried one by one against the specification."""
    free = [replace(request, pinned_to=None) for request in problem.requests]
    pinless = replace(problem, requests=tuple(free))
    unpinned = replace(
        problem, requests=tuple(replace(r, pinned_to=None) if r in home else r for r in problem.requests)
    )
    kept: dict[str, str] = {request.key: worker.key for request in home}
    for key, to in honoured_pins(unpinned).items():
        together = dict.fromkeys((request.key for request in home_of(problem, key)), to)
        if not violations(pinless, kept | together):
            kept |= together
    return kept


def least_with(problem: Problem, home: list[Request], worker: Caseworker) -> tuple[int, int, int]:
    """Return the lowest cost of all plans with a pair in them, above the caseworker's room if need be."""
    pinless = replace(problem, requests=tuple(replace(r, pinned_to=None) for r in problem.requests))
    pair = {request.key: worker.key for request in home}
    if violations(pinless, pair):
        rest = decided(problem, home, worker)
        plans: Iterator[dict[str, str]] = (plan | pair for plan in every_plan(rest) if not violations(rest, plan))
    else:
        kept = pins_beside(problem, home, worker)
        plans = (
            plan for plan in every_plan(pinless) if kept.items() <= plan.items() and not violations(pinless, plan)
        )
    return min(cost(problem, plan) for plan in plans)


def is_barred(problem: Problem, home: list[Request], worker: Caseworker) -> bool:
    found = {barrier.code for request in home for barrier in barriers(request, worker, problem.policy)}
    most = worker.new_per_week
    return bool(found - ROOM) or (most is not None and worker.new_in_week + len(home) > most)


def every_pair(seeds: range) -> Iterator[tuple[Problem, Plan, str, Caseworker]]:
    """Yield pairs of small problems; in every other one most of the plan is pinned, as when rounds run."""
    for seed in seeds:
        problem = a_small_problem(seed)
        plan = solve(problem, LIMITS)
        if seed % 2:
            pinned = [replace(r, pinned_to=plan.assignments.get(r.key)) for r in problem.requests[1:]]
            problem = replace(problem, requests=(problem.requests[0], *pinned))
            plan = solve(problem, LIMITS)
        for request in problem.requests[:2]:
            for worker in problem.caseworkers:
                yield problem, plan, request.key, worker


@pytest.mark.parametrize("part", range(5))
def test_no_plan_with_the_pair_is_cheaper_than_the_price_says(part: int) -> None:
    outcomes = set()
    for problem, plan, key, worker in every_pair(range(part, COUNT, 5)):
        home = home_of(problem, key)
        forced = force(problem, plan, key, worker.key, LIMITS)
        outcomes.add((forced.possible, forced.above_room))
        assert forced.possible != is_barred(problem, home, worker)
        if forced.possible:
            paid = tuple(tier.cost + more.cost for tier, more in zip(plan.tiers, forced.tiers, strict=True))
            if plan.assignments.get(key) != worker.key:
                assert paid == least_with(problem, home, worker), (part, problem)
            assert all(more.cost == more.bound for more in forced.tiers)
            assert forced.proven
            assert after(problem, plan, forced) == paid
    assert outcomes == {(False, False), (True, False), (True, True)}


def after(problem: Problem, plan: Plan, forced: Forced) -> tuple[int, int, int]:
    """Return what the plan costs once the pair and every move in it were made."""
    moved: dict[str, str | None] = dict(plan.assignments)
    moved |= {forced.request: forced.caseworker} | {move.request: move.becomes for move in forced.moves}
    return cost(problem, {key: to for key, to in moved.items() if to is not None})


def plan_of(*requests: Request, workers: tuple[Caseworker, ...]) -> tuple[Problem, Plan]:
    problem = Problem(requests=requests, caseworkers=workers)
    return problem, solve(problem, LIMITS)


def by_tier(forced: Forced) -> Mapping[str, int]:
    return {tier.name: tier.cost for tier in forced.tiers}


def test_who_has_to_move_is_named_with_where_to() -> None:
    first = a_request("a", required_level=1, waiting_days=3)
    second = a_request("b", required_level=1)
    workers = (a_caseworker(load_minutes=420), a_caseworker("w2", levels={"finances": 2}, load_minutes=420))
    problem, plan = plan_of(first, second, workers=workers)
    taker = plan.assignments["a"]
    other = "w2" if taker == "w1" else "w1"
    forced = force(problem, plan, "a", other, LIMITS)
    assert forced.moves == (Move("b", other, taker),)
    assert by_tier(forced) == {"overdue": 0, "waiting": 0, "points": 0}


def test_who_then_waits_is_named_and_weighs_in_its_tier() -> None:
    requests = (a_request("a", required_level=1), a_request("b", required_level=2, waiting_days=1))
    workers = (a_caseworker(), a_caseworker("w2", levels={"finances": 2}, load_minutes=420))
    problem, plan = plan_of(*requests, workers=workers)
    assert plan.assignments == {"a": "w1", "b": "w2"}
    forced = force(problem, plan, "a", "w2", LIMITS)
    assert forced.moves == (Move("b", "w2", None),)
    assert by_tier(forced)["waiting"] == 120


def test_a_choice_above_the_maximum_is_possible_and_says_so() -> None:
    problem, plan = plan_of(a_request(effort_minutes=120), workers=(a_caseworker(load_minutes=540),))
    forced = force(problem, plan, "r1", "w1", LIMITS)
    assert (forced.possible, forced.above_room, forced.moves) == (True, True, ())
    assert by_tier(forced) == {"overdue": 0, "waiting": -120, "points": 20 + 180 - 60 + 108 * 2}


def test_a_choice_that_may_not_be_names_its_barriers() -> None:
    problem, plan = plan_of(
        a_request(required_level=2), workers=(a_caseworker(), a_caseworker("w2", active=False))
    )
    forced = force(problem, plan, "r1", "w2", LIMITS)
    assert not forced.possible
    assert {barrier.code for barrier in forced.barriers} == {"not-available", "level"}
    assert forced.tiers == ()
    assert force(problem, plan, "r1", "w1", LIMITS).barriers == (
        Barrier("level", {"topic": "finances", "needed": 2, "has": 1}),
    )


def test_what_the_plan_says_already_costs_nothing() -> None:
    problem, plan = plan_of(a_request(), workers=(a_caseworker(),))
    forced = force(problem, plan, "r1", "w1", LIMITS)
    assert (by_tier(forced), forced.moves) == ({"overdue": 0, "waiting": 0, "points": 0}, ())
    assert forced.proven


def test_a_pin_gives_way_to_the_pair_only_when_it_must() -> None:
    pinned = (a_request("a", pinned_to="w1"), a_request("b", pinned_to="w1", waiting_days=5))
    workers = (a_caseworker(load_minutes=360), a_caseworker("w2"))
    problem, plan = plan_of(*pinned, a_request("c"), workers=workers)
    assert plan.assignments == {"a": "w1", "b": "w1", "c": "w2"}
    forced = force(problem, plan, "c", "w1", LIMITS)
    assert forced.moves == (Move("a", "w1", "w2"),)


def test_the_best_five_others_are_priced_in_the_order_of_the_plan() -> None:
    problem = a_city(1, requests=25, caseworkers=10)
    plan = solve(problem, LIMITS)
    placement = max(plan.placed, key=lambda item: len(item.alternatives))
    each = force_each(problem, plan, placement.request, LIMITS)
    assert [item.caseworker for item in each] == [other.caseworker for other in placement.alternatives]
    for item, other in zip(each, placement.alternatives, strict=True):
        cheapest = (by_tier(item)["overdue"], by_tier(item)["waiting"], by_tier(item)["points"])
        assert other.displaces or cheapest <= (0, 0, other.extra_points)
        assert (cheapest == (0, 0, other.extra_points)) <= (not item.moves)


def test_a_request_that_waits_has_the_price_of_those_who_fit_it_best() -> None:
    problem, plan = plan_of(
        a_request("a", waiting_days=9), a_request("b"), workers=(a_caseworker(load_minutes=420),)
    )
    (forced,) = force_each(problem, plan, "b", LIMITS)
    assert (forced.moves, by_tier(forced)["waiting"]) == ((Move("a", "w1", None),), 600 - 60)
    assert force_now(problem, "b", "w1", LIMITS) == forced


NAMES = {"w1": "GRO-04", "w2": "CEW-01", "finances": "geldzaken", "b": "HV-2"}


def test_another_choice_is_told_in_words() -> None:
    requests = (a_request("a", required_level=1), a_request("b", required_level=2, waiting_days=1))
    workers = (a_caseworker(), a_caseworker("w2", levels={"finances": 2}, load_minutes=420))
    forced = force(*plan_of(*requests, workers=workers), "a", "w2", LIMITS)
    assert in_words(forced, "nl", NAMES) == "CEW-01 kost 20 punten meer. Dan moet wachten: 1 andere hulpvraag."
    assert in_words(forced, "en", NAMES) == "CEW-01 costs 20 points more. Then must wait: 1 other request."
    assert in_words(forced.moves[0], "nl", NAMES) == "HV-2 was voor CEW-01 en moet wachten."


def test_words_say_when_it_cannot_be_goes_above_the_room_or_is_not_proven() -> None:
    problem, plan = plan_of(a_request(effort_minutes=120), workers=(a_caseworker(load_minutes=540),))
    forced = force(problem, plan, "r1", "w1", LIMITS)
    assert "above the agreed room of GRO-04. Nothing changes for other requests." in in_words(forced, "en", NAMES)
    assert "misschien kost het minder" in in_words(replace(forced, proven=False), "nl", NAMES)
    problem, plan = plan_of(a_request(required_level=2), workers=(a_caseworker(),))
    said = in_words(force(problem, plan, "r1", "w1", LIMITS), "nl", NAMES)
    assert said.startswith("GRO-04 kan deze vraag niet aannemen. Weet te weinig van geldzaken")


@pytest.mark.parametrize("seed", range(40))
def test_every_choice_and_every_move_can_be_said(seed: int) -> None:
    for problem, plan, key, worker in every_pair(range(seed, seed + 1)):
        forced = force(problem, plan, key, worker.key, LIMITS)
        for language in LANGUAGES:
            said_of: list[Sayable] = [forced, *forced.moves]
            for item in said_of:
                said = in_words(item, language, NAMES)
                assert said.endswith(".")
                assert "{" not in said
                assert "None" not in said


@pytest.mark.parametrize(("request_key", "caseworker_key"), [("x", "w1"), ("r1", "x")])
def test_keys_that_nobody_has_are_refused(request_key: str, caseworker_key: str) -> None:
    problem, plan = plan_of(a_request(), workers=(a_caseworker(),))
    with pytest.raises(KeyError):
        force(problem, plan, request_key, caseworker_key, LIMITS)
