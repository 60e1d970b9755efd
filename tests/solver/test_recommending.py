"""A recommendation is the specification for one request, only quicker; prices steer it and hide nobody."""

from dataclasses import replace
from typing import Any

import pytest

from solver import (
    CapacityPrices,
    Option,
    Problem,
    Ranking,
    Recommendation,
    Request,
    Scarcity,
    Unavailable,
    Urgency,
    barriers,
    canonical,
    desk_of,
    effort_for,
    free_minutes,
    in_words,
    rank,
    reason_of,
    recommend,
    unavailable,
)
from solver.prices import all_terms, is_cross_district
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem

SMALL = [a_small_problem(seed) for seed in range(300)]
CITIES = [a_city(seed, requests=25, caseworkers=40, ratio=0.3) for seed in range(4)]


def as_specified(problem: Problem, request: Request) -> Ranking:
    """Return the ranking straight from the rules and the prices, one caseworker after another."""
    policy, options, others = problem.policy, [], []
    for worker in problem.caseworkers:
        found = barriers(request, worker, policy)
        if found:
            others.append(Unavailable(worker.key, found))
            continue
        minutes = problem.travel_minutes(request, worker)
        before = worker.load_minutes
        terms = all_terms(request, worker, policy, travel_minutes=minutes, before_minutes=before)
        points, effort = sum(term.points for term in terms), effort_for(request, worker, policy)
        options.append(Option(worker.key, points, terms, effort, is_cross_district(request, worker)))
    options.sort(key=by_fit)
    return Ranking(request.key, tuple(options), tuple(others))


@pytest.mark.parametrize("problem", [*SMALL, *CITIES])
def test_a_recommendation_is_what_the_rules_and_the_prices_say(problem: Problem) -> None:
    desk = desk_of(problem)
    for request in problem.requests:
        specified = as_specified(problem, request)
        found = recommend(desk, request)
        assert found.options == specified.options[:5]
        assert found.able == len(specified.options)
        assert unavailable(desk, request) == specified.unavailable
        assert rank(problem, request.key) == specified


def test_of_many_who_can_take_it_the_best_five_are_the_first_of_all() -> None:
    problem = a_city(3, requests=30, caseworkers=900, ratio=0.02)
    plain, steered = desk_of(problem), desk_of(problem, some_prices(problem))
    for request in problem.requests:
        for desk in (plain, steered):
            assert recommend(desk, request).options == recommend(desk, request, most=None).options[:5]
    assert any(recommend(plain, request).able > 300 for request in problem.requests)


def some_prices(problem: Problem) -> CapacityPrices:
    """Return prices of which many are equal and many are 0."""
    keys = [worker.key for worker in problem.caseworkers]
    return CapacityPrices(
        overdue=dict.fromkeys(keys[::9], 0.25),
        waiting={key: (i % 4) / 2 for i, key in enumerate(keys)},
        points={key: (i % 3) / 10 for i, key in enumerate(keys)},
    )


@pytest.mark.parametrize("problem", CITIES)
def test_steered_options_are_the_same_people_at_the_same_points_in_the_order_of_the_tiers(
    problem: Problem,
) -> None:
    plain, steered = desk_of(problem), desk_of(problem, some_prices(problem))
    for request in problem.requests:
        options = recommend(steered, request, most=None).options
        without = [replace(option, scarcity=None) for option in options]
        assert sorted(without, key=by_fit) == list(recommend(plain, request, most=None).options)
        assert list(options) == sorted(options, key=lambda option: by_prices(problem, request, option))


def by_fit(option: Option) -> tuple[int, str]:
    """Return what options are ordered by when no prices are known."""
    return option.points, option.caseworker


def by_prices(problem: Problem, request: Request, option: Option) -> tuple[int, int, int, int, str]:
    """Return what options are ordered by when prices are known."""
    taken = option.scarcity
    assert taken is not None
    (worker,) = (worker for worker in problem.caseworkers if worker.key == option.caseworker)
    free = free_minutes(worker, ordinary=request.ordinary, policy=problem.policy)
    left_over = free - option.effort_minutes if taken.is_scarce else 0
    return taken.overdue, taken.waiting, left_over, option.points + taken.points, option.caseworker


