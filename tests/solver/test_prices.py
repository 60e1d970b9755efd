"""Each wish at its boundary, and what no policy may ever price."""

from dataclasses import fields
from typing import Any

import pytest

from solver import Caseworker, Policy, PolicyError, Request, Urgency, describe_policy
from solver.prices import TERM_NAMES, all_terms, load_price, price_of_waiting
from tests.solver.problems import a_caseworker, a_request

POLICY = Policy()
MONEY = ("money", "euro", "wage", "salary", "cost", "tariff", "rate", "budget", "fee", "income")


def points(name: str, request: dict[str, Any], caseworker: dict[str, Any] | None = None) -> int:
    terms = all_terms(
        a_request(**request),
        a_caseworker(**(caseworker or {})),
        POLICY,
        travel_minutes=7,
        before_minutes=0,
    )
    return next(term.points for term in terms if term.name == name)


def test_every_term_is_there_also_those_of_no_points() -> None:
    terms = all_terms(a_request(), a_caseworker(), POLICY, travel_minutes=None, before_minutes=0)
    assert tuple(term.name for term in terms) == TERM_NAMES
    assert sum(term.points for term in terms) == 20


@pytest.mark.parametrize("kind", [Policy, Request, Caseworker])
def test_nothing_in_a_problem_or_policy_is_about_money(kind: type) -> None:
    names = [item.name for item in fields(kind)]
    assert not [name for name in names for word in name.split("_") if word in MONEY]


def test_no_term_and_no_described_price_is_about_money() -> None:
    said = " ".join([*TERM_NAMES, *(about["meaning"] for about in describe_policy().values())])
    assert not set(said.replace("-", " ").split()) & set(MONEY)


@pytest.mark.parametrize(("level", "expected"), [(1, 0), (2, 1), (3, 2)])
def test_each_level_more_than_asked_is_priced(level: int, expected: int) -> None:
    paid = points("expertise-wasted", {"required_level": 1}, {"levels": {"finances": level}})
    assert paid == expected * POLICY.wasted_level_points


@pytest.mark.parametrize(("level", "expected"), [(1, 2), (2, 1), (3, 0)])
def test_each_level_less_than_was_asked_at_first_is_priced(level: int, expected: int) -> None:
    asked = {"required_level": 1, "asked_level": 3}
    assert points("expertise-short", asked, {"levels": {"finances": level}}) == expected * 120


@pytest.mark.parametrize(("asked", "level", "paid"), [(2, 2, False), (2, 3, True), (3, 3, False)])
def test_a_specialist_is_kept_free_for_what_needs_one(asked: int, level: int, paid: bool) -> None:
    got = points("specialist", {"required_level": asked}, {"levels": {"finances": level}})
    assert got == (POLICY.wasted_specialist_points if paid else 0)


@pytest.mark.parametrize(
    ("name", "field", "met", "unmet", "price"),
    [
        ("continuity", "previous_caseworker", "w1", "w2", POLICY.continuity_points),
        ("coordinator", "coordinator", "w1", "w2", POLICY.coordinator_points),
        ("stability", "shown", "w1", "w2", POLICY.stability_points),
        ("preferred-location", "preferred_location", "CEW", "GRO", POLICY.preferred_location_points),
        ("preferred-language", "preferred_languages", frozenset({"nl"}), frozenset({"ar"}), 40),
        ("other-topics", "other_topics", frozenset({"finances"}), frozenset({"housing"}), 15),
        ("interpreter", "required_languages", frozenset({"nl"}), frozenset({"ar"}), 40),
        ("travel", "district", "CEW", "GRO", 7 * POLICY.district_weight),
    ],
)
def test_a_wish_costs_its_price_only_when_it_is_not_met(
    name: str, field: str, met: object, unmet: object, price: int
) -> None:
    assert points(name, {}) == 0
    assert points(name, {field: met}) == 0
    assert points(name, {field: unmet}) == price


@pytest.mark.parametrize(("minutes", "expected"), [(480, 0), (481, 1), (552, 72), (553, 75)])
def test_load_is_free_up_to_the_target_and_then_ever_dearer(minutes: int, expected: int) -> None:
    assert load_price(a_caseworker(), minutes, POLICY) == expected


@pytest.mark.parametrize(
    ("urgency", "days", "expected"),
    [(Urgency.NORMAL, 0, 60), (Urgency.NORMAL, 1, 120), (Urgency.URGENT, 1, 1200), (Urgency.CRISIS, 0, 3000)],
)
def test_waiting_weighs_urgency_times_days_times_effort(urgency: Urgency, days: int, expected: int) -> None:
    assert price_of_waiting(a_request(urgency=urgency, waiting_days=days), POLICY) == expected


def test_the_district_weight_goes_from_fully_pooled_to_own_district_first() -> None:
    request, worker = a_request(district="GRO"), a_caseworker()

    def travel(weight: int) -> int:
        terms = all_terms(request, worker, Policy(district_weight=weight), travel_minutes=5, before_minutes=0)
        return next(term.points for term in terms if term.name == "travel")

    assert (travel(0), travel(1), travel(100)) == (0, 5, 500)


def test_every_field_of_a_policy_is_described() -> None:
    about = describe_policy()
    assert set(about) == {item.name for item in fields(Policy)}
    assert all({"meaning", "unit", "default", "source"} <= set(item) for item in about.values())


@pytest.mark.parametrize("name", [item.name for item in fields(Policy) if item.type is int])
def test_every_price_has_a_range_that_is_kept(name: str) -> None:
    about = describe_policy()[name]
    for value in (about["least"], about["most"]):
        assert getattr(Policy(**{name: value}), name) == value
    for value in (about["least"] - 1, about["most"] + 1, True, 1.5):
        with pytest.raises(PolicyError, match=name):
            Policy(**{name: value})  # type: ignore[arg-type]


def test_all_faults_of_a_policy_are_named_at_once() -> None:
    with pytest.raises(PolicyError) as error:
        Policy(crisis_weight=0, stability_points=-1, load_prices=((100, 1), (100, 2)))
    assert len(error.value.faults) == 3
