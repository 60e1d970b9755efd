"""What one more hour would change is counted exactly beside the plan, and the most worth come first."""

import os
from dataclasses import replace
from itertools import chain, combinations

import pytest

from solver import (
    CapacityPrices,
    Caseworker,
    ExtraHour,
    MalformedError,
    Plan,
    Problem,
    Request,
    Urgency,
    cost,
    in_words,
    rank_all,
    stored_extra_hours,
    violations,
)
from solver.arrays import arrays_of
from solver.explain import outcome_of
from solver.extra_hours import extra_hours
from solver.prices import price_of_waiting
from solver.sentences import LANGUAGES
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem

COUNT = 5_000 if int(os.environ.get("STADSBREED_SOAK", "0")) else 600
Three = tuple[int, int, int]


def with_hour(problem: Problem, key: str) -> Problem:
    """Return the problem in which one caseworker has an hour more, below target and maximum."""
    workers = tuple(
        replace(w, target_minutes=w.target_minutes + 60, maximum_minutes=w.maximum_minutes + 60)
        if w.key == key
        else w
        for w in problem.caseworkers
    )
    return replace(problem, caseworkers=workers)


def saved(problem: Problem, plan: Plan, key: str, starts: tuple[str, ...]) -> Three | None:
    """Return what an hour saves when some requests start with a caseworker; None when that breaks a rule."""
    after = plan.assignments | dict.fromkeys(starts, key)
    roomier = with_hour(problem, key)
    pinned = replace(roomier, requests=tuple(replace(r, pinned_to=after.get(r.key)) for r in roomier.requests))
    if violations(pinned, after):
        return None
    before, now = cost(problem, plan.assignments), cost(roomier, after)
    return before[0] - now[0], before[1] - now[1], before[2] - now[2]


def most(problem: Problem, plan: Plan, worker: Caseworker, topic: str | None) -> tuple[int, int]:
    """Return the most weight that an hour of one caseworker can save, by trying everything."""
    waits = [item.request for item in plan.unplaced if topic in (None, problem.request(item.request).topic)]
    sets = chain.from_iterable(combinations(waits, size) for size in range(len(waits) + 1))
    found = [gain for one in sets if (gain := saved(problem, plan, worker.key, one)) is not None]
    return max((gain[:2] for gain in found), default=(0, 0))


def everybody(problem: Problem, hour: ExtraHour) -> list[Caseworker]:
    """Return the caseworkers whose hour it may be."""
    return [
        worker
        for worker in problem.caseworkers
        if hour.caseworker in (None, worker.key)
        and hour.location in (None, worker.location)
        and (hour.topic is None or worker.level_in(hour.topic) > 0)
    ]


def is_exact(problem: Problem, plan: Plan, hour: ExtraHour) -> bool:
    """Say whether an hour with somebody does what is said, and no hour of theirs saves more weight."""
    people = everybody(problem, hour)
    worth = (hour.overdue, hour.waiting, hour.points)
    said = any(saved(problem, plan, worker.key, hour.starts) == worth for worker in people)
    return said and hour.worth[:2] == max(most(problem, plan, worker, hour.topic) for worker in people)


@pytest.mark.parametrize("part", range(4))
def test_every_hour_does_what_is_said_and_none_of_the_same_people_more(part: int) -> None:
    for seed in range(part, COUNT, 4):
        problem = a_small_problem(seed)
        plan = rank_all(problem)
        for hour in plan.extra_hours:
            assert hour == ExtraHour() or is_exact(problem, plan, hour), (seed, hour)


@pytest.mark.parametrize("part", range(4))
def test_nobodys_hour_is_worth_more_than_the_first_that_is_named(part: int) -> None:
    for seed in range(part, COUNT, 4):
        problem = a_small_problem(seed)
        plan = rank_all(problem)
        best = max((most(problem, plan, worker, None) for worker in problem.caseworkers), default=(0, 0))
        own = [hour.worth[:2] for hour in plan.extra_hours if hour.caseworker is not None]
        assert max(own, default=(0, 0)) == best, seed
        assert [hour.worth for hour in plan.extra_hours if hour.caseworker] == sorted(
            (hour.worth for hour in plan.extra_hours if hour.caseworker), reverse=True
        )


def test_an_hour_of_which_too_much_is_said_is_noticed() -> None:
    problem = a_city_of_two()
    plan = rank_all(problem)
    hour = plan.extra_hours[0]
    assert is_exact(problem, plan, hour)
    assert not is_exact(problem, plan, replace(hour, waiting=hour.waiting + 1))
    assert not is_exact(problem, plan, replace(hour, starts=()))


def a_city_of_two() -> Problem:
    """Return two locations where all are full, and two people in one district who wait for half an hour."""
    waits = tuple(a_request(key, effort_minutes=30, required_level=2) for key in "ab")
    workers = (
        a_caseworker("w1", location="OOS", levels={"finances": 2}, load_minutes=480),
        a_caseworker("w2", location="NOR", levels={"finances": 1, "housing": 3}, load_minutes=480),
    )
    return Problem(requests=waits, caseworkers=workers)


NAMES = {"finances": "schulden", "OOS": "Oost", "w1": "OOS-01"}


