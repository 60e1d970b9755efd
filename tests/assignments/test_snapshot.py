"""Rows as the solver sees them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

import solver
from app.assignments import snapshot
from app.assignments.models import Hold
from app.city.models import ClosedDay
from app.help_requests.models import Clock, Exclusion, HelpRequest
from app.help_requests.rules import ClockName, Status, Urgency
from app.help_requests.service import Intake, preview
from app.kit.db import new_id
from app.policy import service as policies
from app.policy.rules import DEFAULT, PolicyDocument
from app.policy.service import InForce
from tests.builders import (
    NOW,
    a_caseworker,
    a_help_request,
    an_absence,
    an_actor,
    an_assignment,
    an_opening_load,
)

TODAY, DAY = NOW.date(), timedelta(days=1)
POLICY = InForce(version=1, document=DEFAULT)
LINKED = InForce(version=2, document=PolicyDocument(link_households=True))


def seen(session: Session, row: HelpRequest, *, policy: InForce = POLICY, **given: object) -> solver.Request:
    problem = snapshot.problem_of(session, [row], now=NOW, policy=policy, **given)  # type: ignore[arg-type]
    return problem.request(str(row.id))


def a_clock(session: Session, row: HelpRequest, due_on: date, **given: object) -> None:
    ordinary = {"help_request_id": row.id, "name": ClockName.START, "started_at": NOW, "due_on": due_on}
    session.add(Clock(**(ordinary | given)))
    session.flush()


def test_a_request_keeps_what_it_asks_for(session: Session) -> None:
    other = a_caseworker(session)
    row = a_help_request(
        session,
        other_topics=["housing"],
        required_languages=["ar"],
        preferred_languages=["tr"],
        interpreter_allowed=False,
        required_attributes=["home-visit"],
        preferred_location_code="ZUI",
        previous_caseworker_id=other.id,
        district_code="NIE",
        asked_level=2,
        asked_effort_minutes=75,
    )

    assert seen(session, row) == solver.Request(
        key=str(row.id),
        topic="finances",
        effort_minutes=75,
        required_level=2,
        other_topics=frozenset({"housing"}),
        required_languages=frozenset({"ar"}),
        preferred_languages=frozenset({"tr"}),
        interpreter_allowed=False,
        required_attributes=frozenset({"home-visit"}),
        preferred_location="ZUI",
        previous_caseworker=str(other.id),
        district="NIE",
        start_within_days=28,
    )


def test_what_the_intake_leaves_open_comes_from_the_policy(session: Session) -> None:
    row = a_help_request(session, topic="domestic-violence", asked_level=None, asked_effort_minutes=None)

    request = seen(session, row)

    assert (request.effort_minutes, request.required_level) == (120, 2)


def test_a_request_from_the_future_has_waited_zero_days(session: Session) -> None:
    assert seen(session, a_help_request(session, received_at=NOW + timedelta(seconds=1))).waiting_days == 0


def test_a_level_that_was_lowered_keeps_what_was_asked(session: Session) -> None:
    wait = timedelta(days=DEFAULT.lower_level_after_days or 0)
    patient = a_help_request(session, asked_level=3, received_at=NOW - wait)
    recent = a_help_request(session, asked_level=3, received_at=NOW - wait + DAY)

    lowered, asked = seen(session, patient), seen(session, recent)

    assert (lowered.required_level, lowered.asked_level, lowered.waiting_days) == (2, 3, wait.days)
    assert (asked.required_level, asked.asked_level) == (3, None)


@pytest.mark.parametrize(("due", "overdue"), [(-DAY, True), (timedelta(), False), (DAY, False)])
def test_a_request_is_overdue_the_day_after_its_clock_was_due(
    session: Session, due: timedelta, overdue: bool
) -> None:
    row = a_help_request(session)
    a_clock(session, row, TODAY + due, name=ClockName.WMO)

    assert seen(session, row).overdue is overdue


def test_a_stopped_clock_is_never_overdue(session: Session) -> None:
    row = a_help_request(session)
    a_clock(session, row, TODAY - DAY, stopped_at=NOW)

    assert not seen(session, row).overdue


def test_help_must_start_by_the_first_norm_that_asks_for_it(session: Session) -> None:
    row = a_help_request(session)
    a_clock(session, row, TODAY + 20 * DAY)
    a_clock(session, row, TODAY + 4 * DAY, name=ClockName.EXTERNAL_DEADLINE)
    a_clock(session, row, TODAY + DAY, name=ClockName.CALL_BACK)

    assert seen(session, row).start_within_days == 4


@pytest.mark.parametrize(("urgency", "days"), [(Urgency.CRISIS, 0), (Urgency.URGENT, 3), (Urgency.NORMAL, 3)])
def test_a_norm_that_was_missed_asks_for_the_soonest_start_that_makes_sense(
    session: Session, urgency: Urgency, days: int
) -> None:
    row = a_help_request(session, urgency=urgency)
    a_clock(session, row, TODAY - 5 * DAY)

    assert seen(session, row).start_within_days == days


def test_a_crisis_on_a_closed_day_starts_on_the_next_working_day(session: Session) -> None:
    session.add(ClosedDay(day=TODAY, name_nl="Dicht", name_en="Closed", counts_by_law=False))
    row = a_help_request(session, urgency=Urgency.CRISIS)
    a_clock(session, row, TODAY)

    assert seen(session, row).start_within_days == 1


def test_a_request_that_is_not_stored_gets_the_norms_of_its_urgency(session: Session) -> None:
    actor = an_actor(session)
    excluded = a_caseworker(session)
    needs = preview(Intake(topic="finances", adult=True, urgency=Urgency.URGENT), actor=actor, now=NOW)

    request = seen(session, needs, also_excluded={needs.id: frozenset({excluded.id})})

    assert (request.start_within_days, request.overdue, request.waiting_days) == (3, False, 0)
    assert request.excluded == {str(excluded.id)}


def test_stored_exclusions_and_given_ones_add_up(session: Session) -> None:
    one, other = a_caseworker(session), a_caseworker(session)
    row = a_help_request(session)
    session.add(Exclusion(help_request_id=row.id, caseworker_id=one.id, created_at=NOW))

    request = seen(session, row, also_excluded={row.id: frozenset({other.id})})

    assert request.excluded == {str(one.id), str(other.id)}


@pytest.mark.parametrize(("until", "waits"), [(-DAY, False), (timedelta(), True), (DAY, True)])
def test_a_resident_waits_for_somebody_until_the_day_they_chose(
    session: Session, until: timedelta, waits: bool
) -> None:
    somebody = a_caseworker(session)
    row = a_help_request(session, wait_for_caseworker_id=somebody.id, wait_for_until=TODAY + until)

    assert seen(session, row).only == (str(somebody.id) if waits else None)


def test_pins_and_shown_proposals_are_told_by_key(session: Session) -> None:
    one, other = a_caseworker(session), a_caseworker(session)
    row = a_help_request(session)

    request = seen(session, row, pins={row.id: one.id}, shown={row.id: other.id})

    assert (request.pinned_to, request.shown) == (str(one.id), str(other.id))


def test_a_household_stays_unknown_until_the_policy_links_it(session: Session) -> None:
    rows = [a_help_request(session, household_reference="h-1") for _ in range(2)]
    rows.append(a_help_request(session, household_reference="h-2"))
    running = a_help_request(session, household_reference="h-2", status=Status.ASSIGNED)
    coordinator = a_caseworker(session)
    an_assignment(session, coordinator, help_request_id=running.id)

    def households(policy: InForce) -> list[tuple[str | None, str | None]]:
        problem = snapshot.problem_of(session, rows, now=NOW, policy=policy)
        return [(request.household, request.coordinator) for request in problem.requests]

    assert households(POLICY) == [(None, None)] * 3
    first = str(min(row.id for row in rows[:2]))
    assert households(LINKED) == [(first, None), (first, None), (None, str(coordinator.id))]


def test_a_caseworker_is_seen_with_everything_that_binds_them(session: Session) -> None:
    caseworker = a_caseworker(session, languages=["nl", "ar"], attributes=["home-visit"], new_per_week=3)
    an_absence(session, caseworker)
    an_assignment(session, caseworker, effort_minutes=100)
    an_opening_load(session, caseworker, 50)

    problem = snapshot.problem_of(session, [], now=NOW, policy=POLICY, also_taken={caseworker.id: 7})

    assert next(worker for worker in problem.caseworkers if worker.key == str(caseworker.id)) == solver.Caseworker(
        key=str(caseworker.id),
        location="GRO",
        maximum_minutes=600,
        target_minutes=480,
        load_minutes=157,
        levels={"finances": 2},
        languages=frozenset({"nl", "ar"}),
        attributes=frozenset({"home-visit"}),
        new_in_week=1,
        new_per_week=3,
        present_from_day=1,
    )


@pytest.mark.parametrize(("days", "confirmed"), [(30, True), (31, False)])
def test_a_load_counts_as_confirmed_for_thirty_days(session: Session, days: int, confirmed: bool) -> None:
    caseworker = a_caseworker(session, load_confirmed_at=NOW - days * DAY, created_at=NOW - 90 * DAY)

    problem = snapshot.problem_of(session, [], now=NOW, policy=POLICY)

    assert {worker.key: worker.load_confirmed for worker in problem.caseworkers}[str(caseworker.id)] is confirmed


def test_who_left_stays_in_sight_so_that_an_exclusion_does_not_show(session: Session) -> None:
    gone = a_caseworker(session, active=False)

    problem = snapshot.problem_of(session, [], now=NOW, policy=POLICY)

    assert {worker.key: worker.active for worker in problem.caseworkers}[str(gone.id)] is False


def test_a_held_place_does_not_count_beside_its_own_request(session: Session) -> None:
    caseworker, row = a_caseworker(session), a_help_request(session)
    hold = {"id": new_id(), "caseworker_id": caseworker.id, "effort_minutes": 120, "created_at": NOW}
    hold |= {"created_by": an_actor(session).id, "expires_at": NOW + DAY, "taken_by_request_id": row.id}
    session.add(Hold(**hold))
    other = a_help_request(session)

    def load_for(request: HelpRequest) -> int:
        problem = snapshot.problem_of(session, [request], now=NOW, policy=POLICY)
        return next(w.load_minutes for w in problem.caseworkers if w.key == str(caseworker.id))

    assert (load_for(row), load_for(other)) == (0, 120)


def test_travel_is_known_between_every_district_and_location(session: Session) -> None:
    problem = snapshot.problem_of(session, [], now=NOW, policy=POLICY)

    assert len(problem.travel) == 36
    assert problem.travel[("GRO", "GRO")] == 0
    assert 10 <= problem.travel[("NOR", "ZUI")] <= 30


def test_a_problem_can_be_stored_and_read_again(session: Session) -> None:
    a_caseworker(session)
    problem = snapshot.problem_of(session, [a_help_request(session)], now=NOW, policy=POLICY)

    assert solver.Problem.from_json(problem.to_json()) == problem


def test_the_number_of_queries_does_not_grow_with_what_waits(session: Session) -> None:
    policies.in_force(session, TODAY)
    asked: list[str] = []

    def count(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    def queries_for(rows: list[HelpRequest]) -> int:
        asked.clear()
        snapshot.problem_of(session, rows, now=NOW, policy=LINKED)
        return len(asked)

    few = [a_help_request(session, household_reference="h")]
    a_caseworker(session)
    session.flush()
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", count)
    one = queries_for(few)
    many = [*few, *(a_help_request(session, household_reference="h") for _ in range(9))]
    for _ in range(9):
        an_absence(session, a_caseworker(session))

    assert queries_for(many) == one <= 11


def test_the_pair_at_commit_is_the_pair_of_the_round(session: Session) -> None:
    caseworker, row = a_caseworker(session, languages=["nl"]), a_help_request(session, required_languages=["ar"])
    problem = snapshot.problem_of(session, [row], now=NOW, policy=POLICY)

    pair = snapshot.pair_of(session, row, caseworker, now=NOW, policy=POLICY)

    assert pair == (problem.request(str(row.id)), next(w for w in problem.caseworkers if w.key == pair[1].key))


def test_at_commit_the_maximum_is_the_limit_and_not_the_target(session: Session) -> None:
    caseworker, row = a_caseworker(session), a_help_request(session)
    an_opening_load(session, caseworker, 480)
    pair = snapshot.pair_of(session, row, caseworker, now=NOW, policy=POLICY)

    assert snapshot.commit_barriers(session, row, caseworker, now=NOW, policy=POLICY) == ()
    assert [item.code for item in solver.barriers(*pair, DEFAULT.prices)] == ["target"]
