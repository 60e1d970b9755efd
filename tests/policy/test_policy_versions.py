"""Versions of the policy: which one applies, and adding one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.kit import db
from app.kit.audit import AuditLine
from app.kit.errors import InvalidInput, NotFound
from app.kit.events import EventRow
from app.policy import service
from app.policy.models import PolicyVersion
from app.policy.rules import DEFAULT, PolicyDocument
from tests.builders import NOW, an_actor
from tests.conftest import ClientMaker

TODAY = NOW.date()


def _add(session: Session, in_force_on: date, **document: Any) -> PolicyVersion:
    return service.add_version(session, PolicyDocument(**document), in_force_on, actor=an_actor(session), now=NOW)


def test_a_new_city_begins_with_the_default(session: Session) -> None:
    assert service.in_force(session, TODAY).document == DEFAULT
    assert service.in_force(session, date(2001, 1, 1)) == service.in_force(session, TODAY)


def test_nothing_was_in_force_before_the_first_version(session: Session) -> None:
    with pytest.raises(NotFound, match="1999-12-31"):
        service.in_force(session, date(1999, 12, 31))


def test_a_version_applies_from_its_day_on(session: Session) -> None:
    before = service.in_force(session, TODAY)
    tomorrow = TODAY + timedelta(1)
    added = _add(session, tomorrow, hold_minutes=20)

    assert service.in_force(session, TODAY) == before
    assert service.in_force(session, tomorrow).version == added.version
    assert service.in_force(session, tomorrow).document.hold_minutes == 20


def test_of_two_versions_from_the_same_day_the_latest_added_applies(session: Session) -> None:
    _add(session, TODAY, hold_minutes=20)
    last = _add(session, TODAY, hold_minutes=25)

    assert service.in_force(session, TODAY).version == last.version


def test_a_later_day_goes_before_a_later_number(session: Session) -> None:
    far = _add(session, TODAY + timedelta(2), hold_minutes=20)
    _add(session, TODAY + timedelta(1), hold_minutes=25)

    assert service.in_force(session, TODAY + timedelta(2)).version == far.version


@pytest.mark.parametrize(("days", "accepted"), [(-1, False), (0, True), (1, True)])
def test_a_version_cannot_change_the_past(session: Session, days: int, accepted: bool) -> None:
    if accepted:
        assert _add(session, TODAY + timedelta(days)).version > 0
        return
    with pytest.raises(InvalidInput, match="2026-11-23 or later, not '2026-11-22'"):
        _add(session, TODAY + timedelta(days))


def test_a_table_for_a_topic_that_does_not_exist_is_refused(session: Session) -> None:
    levels = {"finance": {"light": 1}, "housing": {"light": 1}}

    with pytest.raises(InvalidInput) as refused:
        _add(session, TODAY, levels_by_topic=levels, efforts_by_topic={"debts": {}})

    assert [fault.pointer for fault in refused.value.faults] == [
        "#/document/effortsByTopic/debts",
        "#/document/levelsByTopic/finance",
    ]


def test_an_added_version_is_announced_and_audited(session: Session) -> None:
    service.ensure_default(session, NOW)
    row = _add(session, TODAY)
    subject = service.subject_of(row.version)

    event = session.scalars(select(EventRow).where(EventRow.subject_id == subject)).one()
    line = session.scalars(select(AuditLine).where(AuditLine.object_id == subject)).one()
    assert (event.type, event.sequence) == ("policy.added", 1)
    assert (line.action, line.sequence) == ("add", 1)


def test_the_default_is_added_once(session: Session) -> None:
    service.ensure_default(session, NOW)
    service.ensure_default(session, NOW)

    assert session.scalar(select(func.count()).select_from(PolicyVersion)) == 1


@pytest.mark.committed
def test_a_version_that_was_rolled_back_is_not_remembered(session: Session) -> None:
    service.ensure_default(session, NOW)
    savepoint = session.begin_nested()
    session.connection()
    rolled_back = _add(session, TODAY, hold_minutes=20)
    assert service.in_force(session, TODAY).document.hold_minutes == 20
    savepoint.rollback()
    session.execute(text(f"ALTER TABLE policy_versions ALTER version RESTART WITH {rolled_back.version}"))

    again = _add(session, TODAY, hold_minutes=25)

    assert again.version == rolled_back.version
    assert service.in_force(session, TODAY).document.hold_minutes == 25


def test_an_admin_adds_a_version_and_everybody_concerned_reads_it(as_role: ClientMaker) -> None:
    body = {"inForceOn": "2026-12-01", "document": {"prices": {"districtWeight": 3}, "lowerLevelAfterDays": None}}
    added = as_role("admin").post("/v1/policies", json=body)
    reader = as_role("analyst")

    assert added.status_code == 201, added.text
    assert added.headers["ETag"] == f'"{added.json()["version"]}"'
    read = reader.get(added.headers["Location"])
    assert read.json() == added.json()
    assert read.json()["document"]["prices"]["districtWeight"] == 3
    assert read.json()["document"]["lowerLevelAfterDays"] is None
    assert read.json()["document"]["norms"]["callBackWorkingDays"] == 5


def test_versions_are_listed_from_the_newest_page_by_page(as_role: ClientMaker) -> None:
    admin = as_role("admin")
    for _ in range(2):
        admin.post("/v1/policies", json={"inForceOn": "2026-12-01", "document": {}})

    first = admin.get("/v1/policies?limit=2").json()
    rest = admin.get("/v1/policies", params={"cursor": first["next"]}).json()

    versions = [item["version"] for item in (*first["items"], *rest["items"])]
    assert len(versions) == 3
    assert versions == sorted(versions, reverse=True)
    assert rest["next"] is None


def test_every_fault_of_a_policy_is_named_at_once(as_role: ClientMaker) -> None:
    document = {"prices": {"crisisWeight": 0, "gold": 1}, "norms": {"startWeeks": "four"}, "holdMinutes": 0}
    answer = as_role("admin").post("/v1/policies", json={"inForceOn": 20261201, "document": document})

    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "#/inForceOn",
        "#/document/prices/crisisWeight",
        "#/document/prices/gold",
        "#/document/norms/startWeeks",
        "#/document/holdMinutes",
    }


def test_a_version_that_does_not_exist_is_not_found(as_role: ClientMaker) -> None:
    answer = as_role("admin").get("/v1/policies/2147483647")

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:stadsbreed:problem:not-found")


@pytest.mark.parametrize("cursor", ["W10", "WyJ4Il0", "WzEsMl0", "!"])
def test_a_cursor_of_another_list_is_refused(as_role: ClientMaker, cursor: str) -> None:
    answer = as_role("admin").get("/v1/policies", params={"cursor": cursor})

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["cursor"]


@pytest.mark.committed
def test_many_who_ask_first_find_one_default(engine: Engine) -> None:
    together = Barrier(4)

    def ask() -> int:
        with db.transaction() as session:
            session.connection()
            together.wait()
            return service.in_force(session, TODAY).version

    with ThreadPoolExecutor(4) as people:
        versions = [answer.result(timeout=10) for answer in [people.submit(ask) for _ in range(4)]]

    assert len(set(versions)) == 1
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(PolicyVersion)) == 1


@pytest.mark.committed
def test_who_asks_first_holds_nobody_up(engine: Engine) -> None:
    def ask() -> int:
        with db.transaction() as session:
            return service.in_force(session, TODAY).version

    with ThreadPoolExecutor(1) as other, db.transaction() as session:
        mine = service.in_force(session, TODAY).version
        assert other.submit(ask).result(timeout=5) == mine
