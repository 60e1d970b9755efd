"""Two people at once: real commits, and the first one's transaction held open."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.assignments.service.imports import import_csv
from app.caseworkers import queries, service
from app.caseworkers.rules import Details
from app.kit import db
from app.kit.errors import WrongStatus
from tests.builders import NOW, a_caseworker, an_actor

pytestmark = pytest.mark.committed
SOMEBODY = Details(
    code="GRO-99",
    location_code="GRO",
    provider="Aanbieder 1",
    levels={},
    languages=["nl"],
    attributes=[],
    working_days=[1],
    target_minutes=480,
    maximum_minutes=480,
    new_per_week=5,
)


def test_two_admins_cannot_give_the_same_code(engine: Engine) -> None:
    def add() -> None:
        with db.transaction() as session:
            service.create(session, replace(SOMEBODY, provider="Aanbieder 2"), actor=None, now=NOW)

    with ThreadPoolExecutor(1) as other_admin:
        with db.transaction() as session:
            service.create(session, SOMEBODY, actor=None, now=NOW)
            answer = other_admin.submit(add)
            with pytest.raises(StillWaiting):
                answer.result(timeout=0.3)
        with pytest.raises(WrongStatus):
            answer.result(timeout=5)

    with db.transaction() as session:
        kept = queries.by_code(session, "GRO-99")
        assert kept is not None
        assert kept.provider == "Aanbieder 1"


def test_an_import_waits_for_who_is_changing_the_same_caseworker(engine: Engine) -> None:
    with db.transaction() as session:
        caseworker_id = a_caseworker(session, code="GRO-98").id

    def bring_in() -> None:
        with db.transaction() as session:
            import_csv(session, "record,code,newPerWeek\ncaseworker,GRO-98,2\n", actor=None, now=NOW)

    with ThreadPoolExecutor(1) as importer:
        with db.transaction() as session:
            caseworker = queries.lock(session, caseworker_id)
            service.change(session, caseworker, {"maximum_minutes": 700}, actor=None, now=NOW)
            answer = importer.submit(bring_in)
            with pytest.raises(StillWaiting):
                answer.result(timeout=0.3)
        answer.result(timeout=5)

    with db.transaction() as session:
        both = queries.get(session, caseworker_id)
        assert (both.maximum_minutes, both.new_per_week) == (700, 2)


def test_an_absence_waits_for_who_decides_about_the_same_caseworker(engine: Engine) -> None:
    with db.transaction() as session:
        caseworker_id = a_caseworker(session).id
        actor = an_actor(session)
    today = NOW.date()

    def note() -> None:
        with db.transaction() as session:
            service.add_absence(session, caseworker_id, (today, today + timedelta(1)), actor=actor, now=NOW)

    with ThreadPoolExecutor(1) as other_lead:
        with db.transaction() as session:
            queries.lock(session, caseworker_id)
            answer = other_lead.submit(note)
            with pytest.raises(StillWaiting):
                answer.result(timeout=0.3)
            assert queries.absences_from(session, [caseworker_id], today) == {caseworker_id: []}
        answer.result(timeout=5)
