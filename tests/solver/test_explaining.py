"""Rankings, alternatives and waiting reasons say what is true, in both languages."""

import string
from collections.abc import Iterator
from typing import Any

import pytest

from solver import Limits, Plan, Problem, Request, in_words, outcome_texts, rank, rank_all, reason_of, solve, texts
from solver.eligibility import FACTS_OF_BARRIERS
from solver.outcome_texts import UNLOCKS, WAITING
from solver.prices import TERM_NAMES
from solver.sentences import LANGUAGES, duration
from solver.texts import BARRIERS, DETAILS, TERMS
from solver.unlocking import UNLOCKS as UNLOCK_CODES
from solver.waiting import BESIDE_THE_PLAN, REASONS
from solver.words import Sayable
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem

NAMES = {"w1": "GRO-04", "w2": "CEW-01", "finances": "geldzaken"}
LIMITS = Limits(effort=5)


def plan_of(requests: tuple[Request, ...], *workers: Any) -> Plan:
    return solve(Problem(requests=requests, caseworkers=workers), LIMITS)


def test_a_ranking_orders_by_points_and_names_every_barrier_of_the_others() -> None:
    workers = (
        a_caseworker("w1", levels={"finances": 3}),
        a_caseworker("w2"),
        a_caseworker("w3", active=False),
    )
    ranking = rank(Problem(requests=(a_request(required_level=1),), caseworkers=workers), "r1")
    assert [(option.caseworker, option.points) for option in ranking.options] == [("w2", 0), ("w1", 100)]
    assert [(item.caseworker, item.barriers[0].code) for item in ranking.unavailable] == [("w3", "not-available")]


def test_ranking_an_unknown_request_is_refused() -> None:
    with pytest.raises(KeyError):
        rank(Problem(requests=(), caseworkers=()), "r1")


def test_a_placement_adds_up_and_has_at_most_five_alternatives_best_first() -> None:
    plan = rank_all(a_city(1, requests=60, caseworkers=20))
    assert any(len(placement.alternatives) == 5 for placement in plan.placed)
    for placement in plan.placed:
        assert placement.points == sum(term.points for term in placement.terms)
        order = [(bool(other.displaces), other.extra_points) for other in placement.alternatives]
        assert order == sorted(order)
        assert placement.caseworker not in {other.caseworker for other in placement.alternatives}


def test_the_extra_points_of_an_alternative_are_what_the_plan_costs_more() -> None:
    from solver import cost, violations

    for seed in range(40):
        problem = a_small_problem(seed)
        plan = rank_all(problem)
        for placement in plan.placed:
            home = problem.request(placement.request).household
            moved = {
                r.key for r in problem.requests if r.key == placement.request or (home and r.household == home)
            }
            for other in placement.alternatives:
                changed = plan.assignments | dict.fromkeys(moved, other.caseworker)
                extra = cost(problem, changed)[2] - plan.tiers[2].cost
                assert extra == other.extra_points, seed
                left = {key: value for key, value in changed.items() if key not in other.displaces}
                found = {violation.code for violation in violations(problem, left)}
                assert found <= {"pin-moved", "household-split"}, seed


def test_a_displaced_request_says_so_and_what_would_place_it() -> None:
    requests = (a_request("a", waiting_days=9), a_request("b"))
    waits = plan_of(requests, a_caseworker(load_minutes=420)).unplaced[0]
    assert (waits.request, waits.reason) == ("b", "displaced")
    assert waits.unlocked_by is not None
    assert (waits.unlocked_by.code, dict(waits.unlocked_by.facts)) == (
        "use-room-above-target",
        {"caseworker": "w1", "more": 60},
    )


@pytest.mark.parametrize(
    ("request_fields", "worker_fields", "reason", "unlock"),
    [
        ({"required_level": 2}, {}, "no-level", "lower-level"),
        ({"required_languages": frozenset({"ar"})}, {}, "no-language", "allow-interpreter"),
        ({"required_attributes": frozenset({"x"})}, {}, "no-attributes", "without-attributes"),
        ({"start_within_days": 1}, {"present_from_day": 2}, "nobody-present", "start-later"),
        ({}, {"load_confirmed": False}, "load-unconfirmed", "confirm-load"),
        ({}, {"new_per_week": 0}, "pace-reached", "one-more-this-week"),
        ({"effort_minutes": 120}, {"load_minutes": 481}, "no-room", "more-minutes"),
        ({"effort_minutes": 120}, {"load_minutes": 390}, "no-room-below-target", "use-room-above-target"),
        ({"only": "w9"}, {}, "chosen-one-cannot", "no-longer-wait-for-one"),
        ({"excluded": frozenset({"w1"})}, {}, "nobody-available", None),
    ],
)
def test_what_waits_names_its_barrier_and_the_single_change_that_helps(
    request_fields: dict[str, Any], worker_fields: dict[str, Any], reason: str, unlock: str | None
) -> None:
    waits = plan_of((a_request(**request_fields),), a_caseworker(**worker_fields)).unplaced[0]
    assert waits.reason == reason
    assert (waits.unlocked_by and waits.unlocked_by.code) == unlock
    for language in LANGUAGES:
        assert "{" not in in_words(waits, language, NAMES)