def test_where_expertise_is_scarce_is_told_in_words() -> None:
    hours = rank_all(a_city_of_two()).extra_hours
    assert [in_words(hour, "nl", NAMES) for hour in hours] == [
        "Een uur meer per week voor schulden in Oost laat 2 inwoners eerder beginnen.",
        "Een uur meer per week bij OOS-01 laat 2 inwoners eerder beginnen.",
    ]
    assert (
        in_words(hours[0], "en", NAMES)
        == "One more hour a week for schulden in Oost would start 2 people earlier."
    )


def test_a_topic_stands_alone_where_the_location_does_not_matter() -> None:
    problem = a_city_of_two()
    both = tuple(replace(worker, levels={"finances": 2}) for worker in problem.caseworkers)
    first = rank_all(replace(problem, caseworkers=both)).extra_hours[0]
    assert (first.topic, first.location, first.starts) == ("finances", None, ("a", "b"))


def test_a_location_stands_alone_when_several_topics_would_start() -> None:
    requests = (a_request("a", effort_minutes=30), a_request("b", effort_minutes=30, topic="housing"))
    worker = a_caseworker(load_minutes=480, levels={"finances": 1, "housing": 1})
    hours = rank_all(Problem(requests=requests, caseworkers=(worker,))).extra_hours
    assert [(h.topic, h.location, h.starts) for h in hours[:3]] == [
        (None, "CEW", ("a", "b")),
        ("finances", "CEW", ("a",)),
        ("housing", "CEW", ("b",)),
    ]


def test_more_hours_that_would_change_nothing_say_so() -> None:
    hopeless = Problem(requests=(a_request(required_level=3),), caseworkers=(a_caseworker(),))
    (hour,) = rank_all(hopeless).extra_hours
    assert in_words(hour, "nl", {}) == "Een uur meer per week, bij wie ook, verandert nu niets."
    assert in_words(hour, "en", {}) == "One more hour a week, for whomever, would change nothing now."


def hours_of(requests: tuple[Request, ...], worker: Caseworker, prices: CapacityPrices | None) -> list[ExtraHour]:
    problem = Problem(requests=requests, caseworkers=(worker,))
    arrays = arrays_of(problem)
    outcome = outcome_of(problem, arrays, rank_all(problem).assignments)
    return [hour for hour in extra_hours(outcome, prices) if hour.caseworker is not None]


def test_work_above_target_is_what_an_hour_saves_when_nobody_waits() -> None:
    urgent = a_request(urgency=Urgency.URGENT)
    (hour,) = hours_of((urgent,), a_caseworker(load_minutes=450), None)
    assert (hour.starts, hour.points, hour.exact) == ((), 30, True)
    assert in_words(hour, "nl", NAMES) == "Een uur meer per week bij OOS-01 scheelt 30 punten."


def test_where_nothing_starts_beside_the_plan_the_relaxations_prices_are_an_estimate() -> None:
    (hour,) = hours_of((a_request(),), a_caseworker(), CapacityPrices(waiting={"w1": 2.5}, points={"w1": 0.1}))
    assert (hour.exact, hour.waiting, hour.points) == (False, 150, 6)
    assert in_words(hour, "en", NAMES).endswith(
        "make room for those who wait, if caseworkers pass work on to each other."
    )
    (hour,) = hours_of((a_request(),), a_caseworker(), CapacityPrices(points={"w1": 0.1}))
    assert "at most 6 points" in in_words(hour, "en", NAMES)


def test_a_city_names_at_most_five_of_each_kind_and_each_is_exact() -> None:
    problem = a_city(1, requests=120, caseworkers=30, ratio=1.2)
    plan = rank_all(problem)
    people = [hour for hour in plan.extra_hours if hour.caseworker is not None]
    assert 0 < len(people) <= 5
    assert 0 < len(plan.extra_hours) - len(people) <= 5
    for hour in plan.extra_hours:
        worth = (hour.overdue, hour.waiting, hour.points)
        assert any(saved(problem, plan, w.key, hour.starts) == worth for w in everybody(problem, hour))
        weight = sum(price_of_waiting(problem.request(key), problem.policy) for key in hour.starts)
        assert hour.overdue + hour.waiting == weight


@pytest.mark.parametrize("seed", range(20))
def test_the_hours_of_a_stored_plan_are_read_by_themselves(seed: int) -> None:
    plan = rank_all(a_small_problem(seed))
    assert stored_extra_hours(plan.to_json()) == plan.extra_hours


@pytest.mark.parametrize("text", ["", "[]", '{"extra_hours": [3]}', '{"extra_hours": [{"points": "many"}]}'])
def test_what_is_no_plan_has_no_hours(text: str) -> None:
    with pytest.raises(MalformedError):
        stored_extra_hours(text)


@pytest.mark.parametrize("seed", range(40))
def test_every_hour_can_be_said(seed: int) -> None:
    for hour in rank_all(a_small_problem(seed)).extra_hours:
        for language in LANGUAGES:
            said = in_words(hour, language, NAMES)
            assert said.endswith(".")
            assert "{" not in said
            assert "None" not in said
