"""Caseworkers over HTTP: adding, changing, absences, and confirming a load."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.caseworkers import queries
from app.kit.audit import AuditLine
from app.kit.events import EventRow
from tests.builders import NOW, a_caseworker, an_absence, an_assignment, an_opening_load
from tests.conftest import ClientMaker

TODAY = NOW.date()
SOMEBODY = {
    "code": "ZUI-77",
    "location": "ZUI",
    "provider": "Aanbieder 2",
    "levels": {"finances": 3, "housing": 0},
    "languages": ["nl", "ar"],
    "workingDays": [5, 1],
    "targetMinutes": 900,
    "maximumMinutes": 1000,
}


def _events(session: Session, caseworker_id: object) -> list[str]:
    rows = session.scalars(
        select(EventRow).where(EventRow.subject_id == caseworker_id).order_by(EventRow.sequence)
    )
    return [row.type for row in rows]


def test_who_is_added_has_no_load_and_all_their_minutes_free(session: Session, as_role: ClientMaker) -> None:
    answer = as_role("admin").post("/v1/caseworkers", json=SOMEBODY)

    assert answer.status_code == 201, answer.text
    added = answer.json()
    assert answer.headers["Location"] == f"/v1/caseworkers/{added['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (
        added | SOMEBODY | {"levels": {"finances": 3}, "languages": ["ar", "nl"], "workingDays": [1, 5]} == added
    )
    assert (added["loadMinutes"], added["freeMinutes"], added["loadConfirmedAt"]) == (0, 1000, None)
    assert (added["newPerWeek"], added["active"], added["attributes"], added["absences"]) == (5, True, [], [])
    assert _events(session, added["id"]) == ["caseworker.added"]


def test_a_code_is_given_once(as_role: ClientMaker) -> None:
    admin = as_role("admin")
    admin.post("/v1/caseworkers", json=SOMEBODY)

    again = admin.post("/v1/caseworkers", json=SOMEBODY)

    assert (again.status_code, again.json()["type"]) == (409, "urn:stadsbreed:problem:wrong-status")
    assert "'ZUI-77'" in again.json()["detail"]


def test_every_fault_of_a_caseworker_is_named_at_once(as_role: ClientMaker) -> None:
    wrong = {
        "code": "two words",
        "location": "XXX",
        "levels": {"finances": 4, "money": 1},
        "languages": ["Dutch"],
        "workingDays": [8],
        "targetMinutes": -1,
        "maximumMinutes": "1000",
        "name": "somebody",
    }
    answer = as_role("admin").post("/v1/caseworkers", json=wrong)

    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "#/code",
        "#/location",
        "#/levels/finances",
        "#/levels/money/[key]",
        "#/languages/0",
        "#/workingDays/0",
        "#/targetMinutes",
        "#/maximumMinutes",
        "#/name",
        "#/provider",
    }
    assert "somebody" not in answer.text


@pytest.mark.parametrize(("target", "status"), [(1000, 201), (1001, 400)])
def test_the_target_lies_at_most_at_the_maximum(as_role: ClientMaker, target: int, status: int) -> None:
    answer = as_role("admin").post("/v1/caseworkers", json=SOMEBODY | {"targetMinutes": target})

    assert answer.status_code == status
    if status == 400:
        assert [error["pointer"] for error in answer.json()["errors"]] == ["#/targetMinutes"]


def test_the_load_is_what_runs_here_and_elsewhere(session: Session, as_role: ClientMaker) -> None:
    caseworker, other = a_caseworker(session), a_caseworker(session)
    an_assignment(session, caseworker, effort_minutes=120)
    an_opening_load(session, caseworker, 90)
    an_opening_load(session, caseworker, 500, ended_at=NOW)
    an_opening_load(session, other, 45)

    answer = as_role("team_lead").get(f"/v1/caseworkers/{caseworker.id}").json()

    assert (answer["loadMinutes"], answer["freeMinutes"]) == (210, 390)


def test_who_is_over_the_maximum_has_nothing_free(session: Session, as_role: ClientMaker) -> None:
    caseworker = a_caseworker(session)
    an_opening_load(session, caseworker, 700)

    answer = as_role("team_lead").get(f"/v1/caseworkers/{caseworker.id}").json()

    assert (answer["loadMinutes"], answer["freeMinutes"]) == (700, 0)


def test_a_change_needs_the_version_that_was_read(session: Session, as_role: ClientMaker) -> None:
    caseworker, admin = a_caseworker(session), as_role("admin")
    address = f"/v1/caseworkers/{caseworker.id}"
    etag = admin.get(address).headers["ETag"]

    assert admin.patch(address, json={"newPerWeek": 2}).status_code == 428
    changed = admin.patch(address, json={"newPerWeek": 2}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["newPerWeek"]) == (200, 2)
    assert changed.headers["ETag"] != etag
    assert admin.patch(address, json={"newPerWeek": 3}, headers={"If-Match": etag}).status_code == 412
    assert _events(session, caseworker.id) == ["caseworker.changed"]


def test_a_change_leaves_alone_what_it_does_not_name(session: Session, as_role: ClientMaker) -> None:
    caseworker = a_caseworker(session, levels={"finances": 2}, attributes=["home-visit"])

    answer = as_role("admin").patch(
        f"/v1/caseworkers/{caseworker.id}", json={"location": "ZUI", "active": False}, headers={"If-Match": "*"}
    )

    changed = answer.json()
    assert (changed["location"], changed["active"]) == ("ZUI", False)
    assert (changed["levels"], changed["attributes"]) == ({"finances": 2}, ["home-visit"])
    assert changed["targetMinutes"] == 480


def test_a_change_that_changes_nothing_is_no_event(session: Session, as_role: ClientMaker) -> None:
    caseworker = a_caseworker(session)
    address = f"/v1/caseworkers/{caseworker.id}"

    answer = as_role("admin").patch(address, json={"targetMinutes": 480}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert _events(session, caseworker.id) == []


@pytest.mark.parametrize("wrong", [{"active": None}, {"code": "X"}, {"workingDays": []}, {"targetMinutes": 601}])
def test_a_change_is_held_to_the_same_rules(session: Session, as_role: ClientMaker, wrong: dict[str, Any]) -> None:
    caseworker = a_caseworker(session, maximum_minutes=600)

    answer = as_role("admin").patch(f"/v1/caseworkers/{caseworker.id}", json=wrong, headers={"If-Match": "*"})

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{next(iter(wrong))}"]


def test_caseworkers_are_listed_by_code_page_by_page(session: Session, as_role: ClientMaker) -> None:
    for code in ("B-2", "A-1", "C-3"):
        a_caseworker(session, code=code, location_code="OOS")
    a_caseworker(session, code="A-0", location_code="OOS", active=False)
    a_caseworker(session, code="A-2", location_code="NIE")
    lead = as_role("team_lead", locations=["GRO"])
    query: dict[str, str | int] = {"location": "OOS", "active": "true", "limit": 2}

    first = lead.get("/v1/caseworkers", params=query).json()
    rest = lead.get("/v1/caseworkers", params=query | {"cursor": first["next"]}).json()

    assert [item["code"] for item in (*first["items"], *rest["items"])] == ["A-1", "B-2", "C-3"]
    assert (len(first["items"]), rest["next"]) == (2, None)
    assert lead.get(f"/v1/caseworkers/{first['items'][0]['id']}").json() == first["items"][0]


def test_a_caseworker_sees_only_themselves(session: Session, as_role: ClientMaker) -> None:
    me, other = a_caseworker(session), a_caseworker(session)
    client = as_role("caseworker", caseworker_id=me.id)

    assert client.get(f"/v1/caseworkers/{me.id}").json()["code"] == me.code
    assert client.get(f"/v1/caseworkers/{other.id}").status_code == 404
    assert client.get("/v1/caseworkers").status_code == 403


def test_an_absence_is_noted_and_withdrawn(session: Session, as_role: ClientMaker) -> None:
    caseworker = a_caseworker(session)
    lead, address = as_role("team_lead"), f"/v1/caseworkers/{caseworker.id}"
    etag = lead.get(address).headers["ETag"]

    added = lead.post(f"{address}/absences", json={"startsOn": "2026-11-23", "endsOn": "2026-11-30"})
    with_absence = lead.get(address)
    withdrawn = lead.delete(added.headers["Location"])

    assert (added.status_code, withdrawn.status_code) == (201, 204)
    assert with_absence.json()["absences"] == [added.json()]
    assert with_absence.headers["ETag"] != etag
    assert lead.get(address).json()["absences"] == []
    assert lead.delete(added.headers["Location"]).status_code == 404
    assert _events(session, caseworker.id) == ["absence.added", "absence.withdrawn"]


def test_the_history_says_that_somebody_is_away_not_when(session: Session, as_role: ClientMaker) -> None:
    caseworker = a_caseworker(session)
    as_role("team_lead").post(
        f"/v1/caseworkers/{caseworker.id}/absences", json={"startsOn": "2026-12-24", "endsOn": "2026-12-24"}
    )

    event = session.scalars(select(EventRow).where(EventRow.subject_id == caseworker.id)).one()
    line = session.scalars(select(AuditLine).where(AuditLine.object_id == caseworker.id)).one()
    assert "2026-12-24" not in event.data + line.details


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "status"),
    [
        ("2026-11-23", "2026-11-23", 201),
        ("2026-11-01", "2026-11-23", 201),
        ("2026-11-01", "2026-11-22", 400),
        ("2026-11-25", "2026-11-24", 400),
        ("2026-11-25", "25-11-2026", 400),
        ("2026-11-25", 1_800_000_000, 400),
    ],
)
def test_an_absence_ends_today_or_later_and_not_before_it_starts(
    session: Session, as_role: ClientMaker, starts_on: str, ends_on: object, status: int
) -> None:
    caseworker = a_caseworker(session)

    answer = as_role("admin").post(
        f"/v1/caseworkers/{caseworker.id}/absences", json={"startsOn": starts_on, "endsOn": ends_on}
    )

    assert answer.status_code == status
    if status == 400:
        assert [error["pointer"] for error in answer.json()["errors"]] == ["#/endsOn"]


def test_an_absence_that_is_over_is_not_shown(session: Session, as_role: ClientMaker) -> None:
    caseworker, other = a_caseworker(session), a_caseworker(session)
    an_absence(session, caseworker, starts_on=TODAY - timedelta(9), ends_on=TODAY - timedelta(1))
    last_day = an_absence(session, caseworker, starts_on=TODAY - timedelta(9), ends_on=TODAY)
    an_absence(session, other)

    shown = as_role("team_lead").get(f"/v1/caseworkers/{caseworker.id}").json()["absences"]

    assert [absence["id"] for absence in shown] == [str(last_day.id)]
    assert queries.absences_from(session, [caseworker.id], TODAY) == {
        caseworker.id: [(TODAY - timedelta(9), TODAY)]
    }


def test_an_absence_of_somebody_else_is_not_found(session: Session, as_role: ClientMaker) -> None:
    caseworker, other = a_caseworker(session), a_caseworker(session)
    absence = an_absence(session, other)

    answer = as_role("team_lead").delete(f"/v1/caseworkers/{caseworker.id}/absences/{absence.id}")

    assert answer.status_code == 404
    assert absence.withdrawn_at is None


def test_a_lead_acts_for_the_locations_they_lead(session: Session, as_role: ClientMaker) -> None:
    caseworker = a_caseworker(session, location_code="GRO")
    address = f"/v1/caseworkers/{caseworker.id}"
    today = {"startsOn": "2026-11-23", "endsOn": "2026-11-23"}
    own, other = as_role("team_lead", locations=["GRO", "ZUI"]), as_role("team_lead", locations=["ZUI"])

    assert other.post(f"{address}/absences", json=today).status_code == 403
    assert other.post(f"{address}/load-confirmations").status_code == 403
    assert own.post(f"{address}/absences", json=today).status_code == 201
    assert own.post(f"{address}/load-confirmations").status_code == 201


def test_a_caseworker_acts_only_for_themselves(session: Session, as_role: ClientMaker) -> None:
    me, other = a_caseworker(session), a_caseworker(session)
    client = as_role("caseworker", caseworker_id=me.id)

    assert client.post(f"/v1/caseworkers/{other.id}/load-confirmations").status_code == 404
    assert client.post(f"/v1/caseworkers/{me.id}/load-confirmations").status_code == 201


def test_a_confirmed_load_counts_from_now(session: Session, as_role: ClientMaker) -> None:
    caseworker = a_caseworker(session, load_confirmed_at=NOW - timedelta(days=90))

    answer = as_role("team_lead").post(f"/v1/caseworkers/{caseworker.id}/load-confirmations")

    assert answer.json()["loadConfirmedAt"] == "2026-11-23T09:00:00Z"
    assert _events(session, caseworker.id) == ["load.confirmed"]


def test_what_is_not_there_is_not_found(as_role: ClientMaker) -> None:
    admin, address = as_role("admin"), "/v1/caseworkers/01980000-0000-7000-8000-000000000000"

    assert admin.get(address).status_code == 404
    assert admin.patch(address, json={}, headers={"If-Match": "*"}).status_code == 404
    assert (
        admin.post(f"{address}/absences", json={"startsOn": "2026-12-01", "endsOn": "2026-12-01"}).status_code
        == 404
    )
