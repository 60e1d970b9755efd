"""Walk-in hours: every rule at its boundary, the best timetable against all of them, the same one each time."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from benchmarks.timetables import a_timetable_problem
from solver import Limits
from solver.timetable import (
    Host,
    Slot,
    Staffing,
    TimetableError,
    TimetableProblem,
    Walkin,
    WalkinPrices,
    arrange,
    broken_rules,
    wishes,
)

LIMITS = Limits(effort=10)
MONDAY, TUESDAY = Slot(0, 0), Slot(1, 0)
MORNING, NOON = Walkin("CEW", MONDAY), Walkin("CEW", Slot(0, 1))


def a_host(key: str, **fields: Any) -> Host:
    """Return somebody who knows about money, is always free, and may be anywhere three times a week."""
    given: dict[str, Any] = {
        "locations": frozenset({"CEW", "GRO"}),
        "topics": frozenset({"finances"}),
        "free": frozenset(Slot(day, part) for day in range(2) for part in range(2)),
        "most_shifts": 3,
    }
    return Host(key=key, **{**given, **fields})


def a_week(*hosts: Host, **fields: Any) -> TimetableProblem:
    """Return two days of two parts for two locations that want two walk-ins each."""
    given: dict[str, Any] = {
        "openings": {"CEW": 2, "GRO": 2},
        "days": 2,
        "parts": 2,
        "topics": frozenset({"finances"}),
    }
    return TimetableProblem(hosts=hosts, **{**given, **fields})


def staffed(**walkins: set[str]) -> dict[Walkin, frozenset[str]]:
    """Return a timetable written as CEW_00={"a", "b"}: location, day, part."""
    found = {}
    for name, keys in walkins.items():
        location, day_and_part = name.split("_")
        found[Walkin(location, Slot(*map(int, day_and_part)))] = frozenset(keys)
    return found


def codes(problem: TimetableProblem, staffing: Staffing) -> list[str]:
    return [violation.code for violation in broken_rules(problem, staffing)]


A, B, C = a_host("a"), a_host("b"), a_host("c")


@pytest.mark.parametrize(
    ("hosts", "staffing", "broken"),
    [
        ((A, B), staffed(CEW_00={"a", "b"}), []),
        ((A, B), staffed(CEW_00={"a"}), ["too-few-hosts"]),
        ((A, B), staffed(CEW_00=set()), ["too-few-hosts", "without-expertise"]),
        ((A, B), staffed(XXX_00={"a", "b"}), ["unknown-location", "not-their-location", "not-their-location"]),
        ((A, B), staffed(CEW_20={"a", "b"}), ["outside-week", "not-free", "not-free"]),
        ((A, B), staffed(CEW_00={"a", "b", "z"}), ["unknown-host"]),
        ((A, replace(B, topics=frozenset())), staffed(CEW_00={"a", "b"}), []),
        (
            (replace(A, topics=frozenset()), replace(B, topics=frozenset({"housing"}))),
            staffed(CEW_00={"a", "b"}),
            ["without-expertise"],
        ),
        ((A, replace(B, free=frozenset({MONDAY}))), staffed(CEW_00={"a", "b"}), []),
        ((A, replace(B, free=frozenset({TUESDAY}))), staffed(CEW_00={"a", "b"}), ["not-free"]),
        ((A, replace(B, locations=frozenset({"GRO"}))), staffed(CEW_00={"a", "b"}), ["not-their-location"]),
        ((A, B, C), staffed(CEW_00={"a", "b"}, CEW_10={"a", "c"}), []),
        (
            (A, B, C),
            staffed(CEW_00={"a", "b"}, CEW_01={"b", "c"}, CEW_10={"a", "c"}),
            ["too-many-openings"],
        ),
        ((A, B, C), staffed(CEW_00={"a", "b"}, GRO_00={"a", "c"}), ["two-places-at-once"]),
        ((A, replace(B, most_shifts=2)), staffed(CEW_00={"a", "b"}, GRO_01={"a", "b"}), []),
        ((A, replace(B, most_shifts=1)), staffed(CEW_00={"a", "b"}, GRO_01={"a", "b"}), ["too-many-shifts"]),
    ],
)
def test_every_rule_is_broken_just_beyond_its_boundary(
    hosts: tuple[Host, ...], staffing: Staffing, broken: list[str]
) -> None:
    assert codes(a_week(*hosts), staffing) == broken


def test_three_must_be_there_when_the_week_asks_three() -> None:
    week = a_week(A, B, C, least_hosts=3)
    assert codes(week, staffed(CEW_00={"a", "b"})) == ["too-few-hosts"]
    assert codes(week, staffed(CEW_00={"a", "b", "c"})) == []


def test_one_person_may_cover_two_topics() -> None:
    both = replace(A, topics=frozenset({"finances", "housing"}))
    week = a_week(both, replace(B, topics=frozenset()), topics=frozenset({"finances", "housing"}))
    assert codes(week, staffed(CEW_00={"a", "b"})) == []


def test_every_wish_has_its_price() -> None:
    prices = WalkinPrices(
        opening_missing=1_000, slot_without=100, day_twice=10, opening_moved=7, host_moved=3, shift=1
    )
    previous = staffed(CEW_00={"a", "c"}, GRO_11={"a", "b"})
    week = a_week(A, B, C, prices=prices, previous=previous)
    assert wishes(week, {}) == {
        "opening_missing": 4_000,
        "slot_without": 400,
        "day_twice": 0,
        "opening_moved": 14,
        "host_moved": 0,
        "shift": 0,
    }
    assert wishes(week, staffed(CEW_00={"a", "b"}, CEW_01={"a", "b"})) == {
        "opening_missing": 2_000,
        "slot_without": 200,
        "day_twice": 10,
        "opening_moved": 7,
        "host_moved": 3,
        "shift": 4,
    }
    assert wishes(week, previous)["opening_moved"] == wishes(week, previous)["host_moved"] == 0


def every_timetable(problem: TimetableProblem) -> Iterator[dict[Walkin, frozenset[str]]]:
    """Yield every timetable in which nobody is where they may not be."""
    pairs = [
        (host.key, Walkin(location, slot))
        for host in problem.hosts
        for location in sorted(host.locations)
        for slot in sorted(host.free)
    ]
    for size in range(len(pairs) + 1):
        for chosen in combinations(pairs, size):
            staffing: dict[Walkin, frozenset[str]] = {}
            for key, walkin in chosen:
                staffing[walkin] = staffing.get(walkin, frozenset()) | {key}
            yield staffing


def a_tiny_problem(seed: int) -> TimetableProblem:
    """Return a week with so few people that every timetable can be tried: at most 4,096."""
    problem = a_timetable_problem(seed, hosts=6, days=2, parts=2, locations=("CEW", "GRO", "NIE"))
    few: list[Host] = []
    for host in problem.hosts:
        if sum(len(one.locations) * len(one.free) for one in [*few, host]) <= 12:
            few.append(host)
    openings = {location: (seed + i) % 3 for i, location in enumerate(problem.openings)}
    return replace(problem, hosts=tuple(few), openings=openings, least_hosts=1 + seed % 2)


@pytest.mark.parametrize("seed", range(60))
def test_the_best_timetable_keeps_the_rules_and_none_is_cheaper(seed: int) -> None:
    problem = a_tiny_problem(seed)

    found = arrange(problem, LIMITS)

    right = [staffing for staffing in every_timetable(problem) if not broken_rules(problem, staffing)]
    assert broken_rules(problem, found.staffing) == []
    assert found.optimal
    assert found.wishes == wishes(problem, found.staffing)
    assert found.cost == min(sum(wishes(problem, staffing).values()) for staffing in right)


@pytest.mark.parametrize("seed", range(1, 21))
def test_the_timetable_of_a_city_is_proven_within_a_fraction_of_its_effort(seed: int) -> None:
    problem = a_timetable_problem(seed)
    found = arrange(problem, Limits(effort=0.5))
    assert broken_rules(problem, found.staffing) == []
    assert found.optimal
    assert found.reproducible


def test_the_same_week_gives_the_same_timetable_whatever_the_order_of_its_people() -> None:
    problem = a_timetable_problem(3)
    again = replace(problem, hosts=problem.hosts[::-1])
    assert arrange(problem, LIMITS).staffing == arrange(again, LIMITS).staffing


def test_without_people_no_walkin_is_open_and_that_is_proven() -> None:
    found = arrange(a_week(), LIMITS)
    assert found.staffing == {}
    assert found.optimal


def test_the_timetable_that_people_know_stays_when_nothing_speaks_against_it() -> None:
    previous = staffed(CEW_01={"a", "b"}, CEW_11={"a", "c"}, GRO_00={"b", "c"}, GRO_10={"a", "b"})
    found = arrange(a_week(A, B, C, previous=previous), LIMITS)
    assert found.staffing == previous


def test_people_who_are_gone_and_hours_that_no_longer_exist_may_stand_in_the_previous_timetable() -> None:
    found = arrange(a_week(A, B, previous=staffed(CEW_00={"a", "gone"}, OLD_99={"b"})), LIMITS)
    assert found.optimal
    assert found.wishes["opening_moved"] >= 10


def test_a_week_that_cannot_be_right_names_every_fault() -> None:
    with pytest.raises(TimetableError) as error:
        a_week(
            replace(A, most_shifts=-1),
            A,
            openings={"CEW": -1},
            days=8,
            least_hosts=0,
            prices=WalkinPrices(shift=-1),
        )
    assert len(error.value.faults) == 6


def test_judging_a_timetable_needs_no_solver_library() -> None:
    line = "import sys, solver.timetable; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], check=False).returncode == 0
