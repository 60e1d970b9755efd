"""The price of a minute is what one minute more would save, in its own tier."""

from dataclasses import replace

import pytest

from solver import CapacityPrices, Problem, Request, Urgency, desk_of, recommend
from solver.pricing import capacity_prices
from tests.solver.problems import a_caseworker, a_city, a_request


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


def test_in_a_city_with_too_little_room_prices_steer_away_from_the_rooms_that_others_need() -> None:
    city = a_city(2, requests=120, caseworkers=30, ratio=1.6)
    prices = capacity_prices(city)
    assert max(prices.waiting.values()) > 0
    steered, plain = desk_of(city, prices), desk_of(city)
    taken = [
        tuple(sum(prices.waiting[o.caseworker] for o in recommend(desk, r, 1).options) for r in city.requests)
        for desk in (steered, plain)
    ]
    assert sum(taken[0]) < sum(taken[1])
    light = replace(city.requests[0], waiting_days=0, overdue=False, urgency=Urgency.NORMAL, required_level=0)
    assert recommend(steered, replace(light, topic="unclear")).options
