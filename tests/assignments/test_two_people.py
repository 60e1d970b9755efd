"""Two people at once, on two connections: the first transaction is held open, the second must wait."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assignments import queries, service
from app.assignments.models import Assignment
from app.assignments.rules import NoCapacity, NotEligible
from app.caseworkers import queries as caseworkers
from app.caseworkers import service as caseworker_service
from app.help_requests import queries as help_requests
from app.help_requests import service as request_service
from app.help_requests.rules import Outcome, Status
from app.help_requests.service import Intake
from app.kit import db
from app.kit.auth import Actor
from app.kit.errors import WrongStatus
from tests.builders import NOW, a_caseworker, a_help_request, an_actor, an_opening_load

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("engine")]
SECONDS_TO_SHOW_THAT_IT_WAITS = 0.3


@contextmanager
def somebody_else_waits(
    does: Callable[[Session], object],
) -> Iterator[tuple[Session, Callable[[], Future[object]]]]:
    """Yield a transaction, and a function that starts the other one and shows that it waits for this one."""

    def in_another_transaction() -> object:
        with db.transaction() as session:
            return does(session)

    with ThreadPoolExecutor(1) as other:

        def starts() -> Future[object]:
            answer = other.submit(in_another_transaction)
            with pytest.raises(StillWaiting):
                answer.result(timeout=SECONDS_TO_SHOW_THAT_IT_WAITS)
            return answer

        with db.transaction() as session:
            yield session, starts


class Scene:
    """A caseworker with room for one of two waiting requests, and a lead; all committed."""

    lead: Actor
    caseworker: UUID
    first: UUID
    second: UUID

    def __init__(self) -> None:
        with db.transaction() as session:
            self.lead = an_actor(session)
            caseworker = a_caseworker(session, maximum_minutes=600)
            an_opening_load(session, caseworker, 480)
            self.caseworker = caseworker.id
            self.first, self.second = a_help_request(session).id, a_help_request(session).id

    def assign(self, session: Session, request: UUID) -> Assignment:
        return service.assign(session, request, self.caseworker, actor=self.lead, now=NOW)

    def load(self) -> int:
        with db.transaction() as session:
            return queries.loads(session, [self.caseworker], NOW)[self.caseworker]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_two_team_leads_cannot_fill_the_same_free_hours(scene: Scene) -> None:
    with somebody_else_waits(lambda session: scene.assign(session, scene.second)) as (session, other_starts):
        scene.assign(session, scene.first)
        answer = other_starts()
    with pytest.raises(NoCapacity):
        answer.result(timeout=5)

    assert scene.load() == 600


def test_one_request_goes_to_one_of_two_leads(scene: Scene) -> None:
    with db.transaction() as session:
        elsewhere = a_caseworker(session).id

    def give_it_elsewhere(session: Session) -> Assignment:
        return service.assign(session, scene.first, elsewhere, actor=scene.lead, now=NOW)

    with somebody_else_waits(give_it_elsewhere) as (session, other_starts):
        scene.assign(session, scene.first)
        answer = other_starts()
    with pytest.raises(WrongStatus):
        answer.result(timeout=5)
    with db.transaction() as session:
        holders = session.scalars(
            select(Assignment.caseworker_id).where(Assignment.help_request_id == scene.first)
        )
        assert holders.all() == [scene.caseworker]


def test_an_exclusion_written_just_before_wins(scene: Scene) -> None:
    with somebody_else_waits(lambda session: scene.assign(session, scene.first)) as (session, other_starts):
        request = help_requests.lock(session, scene.first)
        request_service.exclude(session, request, scene.caseworker, actor=scene.lead, now=NOW)
        answer = other_starts()
    with pytest.raises(NotEligible) as error:
        answer.result(timeout=5)

    assert error.value.facts["barriers"] == [{"code": "not-available", "facts": {}}]
    assert scene.load() == 480


def test_an_absence_written_just_before_wins(scene: Scene) -> None:
    days = (NOW.date(), NOW.date() + timedelta(days=60))

    with somebody_else_waits(lambda session: scene.assign(session, scene.first)) as (session, other_starts):
        caseworker_service.add_absence(session, scene.caseworker, days, actor=scene.lead, now=NOW)
        answer = other_starts()
    with pytest.raises(NotEligible) as error:
        answer.result(timeout=5)

    assert [barrier["code"] for barrier in error.value.facts["barriers"]] == ["absent"]


def test_a_place_that_is_being_held_is_not_given_away(scene: Scene) -> None:
    urgent = Intake(topic="finances", adult=True, asked_effort_minutes=120, asked_level=1)
    with db.transaction() as session:
        caseworkers.lock(session, scene.caseworker).target_minutes = 600

    with somebody_else_waits(lambda session: scene.assign(session, scene.first)) as (session, other_starts):
        service.create_hold(session, scene.caseworker, needs=urgent, actor=scene.lead, now=NOW)
        answer = other_starts()
    with pytest.raises(NoCapacity):
        answer.result(timeout=5)


def test_more_effort_and_a_new_assignment_do_not_share_the_same_minutes(scene: Scene) -> None:
    with db.transaction() as session:
        small = a_help_request(session, asked_effort_minutes=10).id
        running = scene.assign(session, small).id

    with somebody_else_waits(lambda session: scene.assign(session, scene.first)) as (session, other_starts):
        assignment = service.lock(session, running, actor=scene.lead)
        service.change(session, assignment, {"effort_minutes": 110}, actor=scene.lead, now=NOW)
        answer = other_starts()
    with pytest.raises(NoCapacity):
        answer.result(timeout=5)

    assert scene.load() == 590


def test_a_request_that_is_being_closed_is_not_assigned(scene: Scene) -> None:
    with somebody_else_waits(lambda session: scene.assign(session, scene.first)) as (session, other_starts):
        service.close_help_request(session, scene.first, Outcome.INFORMATION, actor=scene.lead, now=NOW)
        answer = other_starts()
    with pytest.raises(WrongStatus):
        answer.result(timeout=5)


def test_two_transfers_that_cross_do_not_block_each_other_for_ever(scene: Scene) -> None:
    with db.transaction() as session:
        people = [a_caseworker(session).id for _ in range(2)]
        cases = [a_help_request(session).id for _ in range(2)]
        running = [
            service.assign(session, case, person, actor=scene.lead, now=NOW).id
            for case, person in zip(cases, people, strict=True)
        ]

    def swap(session: Session, which: int) -> Assignment:
        assignment = service.lock(session, running[which], actor=scene.lead)
        return service.transfer(session, assignment, people[1 - which], actor=scene.lead, now=NOW)

    with somebody_else_waits(lambda session: swap(session, 1)) as (session, other_starts):
        swap(session, 0)
        answer = other_starts()

    assert isinstance(answer.result(timeout=5), Assignment)


def test_a_transaction_that_fails_leaves_no_trace(scene: Scene) -> None:
    def fails() -> None:
        with db.transaction() as session:
            scene.assign(session, scene.first)
            raise KeyError("on purpose")

    with pytest.raises(KeyError):
        fails()

    assert scene.load() == 480
    with db.transaction() as session:
        assert help_requests.lock(session, scene.first).status is Status.WAITING


def test_an_intake_that_names_a_caseworker_does_not_wait_for_a_decision_on_them(scene: Scene) -> None:
    names_them = Intake(topic="finances", adult=True, excluded_caseworker_ids=[scene.caseworker])

    def takes_in() -> object:
        with db.transaction() as session:
            return request_service.receive(session, names_them, actor=scene.lead, now=NOW)

    with ThreadPoolExecutor(1) as other, db.transaction() as session:
        scene.assign(session, scene.first)
        assert other.submit(takes_in).result(timeout=5)
