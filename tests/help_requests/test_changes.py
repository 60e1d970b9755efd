"""The feed of changes: in order, for everybody what they may see, and nothing is ever skipped."""

from typing import Any

import pytest

from app.help_requests.events import HelpRequestChanged
from app.identity.rules import Role
from app.kit import db, events
from tests.builders import NOW, a_help_request, an_actor

pytestmark = [pytest.mark.committed, pytest.mark.alone]
ENOUGH = {"topic": "finances", "adult": True}


def read(client: Any, after: str | None = None, limit: int = 100) -> tuple[list[Any], str | None]:
    answer = client.get("/v1/changes", params={"limit": limit} | ({"after": after} if after else {}))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"], answer.json()["next"]


def test_who_reads_on_hears_everything_once_and_in_order(as_role):
    intake, other = as_role("intake"), as_role("intake")
    made = [intake.post("/v1/help-requests", json=ENOUGH).json()["id"] for _ in range(5)]
    other.post("/v1/help-requests", json=ENOUGH)

    heard, place = [], None
    while True:
        items, place = read(intake, place, limit=2)
        if not items:
            break
        heard += items

    assert [item["subjectId"] for item in heard] == made
    assert {(item["subjectType"], item["type"]) for item in heard} == {("help-request", "help-request.received")}


def test_the_end_of_the_feed_is_a_place_to_go_on_from(as_role):
    intake = as_role("intake")
    intake.post("/v1/help-requests", json=ENOUGH)
    _, place = read(intake)

    assert read(intake, place) == ([], place)
    later = intake.post("/v1/help-requests", json=ENOUGH).json()["id"]
    assert [item["subjectId"] for item in read(intake, place)[0]] == [later]


def test_a_transaction_that_commits_late_is_not_skipped(as_role, engine):
    lead = as_role("team_lead")
    with db.transaction() as session:
        actor, first, second = an_actor(session, Role.TEAM_LEAD), a_help_request(session), a_help_request(session)
    _, start = read(lead)

    with db.transaction() as slow:
        events.announce(slow, HelpRequestChanged(subject_id=first.id, fields=("weight",)), actor=actor, now=NOW)
        with db.transaction() as fast:
            events.announce(
                fast, HelpRequestChanged(subject_id=second.id, fields=("weight",)), actor=actor, now=NOW
            )
        meanwhile, place = read(lead, start)
    afterwards, _ = read(lead, place)

    heard = [item["subjectId"] for item in meanwhile + afterwards if item["type"] == "help-request.changed"]
    assert heard == [str(first.id), str(second.id)]
    assert meanwhile == []


@pytest.mark.parametrize("after", ["x", "!!", "WzFd", "WyJhIiwiYiJd", "Wy0xLC0xXQ", "W3RydWUsdHJ1ZV0"])
def test_what_is_no_place_in_the_feed_is_refused(as_role, after):
    answer = as_role("intake").get("/v1/changes", params={"after": after})

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["after"]