def test_the_numbers_behind_a_lack_of_room_are_named() -> None:
    waits = plan_of((a_request(effort_minutes=120),), a_caseworker(load_minutes=510)).unplaced[0]
    assert in_words(waits, "en", NAMES).startswith("Needs 2 hours a week; the largest free room is 1 hour and 30")
    assert in_words(waits, "nl", NAMES).startswith(
        "Nodig is 2 uur per week; de grootste vrije ruimte is 1 uur en 30"
    )


def test_two_barriers_at_once_are_no_single_change() -> None:
    worker = a_caseworker(load_confirmed=False, new_per_week=0)
    assert plan_of((a_request(),), worker).unplaced[0].unlocked_by is None


def test_words_use_the_names_they_are_given_and_never_another_key() -> None:
    barrier = rank(Problem(requests=(a_request(only="w2"),), caseworkers=(a_caseworker(),)), "r1")
    said = in_words(barrier.unavailable[0].barriers[0], "nl", NAMES)
    assert "CEW-01" in said
    assert "w2" not in said


def test_a_reason_is_one_sentence_about_the_caseworker() -> None:
    placement = plan_of((a_request(previous_caseworker="w1", required_level=0),), a_caseworker()).placed[0]
    assert reason_of(placement, "en", NAMES) == (
        "GRO-04 has the expertise and the room, helped this resident before; "
        "what fits less: more expertise than needed."
    )
    assert reason_of(placement, "nl", NAMES).endswith("; wat minder past: meer ervaring dan nodig.")


def every_pair() -> Iterator[tuple[str, str]]:
    """Yield every text that there is, in both languages."""
    for module in (texts, outcome_texts):
        for by_code in (vars(module)[name] for name in vars(module) if name.isupper()):
            for value in by_code.values():
                yield from [value] if isinstance(value[0], str) else value


def test_every_code_has_words_in_both_languages() -> None:
    assert set(BARRIERS) == set(FACTS_OF_BARRIERS) == set(REASONS)
    assert set(TERMS) == set(DETAILS) == set(TERM_NAMES)
    assert {*REASONS.values(), *BESIDE_THE_PLAN} == set(WAITING)
    assert set(UNLOCK_CODES.values()) == set(UNLOCKS)
    assert len(list(every_pair())) > 100
    for dutch, english in every_pair():
        assert dutch.strip()
        assert english.strip()
        assert _placeholders(dutch) == _placeholders(english)


def _placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("seed", range(60))
def test_everything_in_a_plan_can_be_said(seed: int) -> None:
    problem = a_small_problem(seed)
    plan = rank_all(problem)
    terms = [term for placement in plan.placed for term in placement.terms]
    others = [other for placement in plan.placed for other in placement.alternatives]
    ranking = rank(problem, problem.requests[0].key)
    found = [barrier for item in ranking.unavailable for barrier in item.barriers]
    everything: list[Sayable] = [*terms, *others, *found, *plan.placed, *plan.unplaced]
    for item in everything:
        for language in LANGUAGES:
            said = in_words(item, language, NAMES)
            assert said.endswith(".")
            assert "{" not in said


@pytest.mark.parametrize(
    ("minutes", "dutch", "english"),
    [
        (0, "0 minuten", "0 minutes"),
        (1, "1 minuut", "1 minute"),
        (60, "1 uur", "1 hour"),
        (61, "1 uur en 1 minuut", "1 hour and 1 minute"),
        (150, "2 uur en 30 minuten", "2 hours and 30 minutes"),
    ],
)
def test_minutes_are_said_as_people_say_them(minutes: int, dutch: str, english: str) -> None:
    assert (duration(minutes, "nl"), duration(minutes, "en")) == (dutch, english)
