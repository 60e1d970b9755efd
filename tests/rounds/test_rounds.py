"""Rounds: from what waits to proposals that stay put."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import solver
from app.help_requests import service as requests
from app.kit import db
from app.kit.child_process import ChildProcess
from app.kit.events import EventRow
from app.rounds import service
from app.rounds.models import Round
from app.rounds.rules import DecisionKind, ProposalState, RoundState, Trigger, Verdict
from app.rounds.service.running import solve
from app.rounds.service.storing import store
from tests.builders import NOW, a_caseworker, a_help_request, an_absence, an_actor, an_assignment, an_opening_load
from tests.rounds.builders import a_proposal, open_proposals, started_round
from tests.rounds.conftest import SECONDS, RunRound

AWAY = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=200)}


def a_queued_round(session: Session, trigger: Trigger = Trigger.INTAKE) -> Round:
    return service.request_round(session, trigger, actor=None, now=NOW)


def test_a_round_proposes_a_caseworker_for_what_waits_and_says_why(session: Session, run_round: RunRound) -> None:
    worker = a_caseworker(session)
    request = a_help_request(session)

    done = run_round()

    assert (done.state, done.request_count, done.placed_count) == (RoundState.DONE, 1, 1)
    assert (done.optimal, done.fallback, done.unplaced) == (True, False, [])
    assert [tier["name"] for tier in done.tiers] == ["overdue", "waiting", "points"]
    assert done.milliseconds is not None
    assert done.solver_milliseconds is not None
    (proposal,) = open_proposals(session)
    assert (proposal.help_request_id, proposal.caseworker_id) == (request.id, worker.id)
    assert proposal.terms


def test_nobody_of_unknown_age_takes_part(session: Session, run_round: RunRound) -> None:
    a_caseworker(session)
    a_help_request(session, adult=None)

    assert run_round().request_count == 0


def test_a_proposal_expires_at_the_end_of_the_next_working_day(session: Session, run_round: RunRound) -> None:
    a_caseworker(session)
    a_help_request(session)

    run_round()

    (proposal,) = open_proposals(session)
    assert proposal.expires_at.isoformat() == "2026-11-24T23:00:00+00:00"
    assert service.expire(session, proposal.expires_at - timedelta(seconds=1)) == 0
    assert service.expire(session, proposal.expires_at) == 1
    assert open_proposals(session) == []


def test_proposals_fit_together(session: Session, run_round: RunRound) -> None:
    a_caseworker(session, target_minutes=480, maximum_minutes=600)
    for _ in range(6):
        a_help_request(session, asked_effort_minutes=120)

    done = run_round()

    assert (done.placed_count, len(done.unplaced)) == (4, 2)
    assert sum(item.effort_minutes for item in open_proposals(session)) == 480


def test_an_unchanged_proposal_keeps_its_id_and_version_over_rounds(session: Session, run_round: RunRound) -> None:
    a_caseworker(session)
    a_help_request(session)
    run_round()
    (before,) = open_proposals(session)
    as_it_was = (before.id, before.version, before.expires_at)

    for trigger in (Trigger.INTAKE, Trigger.DEMAND):
        assert run_round(trigger).kept_count == 1

    (after,) = open_proposals(session)
    assert (after.id, after.version, after.expires_at) == as_it_was


def test_a_better_caseworker_changes_a_proposal_on_demand_only(session: Session, run_round: RunRound) -> None:
    here = a_caseworker(session, location_code="GRO", levels={"finances": 3})
    request = a_help_request(session, asked_level=1)
    a_proposal(session, request, here)
    better = a_caseworker(session, location_code="GRO", levels={"finances": 1})

    run_round(Trigger.CHANGE)
    assert [item.caseworker_id for item in open_proposals(session)] == [here.id]

    run_round(Trigger.DEMAND)
    (changed,) = open_proposals(session)
    assert changed.caseworker_id == better.id
    assert changed.because == {"was": str(here.id), "code": "better-plan", "facts": {}}


def test_a_proposal_that_became_impossible_is_replaced_with_the_reason(
    session: Session, run_round: RunRound
) -> None:
    gone, there = a_caseworker(session), a_caseworker(session)
    old = a_proposal(session, caseworker=gone)
    an_absence(session, gone, **AWAY)

    run_round(Trigger.CHANGE)

    (new,) = open_proposals(session)
    assert (new.caseworker_id, new.replaces_id) == (there.id, old.id)
    assert new.because is not None
    assert (new.because["was"], new.because["code"]) == (str(gone.id), "absent")
    session.refresh(old)
    assert (old.state, old.version) == (ProposalState.REPLACED, 2)


def test_an_impossible_proposal_ends_also_when_nobody_else_can(session: Session, run_round: RunRound) -> None:
    gone = a_caseworker(session)
    a_proposal(session, caseworker=gone)
    an_absence(session, gone, **AWAY)

    done = run_round(Trigger.CHANGE)

    assert open_proposals(session) == []
    assert [item["reason"] for item in done.unplaced] == ["nobody-present"]


def test_a_second_round_fills_only_what_the_open_proposals_leave(session: Session, run_round: RunRound) -> None:
    worker = a_caseworker(session, target_minutes=240)
    stays = a_proposal(session, caseworker=worker)
    for _ in range(2):
        a_help_request(session, received_at=NOW - timedelta(days=20))

    run_round()

    assert stays.id in {item.id for item in open_proposals(session)}
    assert sum(item.effort_minutes for item in open_proposals(session)) == 240


def test_every_proposal_stands_in_the_history_of_its_request(session: Session, run_round: RunRound) -> None:
    a_caseworker(session)
    requests_made = [a_help_request(session) for _ in range(3)]

    run_round()

    for request in requests_made:
        rows = session.scalars(select(EventRow).where(EventRow.subject_id == request.id)).all()
        assert [(row.sequence, row.type) for row in rows] == [(1, "proposal.made")]


def test_what_is_decided_while_the_solver_works_stands(session: Session, child: ChildProcess) -> None:
    gone, other = a_caseworker(session), a_caseworker(session)
    proposal = a_proposal(session, caseworker=gone)
    an_absence(session, gone, **AWAY)
    started = started_round(a_queued_round(session).id)
    lead = an_actor(session)
    locked = service.lock_open(session, proposal.id, actor=lead, now=NOW)
    verdict = Verdict(DecisionKind.OVERRIDE, "learning", caseworker_id=other.id)
    service.decide(session, locked, verdict, actor=lead, now=NOW)

    store(session, started, solve(started, child, SECONDS), now=NOW)

    assert open_proposals(session) == []


def test_who_is_excluded_while_the_solver_works_is_not_proposed(session: Session, child: ChildProcess) -> None:
    worker = a_caseworker(session)
    request = a_help_request(session)
    started = started_round(a_queued_round(session).id)
    requests.exclude(session, request, worker.id, actor=None, now=NOW)

    store(session, started, solve(started, child, SECONDS), now=NOW)

    assert open_proposals(session) == []


def test_a_request_that_is_withdrawn_while_the_solver_works_gets_no_proposal(
    session: Session, child: ChildProcess
) -> None:
    a_caseworker(session)
    request = a_help_request(session)
    started = started_round(a_queued_round(session).id)
    requests.withdraw(session, request, actor=an_actor(session), now=NOW)

    store(session, started, solve(started, child, SECONDS), now=NOW)

    assert open_proposals(session) == []


def test_a_round_whose_row_was_failed_meanwhile_stores_nothing(session: Session, child: ChildProcess) -> None:
    a_caseworker(session)
    a_help_request(session)
    row = a_queued_round(session)
    started = started_round(row.id)
    started_round(a_queued_round(session).id)

    assert store(session, started, solve(started, child, SECONDS), now=NOW) is None
    assert (row.state, open_proposals(session)) == (RoundState.FAILED, [])


def test_when_the_solver_dies_the_ranking_stands_in_and_says_so(session: Session) -> None:
    a_caseworker(session)
    a_help_request(session)
    row = a_queued_round(session)
    dies = ChildProcess((os.abort,))

    service.run(row.id, child=dies, seconds=SECONDS)
    dies.close()

    session.refresh(row)
    assert (row.state, row.fallback, row.placed_count) == (RoundState.DONE, True, 1)
    assert len(open_proposals(session)) == 1


def test_a_round_that_can_not_be_run_fails_with_a_reason(session: Session, child: ChildProcess) -> None:
    worker = a_caseworker(session)
    an_opening_load(session, worker, 1_000_000)
    a_help_request(session)
    row = a_queued_round(session)

    with pytest.raises(solver.ProblemError):
        service.run(row.id, child=child, seconds=SECONDS)

    session.refresh(row)
    assert row.state is RoundState.FAILED
    assert row.failure == "It could not be run: ProblemError."


def test_a_job_that_comes_twice_runs_its_round_once(
    session: Session, run_round: RunRound, child: ChildProcess
) -> None:
    a_caseworker(session)
    done = run_round()
    a_help_request(session)

    service.run(done.id, child=child, seconds=SECONDS)

    assert open_proposals(session) == []


def test_a_round_can_be_replayed_to_the_same_plan(session: Session, run_round: RunRound) -> None:
    for location in ("GRO", "NIE", "ZUI"):
        a_caseworker(session, location_code=location, target_minutes=240)
    for number in range(9):
        a_help_request(session, received_at=NOW - timedelta(days=number))

    done = run_round()

    assert done.problem is not None
    problem = solver.Problem.from_json(done.problem)
    again = solver.solve(problem, solver.Limits(effort=float(done.effort), seconds=None, seed=done.seed))
    stored = {str(item.help_request_id): str(item.caseworker_id) for item in open_proposals(session)}
    assert again.assignments == stored
    assert set(done.versions) == {"numba", "numpy", "ortools", "stadsbreed"}


def test_a_caseworkers_running_work_counts(session: Session, run_round: RunRound) -> None:
    full = a_caseworker(session, target_minutes=240)
    an_assignment(session, full, effort_minutes=180)
    a_help_request(session, asked_effort_minutes=120)

    assert run_round().placed_count == 0


def test_a_queued_round_is_given_to_whoever_asks_again(session: Session) -> None:
    first = a_queued_round(session, Trigger.DEMAND)

    assert a_queued_round(session, Trigger.DEMAND).id == first.id
    assert session.scalar(select(func.count()).select_from(Round)) == 1


def test_a_new_round_is_made_when_the_queued_one_is_too_old_to_be_trusted(session: Session) -> None:
    first = a_queued_round(session, Trigger.DEMAND)

    later = service.request_round(session, Trigger.DEMAND, actor=None, now=NOW + timedelta(minutes=5))

    assert later.id != first.id


def test_a_request_has_no_second_open_proposal(session: Session) -> None:
    request = a_help_request(session)
    a_proposal(session, request)

    def second() -> None:
        with db.savepoint(session):
            a_proposal(session, request)

    with pytest.raises(IntegrityError, match="uq_proposals_one_open"):
        second()
