"""The price of a minute is what one minute more would save, in its own tier."""

import pytest

from solver import CapacityPrices, Policy, Problem, Request, Urgency, desk_of, recommend
from solver.pricing import capacity_prices
from tests.solver.problems import a_caseworker, a_request


def prices_beside(free: int, *requests: Request) -> CapacityPrices:
    """Return the prices of a caseworker with so many minutes left, below target and maximum alike."""
    worker = a_caseworker(maximum_minutes=480, load_minutes=480 - free)
    return capacity_prices(Problem(requests=requests, caseworkers=(worker,)))


def test_a_minute_that_lacks_is_worth_what_the_lightest_that_waits_weighs() -> None:
    heavy, light = a_request("a", waiting_days=2), a_request("b")
    assert 1.0 <= prices_beside(60, heavy, light).waiting["w1"] <= 3.0
    assert prices_beside(59, heavy, light).waiting == {"w1": 0.0}
    assert prices_beside(60, heavy).waiting == {"w1": 0.0}
    assert prices_beside(120, heavy, light).waiting == {"w1": 0.0}
    assert prices_beside(90, heavy, light).waiting == pytest.approx({"w1": 1.0})


def test_what_is_overdue_has_a_price_of_its_own() -> None:
    overdue = a_request("a", overdue=True), a_request("b", overdue=True)
    found = prices_beside(60, *overdue, a_request("c"))
    assert found.overdue == pytest.approx({"w1": 1.0})


def test_points_are_priced_among_plans_in_which_least_waits() -> None:
    near, far = a_caseworker("near", maximum_minutes=60, target_minutes=60), a_caseworker("far", location="GRO")
    requests = tuple(a_request(key, district="CEW", required_level=1) for key in ("a", "b"))
    travel = {("CEW", "GRO"): 12}
    found = capacity_prices(Problem(requests=requests, caseworkers=(near, far), travel=travel))
    assert found.waiting == pytest.approx({"near": 0.0, "far": 0.0})
    assert found.points == pytest.approx({"near": 12 / 60, "far": 0.0})


def test_urgent_work_prices_the_room_above_the_target_only() -> None:
    worker = a_caseworker(maximum_minutes=540, target_minutes=480, load_minutes=480)
    urgent = tuple(a_request(key, urgency=Urgency.URGENT) for key in ("a", "b"))
    assert capacity_prices(Problem(requests=urgent, caseworkers=(worker,))).waiting == pytest.approx({"w1": 10.0})
    ordinary = (a_request("a"), a_request("b"))
    assert capacity_prices(Problem(requests=ordinary, caseworkers=(worker,))).waiting == {"w1": 0.0}


def test_nothing_to_price_gives_prices_of_nothing() -> None:
    assert capacity_prices(Problem(requests=(), caseworkers=())) == CapacityPrices()
    assert capacity_prices(Problem(requests=(), caseworkers=(a_caseworker(),))).waiting == {"w1": 0.0}


def test_a_light_request_is_steered_away_from_the_room_that_only_one_can_give_to_others() -> None:
    specialist = a_caseworker("near", levels={"finances": 3}, load_minutes=360)
    other = a_caseworker("other", location="GRO")
    hard = tuple(a_request(f"hard{i}", required_level=3) for i in range(4))
    city = Problem(requests=hard, caseworkers=(specialist, other), policy=Policy(wasted_specialist_points=0))
    light = a_request(required_level=1, previous_caseworker="near")
    prices = capacity_prices(city)
    assert recommend(desk_of(city), light).options[0].caseworker == "near"
    assert recommend(desk_of(city, prices), light).options[0].caseworker == "other"
    assert not recommend(desk_of(city, prices), light).better_waits
