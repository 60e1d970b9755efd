"""What if: asked by a team lead, worked out beside the web process, stored nowhere."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

import solver
from app.kit import db
from app.kit.db import new_id
from app.rounds import service
from app.rounds.models import Proposal, Round
from app.rounds.rules import Trigger
from app.rounds.schemas.scenario_words import WISHES
from app.rounds.service.scenarios import _known_plan
from app.rounds.service.starting import present
from tests.builders import NOW, a_caseworker, a_help_request
from tests.conftest import ClientMaker
from tests.rounds.conftest import RunRound

SPECIALIST = {"location": "GRO", "levels": {"finances": 3}, "targetMinutes": 240, "maximumMinutes": 300}


@pytest.fixture(scope="module", autouse=True)
def _end_the_solver() -> Iterator[None]:
    yield
    service.end_solver()


@pytest.fixture
def lead(as_role: ClientMaker) -> TestClient:
    return as_role("team_lead")


@pytest.fixture
def worker(session: Session) -> Any:
    """The one caseworker of the city, who has room for two of the requests that wait."""
    return a_caseworker(session, target_minutes=240, maximum_minutes=240)


@pytest.fixture
def waiting(session: Session) -> list[Any]:
    """Four requests of two hours a week, the first of which has waited longest."""
    return [a_help_request(session, received_at=NOW - timedelta(days=9 - number)) for number in range(4)]


def ask(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/scenarios", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.usefixtures("worker")
def test_one_more_specialist_starts_the_requests_that_wait(lead: TestClient, waiting: list[Any]) -> None:
    found = ask(lead, extraStaff=[SPECIALIST])

    assert (found["today"]["placed"], found["today"]["waiting"]) == (2, 2)
    assert (found["scenario"]["placed"], found["scenario"]["waitingMinutes"]) == (4, 0)
    assert found["starts"] == sorted(str(request.id) for request in waiting[2:])
    assert found["waits"] == []
    assert (found["today"]["optimal"], found["scenario"]["optimal"]) == (True, True)
    assert found["text"].startswith("Wacht vandaag, en begint dan: 2 hulpvragen.")
    assert "vandaag is dat 4 uur" in found["text"]


@pytest.mark.usefixtures("waiting")
def test_the_outcome_is_told_per_wish_district_and_topic(lead: TestClient, session: Session, worker: Any) -> None:
    a_help_request(session, topic="housing", district_code=None)

    found = ask(lead, extraStaff=[SPECIALIST])

    assert [item["name"] for item in found["wishes"]] == list(WISHES)
    (specialist,) = [item for item in found["wishes"] if item["name"] == "specialist"]
    assert (specialist["today"]["requests"], specialist["scenario"]["requests"]) == (0, 2)
    assert [(item["code"], item["scenario"]["placed"]) for item in found["districts"]] == [("GRO", 4), (None, 0)]
    assert [item["code"] for item in found["topics"]] == ["finances", "housing"]
    assert found["topics"][0]["text"] == "Geldzaken: beginnen 4 (vandaag 2), wachten 0 (vandaag 2)."


@pytest.mark.usefixtures("waiting", "worker")
def test_words_follow_the_language_that_is_asked_for(lead: TestClient) -> None:
    answer = lead.post("/v1/scenarios", json={}, headers={"Accept-Language": "en"}).json()

    assert answer["text"] == "Nothing changes: the same requests start, with the same caseworkers."
    assert answer["wishes"][9]["text"].startswith("Travel to another district: 0 points for 0 requests;")
    assert answer["topics"][0]["text"].startswith("Finances: starting 2 (today 2)")


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("away", ["absence", "closed"])
def test_who_is_not_there_takes_nothing(lead: TestClient, worker: Any, away: str) -> None:
    until = (NOW.date() + timedelta(days=60)).isoformat()
    body = {
        "absence": {"absences": [{"caseworkerId": str(worker.id), "until": until}]},
        "closed": {"closedLocations": [{"location": "GRO"}]},
    }

    found = ask(lead, **body[away])

    assert (found["today"]["placed"], found["scenario"]["placed"]) == (2, 0)
    assert len(found["waits"]) == 2


@pytest.mark.usefixtures("waiting")
def test_a_short_absence_changes_nothing_for_who_may_wait_that_long(lead: TestClient, worker: Any) -> None:
    tomorrow = (NOW.date() + timedelta(days=1)).isoformat()

    found = ask(lead, absences=[{"caseworkerId": str(worker.id), "until": tomorrow}])

    assert found["scenario"]["placed"] == 2


@pytest.mark.usefixtures("waiting")
def test_own_district_only_lets_wait_who_lives_elsewhere(lead: TestClient, session: Session, worker: Any) -> None:
    other = a_caseworker(session, location_code="NOR")
    outsider = a_help_request(session, district_code="ZUI")

    found = ask(lead, ownDistrictOnly=True)

    assert found["today"]["waiting"] == 0
    assert str(outsider.id) in found["waits"]
    assert other.id != worker.id


@pytest.mark.usefixtures("waiting")
def test_other_minutes_and_another_district_weight_are_taken_over(lead: TestClient, worker: Any) -> None:
    found = ask(lead, capacities=[{"caseworkerId": str(worker.id), "targetMinutes": 120}], districtWeight=100)

    assert (found["today"]["placed"], found["scenario"]["placed"]) == (2, 1)


@pytest.mark.usefixtures("waiting", "worker")
def test_nothing_is_stored(lead: TestClient, session: Session) -> None:
    ask(lead, extraStaff=[SPECIALIST])

    assert session.scalar(select(func.count()).select_from(Proposal)) == 0
    assert session.scalar(select(func.count()).select_from(Round)) == 0


def test_every_fault_is_named_at_once_at_its_place(lead: TestClient, worker: Any) -> None:
    nobody = str(new_id())
    body = {
        "capacities": [
            {"caseworkerId": nobody, "targetMinutes": 60},
            {"caseworkerId": str(worker.id), "targetMinutes": 600},
        ],
        "absences": [{"caseworkerId": nobody}],
        "extraStaff": [SPECIALIST | {"targetMinutes": 301}],
    }

    answer = lead.post("/v1/scenarios", json=body)

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [
        "#/capacities/0/caseworkerId",
        "#/capacities/1",
        "#/absences/0/caseworkerId",
        "#/extraStaff/0",
    ]


def test_a_day_in_the_past_and_an_unknown_location_are_refused(lead: TestClient, worker: Any) -> None:
    yesterday = (NOW.date() - timedelta(days=1)).isoformat()
    past = lead.post("/v1/scenarios", json={"closedLocations": [{"location": "GRO", "until": yesterday}]})
    unknown = lead.post("/v1/scenarios", json={"closedLocations": [{"location": "MARS"}]})

    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (400, "#/closedLocations/0/until")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "#/closedLocations/0/location")


def test_a_second_scenario_meanwhile_is_told_to_try_again(lead: TestClient) -> None:
    with service.turn():
        answer = lead.post("/v1/scenarios", json={})

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:stadsbreed:problem:unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert lead.post("/v1/scenarios", json={}).status_code == 200


@pytest.mark.usefixtures("waiting", "worker")
def test_the_last_rounds_plan_is_todays_as_long_as_nothing_changed(session: Session, run_round: RunRound) -> None:
    def known() -> solver.Plan | None:
        with db.one_moment() as moment:
            problem = present(moment, automatic=False, now=NOW).problem
            return _known_plan(moment.get(Round, done.id), problem)

    done = run_round(Trigger.DEMAND)
    plan = known()
    assert plan is not None
    assert (plan.optimal, len(plan.placed)) == (True, 2)

    a_help_request(session)
    assert known() is None