def scarce(
    waiting: float = 0.0, *, overdue: float = 0.0, is_overdue: bool = False, **fields: Any
) -> Recommendation:
    """Return the recommendation of one hour's work beside one caseworker whose minutes have a price."""
    request = a_request(overdue=is_overdue, **fields)
    prices = CapacityPrices(overdue={"w1": overdue}, waiting={"w1": waiting})
    return recommend(desk_of(Problem(requests=(), caseworkers=(a_caseworker(),)), prices), request)


@pytest.mark.parametrize(("price", "better"), [(0.0, False), (2.99, False), (3.0, False), (3.02, True)])
def test_it_is_better_to_wait_when_the_minutes_are_worth_more_than_the_request_weighs(
    price: float, better: bool
) -> None:
    found = scarce(price, waiting_days=2)
    assert found.waiting_weight == 180
    assert found.better_waits is better
    assert len(found.options) == 1


def test_a_crisis_is_never_advised_to_wait() -> None:
    assert not scarce(1_000.0, urgency=Urgency.CRISIS).better_waits
    assert scarce(1_000.0, urgency=Urgency.URGENT).better_waits


def test_what_is_overdue_gives_way_to_what_is_overdue_only() -> None:
    assert not scarce(1_000.0, is_overdue=True).better_waits
    assert scarce(overdue=1.1, is_overdue=True).better_waits
    assert scarce(overdue=0.1).better_waits


def test_without_prices_or_without_anybody_nothing_is_advised() -> None:
    problem = Problem(requests=(), caseworkers=(a_caseworker(),))
    found = recommend(desk_of(problem), a_request())
    assert found.options[0].scarcity is None
    assert not found.better_waits
    nobody = recommend(
        desk_of(problem, CapacityPrices(waiting={"w1": 9.0})), a_request(topic="housing", required_level=1)
    )
    assert nobody.options == ()
    assert not nobody.better_waits
    assert in_words(nobody, "en", {}) == "Nobody can take this request now."


def test_who_has_no_price_is_worth_nothing_to_others() -> None:
    workers = (a_caseworker("w1"), a_caseworker("w2"))
    desk = desk_of(Problem(requests=(), caseworkers=workers), CapacityPrices(waiting={"w1": 0.5}))
    options = recommend(desk, a_request()).options
    assert [(option.caseworker, option.scarcity) for option in options] == [
        ("w2", Scarcity(0, 0, 0)),
        ("w1", Scarcity(0, 30, 0)),
    ]


SCARCE = ("Deze ruimte is schaars: anderen wachten erop.", "This room is scarce: others wait for it.")
WANTED = ("Deze ruimte past ook goed bij anderen: 7 punten.", "This room suits others well, too: 7 points.")
PLENTY = ("Deze ruimte is niet schaars.", "This room is not scarce.")


@pytest.mark.parametrize(
    ("scarcity", "said"),
    [
        (Scarcity(0, 1, 0), SCARCE),
        (Scarcity(1, 0, 0), SCARCE),
        (Scarcity(0, 0, 7), WANTED),
        (Scarcity(0, 0, 0), PLENTY),
    ],
)
def test_scarcity_is_said_in_both_languages(scarcity: Scarcity, said: tuple[str, str]) -> None:
    assert (in_words(scarcity, "nl", {}), in_words(scarcity, "en", {})) == said


def test_the_reason_says_that_a_room_is_scarce_and_the_advice_why_it_may_wait() -> None:
    found = scarce(5.0)
    assert reason_of(found.options[0], "nl", {"w1": "GRO-04"}) == (
        "GRO-04 heeft de kennis en de ruimte; wat minder past: meer ervaring dan nodig; "
        "deze ruimte is schaars: anderen wachten erop."
    )
    assert in_words(found, "nl", {}).startswith("Voor de hele stad is het beter dat deze vraag wacht")
    assert in_words(scarce(), "en", {}) == "This request can go to a caseworker now."


def test_a_request_with_an_interpreter_takes_more_from_others() -> None:
    found = scarce(1.0, required_languages=frozenset({"ar"}), interpreter_allowed=True)
    assert found.options[0].effort_minutes == 90
    assert found.options[0].scarcity == Scarcity(0, 90, 0)


def test_prices_are_read_back_from_their_json_as_they_were() -> None:
    prices = some_prices(a_city(1, requests=1, caseworkers=12))
    assert canonical.from_json(CapacityPrices, canonical.to_json(prices)) == prices
