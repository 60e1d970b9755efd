"""What is stored of a round: it can be checked without the solver, and replayed to the same plan."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

import solver
from app.kit.errors import WrongStatus
from app.rounds import service
from app.rounds.rules import Trigger
from app.rounds.service.stored import StoredRound
from tests.builders import NOW, a_caseworker, a_help_request
from tests.rounds.conftest import RunRound


@pytest.fixture
def done(session: Session, run_round: RunRound) -> StoredRound:
    """A round of nine requests over three teams, as it was stored."""
    for location in ("GRO", "NIE", "ZUI"):
        a_caseworker(session, location_code=location, target_minutes=240)
    for number in range(9):
        a_help_request(session, received_at=NOW - timedelta(days=number))
    return service.stored(session, run_round().id)


def with_plan(found: StoredRound, **changes: Any) -> StoredRound:
    """Return a stored round whose plan says something else."""
    return replace(found, plan=replace(found.plan, **changes))


def test_a_round_is_in_order_and_says_how_each_bound_is_known(done: StoredRound) -> None:
    checked = service.check(done)

    assert checked.faults == ()
    assert [tier.name for tier in checked.tiers] == ["overdue", "waiting", "points"]
    assert all(tier.cost == tier.bound for tier in checked.tiers)


def test_a_rule_that_a_stored_plan_breaks_is_named(done: StoredRound) -> None:
    first = done.plan.placed[0].caseworker
    crowded = tuple(replace(placement, caseworker=first) for placement in done.plan.placed)

    faults = service.check(with_plan(done, placed=crowded)).faults

    assert any(fault.startswith("over-maximum") and first in fault for fault in faults)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cost": 0, "bound": 0}, "the specification says"),
        ({"bound": 10_000_000}, "is above the cost"),
        ({"bound": 0}, "do not say so"),
    ],
)
def test_costs_and_bounds_that_can_not_be_true_are_named(done: StoredRound, change: Any, says: str) -> None:
    *others, points = done.plan.tiers
    worth_something = replace(points, cost=points.cost + 100, bound=points.cost + 100)
    tiers = (*others, replace(worth_something, **change))

    faults = "\n".join(service.check(with_plan(done, tiers=tiers)).faults)

    assert says in faults
    assert "the round states other costs or bounds than its plan" in faults


@pytest.fixture
def priced(session: Session, run_round: RunRound) -> StoredRound:
    """A round whose requests take different minutes, so that prices prove its bounds."""
    for location in ("GRO", "NIE"):
        a_caseworker(session, location_code=location, target_minutes=360, maximum_minutes=400)
    for number in range(9):
        a_help_request(session, received_at=NOW - timedelta(days=number), asked_effort_minutes=80 + 10 * number)
    return service.stored(session, run_round().id)


def test_a_round_that_prices_prove_is_in_order_and_replays(priced: StoredRound) -> None:
    assert len(priced.plan.proofs) == 3
    assert service.check(priced).faults == ()
    assert service.replay(priced).same


def test_a_price_that_was_tampered_with_is_found(priced: StoredRound) -> None:
    overdue, waiting, points = priced.plan.proofs
    dearest = max(waiting.requests, key=lambda key: waiting.requests[key])
    tampered = replace(waiting, requests={**waiting.requests, dearest: 100 * waiting.requests[dearest]})

    faults = service.check(with_plan(priced, proofs=(overdue, tampered, points))).faults

    assert any(fault.startswith("waiting: the prices prove") for fault in faults)


def test_a_bound_that_its_prices_do_not_prove_is_found(priced: StoredRound) -> None:
    overdue, waiting, points = priced.plan.proofs
    modest = replace(points, searched=False, bound=0)

    (fault,) = service.check(with_plan(priced, proofs=(overdue, waiting, modest))).faults

    assert fault.startswith("points: the bound is stated as")


def test_a_round_replays_to_the_same_plan(done: StoredRound) -> None:
    replayed = service.replay(done)

    assert (replayed.same, replayed.differences, replayed.because) == (True, (), ())


def test_a_replay_that_differs_says_what_and_why(session: Session, done: StoredRound) -> None:
    done.row.versions = done.row.versions | {"ortools": "8.0"}
    moved = done.plan.placed[0]
    other = with_plan(done, placed=done.plan.placed[1:], reproducible=False)

    replayed = service.replay(other)

    assert replayed.differences == (f"request {moved.request}: was with nobody, now with {moved.caseworker}",)
    first, second = replayed.because
    assert first.startswith("ortools was 8.0, is 9.15")
    assert "cut the round short" in second


def test_a_fallback_is_said_to_explain_a_difference(done: StoredRound) -> None:
    fallback = replace(done, plan=solver.rank_all(done.problem))

    assert any("the ranking stood in" in reason for reason in service.replay(fallback).because)


def test_a_round_that_is_not_done_can_not_be_judged(session: Session) -> None:
    queued = service.request_round(session, Trigger.DEMAND, actor=None, now=NOW)

    with pytest.raises(WrongStatus, match="not done"):
        service.stored(session, queued.id)


def test_a_round_that_was_run_before_plans_were_stored_can_not_be_judged(
    session: Session, done: StoredRound
) -> None:
    done.row.plan = None

    with pytest.raises(WrongStatus, match="before plans were stored"):
        service.stored(session, done.row.id)
