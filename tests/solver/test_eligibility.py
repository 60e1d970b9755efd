"""Each rule of eligibility at its boundary."""

from typing import Any

import pytest

from solver import UNCLEAR, Policy, Urgency, barriers, commit_barriers, effort_for
from solver.eligibility import FACTS_OF_BARRIERS
from tests.solver.problems import a_caseworker, a_request

POLICY = Policy()


def codes(request: dict[str, Any] | None = None, caseworker: dict[str, Any] | None = None) -> list[str]:
    found = barriers(a_request(**(request or {})), a_caseworker(**(caseworker or {})), POLICY)
    return [barrier.code for barrier in found]


def test_a_request_that_fits_meets_no_barrier() -> None:
    assert codes() == []


@pytest.mark.parametrize(("free", "expected"), [(119, ["maximum"]), (120, []), (121, [])])
def test_urgent_work_of_two_hours_needs_two_free_hours_below_the_maximum(free: int, expected: list[str]) -> None:
    assert codes({"urgency": Urgency.URGENT, "effort_minutes": 120}, {"load_minutes": 600 - free}) == expected


@pytest.mark.parametrize(("free", "expected"), [(119, ["target"]), (120, []), (121, [])])
def test_ordinary_work_of_two_hours_needs_two_free_hours_below_the_target(free: int, expected: list[str]) -> None:
    assert codes({"effort_minutes": 120}, {"load_minutes": 480 - free}) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, ["target"]), ({"overdue": True}, []), ({"urgency": "urgent"}, []), ({"urgency": "crisis"}, [])],
)
def test_only_what_cannot_wait_may_go_above_the_target(fields: dict[str, Any], expected: list[str]) -> None:
    given = {name: Urgency(value) if name == "urgency" else value for name, value in fields.items()}
    assert codes(given, {"load_minutes": 480}) == expected


def test_ordinary_work_may_go_up_to_the_maximum_when_the_policy_says_so() -> None:
    pooled = Policy(ordinary_below_target=False)
    assert barriers(a_request(), a_caseworker(load_minutes=480), pooled) == ()


@pytest.mark.parametrize(("load", "expected"), [(480, []), (540, []), (541, ["maximum"])])
def test_at_a_commit_the_maximum_is_the_limit_and_not_the_target(load: int, expected: list[str]) -> None:
    found = commit_barriers(a_request(), a_caseworker(load_minutes=load), POLICY)
    assert [barrier.code for barrier in found] == expected


@pytest.mark.parametrize(("level", "expected"), [(1, ["level"]), (2, []), (3, [])])
def test_the_level_must_be_at_least_the_required_one(level: int, expected: list[str]) -> None:
    assert codes({"required_level": 2}, {"levels": {"finances": level}}) == expected


@pytest.mark.parametrize(("level", "expected"), [(1, ["level"]), (2, [])])
def test_an_unclear_request_fits_whoever_has_the_level_in_any_topic(level: int, expected: list[str]) -> None:
    assert codes({"topic": UNCLEAR, "required_level": 2}, {"levels": {"housing": level}}) == expected


def test_one_of_the_required_languages_is_enough() -> None:
    wanted = {"required_languages": frozenset({"ar", "tr"})}
    assert codes(wanted) == ["language"]
    assert codes(wanted, {"languages": frozenset({"tr"})}) == []
    assert codes({**wanted, "interpreter_allowed": True}) == []


def test_an_interpreter_adds_minutes_only_where_one_is_needed() -> None:
    request = a_request(required_languages=frozenset({"ar"}), interpreter_allowed=True)
    assert effort_for(request, a_caseworker(), POLICY) == 60 + POLICY.interpreter_minutes
    assert effort_for(request, a_caseworker(languages=frozenset({"ar"})), POLICY) == 60


@pytest.mark.parametrize(("load", "expected"), [(389, []), (390, []), (391, ["target"])])
def test_the_minutes_of_an_interpreter_must_fit_too(load: int, expected: list[str]) -> None:
    request = {"required_languages": frozenset({"ar"}), "interpreter_allowed": True}
    assert codes(request, {"load_minutes": load}) == expected


def test_every_required_attribute_must_be_declared() -> None:
    wanted = {"required_attributes": frozenset({"home-visit", "sign-language"})}
    assert codes(wanted, {"attributes": frozenset({"home-visit"})}) == ["attributes"]
    assert codes(wanted, {"attributes": frozenset({"home-visit", "sign-language"})}) == []


def test_an_exclusion_and_an_ended_employment_read_alike() -> None:
    excluded = barriers(a_request(excluded=frozenset({"w1"})), a_caseworker(), POLICY)
    ended = barriers(a_request(), a_caseworker(active=False), POLICY)
    assert excluded == ended
    assert [(barrier.code, dict(barrier.facts)) for barrier in excluded] == [("not-available", {})]


def test_a_resident_who_waits_for_somebody_gets_nobody_else() -> None:
    assert codes({"only": "w2"}) == ["waits-for-another"]
    assert codes({"only": "w1"}) == []


@pytest.mark.parametrize(("first_day", "expected"), [(2, []), (3, []), (4, ["absent"]), (None, ["absent"])])
def test_they_must_be_present_by_the_day_help_must_start(first_day: int | None, expected: list[str]) -> None:
    assert codes({"start_within_days": 3}, {"present_from_day": first_day}) == expected


@pytest.mark.parametrize(("new", "expected"), [(2, []), (3, ["pace"]), (4, ["pace"])])
def test_three_new_requests_a_week_are_the_most_when_that_was_agreed(new: int, expected: list[str]) -> None:
    assert codes(None, {"new_in_week": new, "new_per_week": 3}) == expected


def test_without_an_agreed_pace_there_is_no_limit() -> None:
    assert codes(None, {"new_in_week": 99}) == []


def test_an_unconfirmed_load_takes_nothing() -> None:
    assert codes(None, {"load_confirmed": False}) == ["load-unconfirmed"]


def test_all_barriers_are_named_at_once() -> None:
    wrong = codes(
        {
            "excluded": frozenset({"w1"}),
            "only": "w2",
            "required_level": 3,
            "required_languages": frozenset({"ar"}),
            "required_attributes": frozenset({"home-visit"}),
            "start_within_days": 0,
        },
        {"present_from_day": 1, "new_per_week": 0, "load_confirmed": False, "load_minutes": 600},
    )
    assert set(wrong) == set(FACTS_OF_BARRIERS) - {"target"}
