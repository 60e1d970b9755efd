"""Before an override: what it really costs, and who then moves or waits, worked out beside the web process."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

import solver
from app.help_requests.models import HelpRequest
from app.kit.db import new_id
from app.rounds import service
from app.rounds.models import Proposal
from app.rounds.service.choosing import _is_about
from app.rounds.service.starting import present
from tests.builders import NOW, a_caseworker, a_help_request
from tests.conftest import ClientMaker
from tests.rounds.builders import a_proposal, open_proposals

DUTCH, ENGLISH = {"Accept-Language": "nl"}, {"Accept-Language": "en"}


@pytest.fixture(scope="module", autouse=True)
def _end_the_solver() -> Iterator[None]:
    yield
    service.end_solver()


@pytest.fixture
def lead(as_role: ClientMaker) -> TestClient:
    return as_role("team_lead")


def choice_of(lead: TestClient, request_id: object, caseworker_id: object, language: Any = DUTCH) -> Any:
    return lead.get(f"/v1/help-requests/{request_id}/explanation/{caseworker_id}", headers=language)


@pytest.fixture
def full(session: Session) -> tuple[Proposal, Proposal]:
    """Return two open proposals, each of which fills its caseworker."""
    return tuple(  # type: ignore[return-value]
        a_proposal(
            session,
            a_help_request(session, received_at=NOW - timedelta(days=days)),
            a_caseworker(session, code=code, target_minutes=120, maximum_minutes=120),
        )
        for code, days in (("GRO-A", 5), ("GRO-B", 1))
    )


def test_who_has_to_give_way_is_named_with_where_they_go(
    session: Session, lead: TestClient, full: tuple[Proposal, Proposal]
) -> None:
    first, second = full

    answer = choice_of(lead, second.help_request_id, first.caseworker_id).json()

    assert (answer["possible"], answer["aboveRoom"], answer["proven"]) == (True, False, True)
    (move,) = answer["moves"]
    assert (move["helpRequestId"], move["was"], move["becomes"]) == (
        str(first.help_request_id),
        str(first.caseworker_id),
        str(second.caseworker_id),
    )
    reference = session.get_one(HelpRequest, first.help_request_id).reference
    assert move["text"] == f"{reference} gaat van GRO-A naar GRO-B."
    assert [tier["name"] for tier in answer["tiers"]] == ["overdue", "waiting", "points"]
    assert answer["text"].endswith("Dan gaat naar iemand anders: 1 andere hulpvraag.")


def test_who_then_waits_weighs_in_the_tier_of_those_who_wait(
    session: Session, lead: TestClient, full: tuple[Proposal, Proposal]
) -> None:
    waiting = a_help_request(session)

    answer = choice_of(lead, waiting.id, full[0].caseworker_id, ENGLISH).json()

    # The other open proposal stays put, so that the one who gives way has nowhere to go.
    assert [(move["helpRequestId"], move["becomes"]) for move in answer["moves"]] == [
        (str(full[0].help_request_id), None)
    ]
    assert {tier["name"]: tier["cost"] for tier in answer["tiers"]}["waiting"] > 0
    assert "Then must wait: 1 other request." in answer["text"]


def test_a_choice_above_the_maximum_says_so_and_moves_nobody(session: Session, lead: TestClient) -> None:
    small = a_caseworker(session, code="GRO-A", target_minutes=60, maximum_minutes=60)
    request = a_help_request(session)

    answer = choice_of(lead, request.id, small.id).json()

    assert (answer["possible"], answer["aboveRoom"], answer["moves"]) == (True, True, [])
    assert "Dit gaat boven de afgesproken ruimte van GRO-A." in answer["text"]


def test_a_choice_that_may_not_be_says_why(session: Session, lead: TestClient) -> None:
    request = a_help_request(session)
    unable = a_caseworker(session, code="GRO-A", levels={})

    answer = choice_of(lead, request.id, unable.id).json()

    assert (answer["possible"], [item["code"] for item in answer["barriers"]]) == (False, ["level"])
    assert answer["text"].startswith("GRO-A kan deze vraag niet aannemen. Weet te weinig van Geldzaken")
    assert answer["tiers"] == []


def test_a_look_stores_nothing(session: Session, lead: TestClient, full: tuple[Proposal, Proposal]) -> None:
    choice_of(lead, full[1].help_request_id, full[0].caseworker_id)

    assert [item.id for item in open_proposals(session)] == sorted(item.id for item in full)


def test_nobody_else_than_a_caseworker_can_be_chosen(session: Session, lead: TestClient) -> None:
    request = a_help_request(session)

    assert choice_of(lead, request.id, new_id()).status_code == 404
    assert choice_of(lead, new_id(), a_caseworker(session).id).status_code == 404


def test_a_request_that_takes_no_part_in_rounds_has_no_price(session: Session, lead: TestClient) -> None:
    later = a_help_request(session, not_before_on=NOW.date() + timedelta(days=3))

    answer = choice_of(lead, later.id, a_caseworker(session).id)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:stadsbreed:problem:wrong-status")


def test_while_another_question_is_worked_out_the_answer_is_to_try_again(
    session: Session, lead: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.rounds.service.choosing.PLAN_SECONDS", 0.01)
    request, worker = a_help_request(session), a_caseworker(session)

    with service.turn():
        answer = choice_of(lead, request.id, worker.id)

    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


def test_an_answer_about_anything_else_is_not_believed(session: Session) -> None:
    worker, request = a_caseworker(session), a_help_request(session)
    problem = present(session, automatic=True, now=NOW).problem
    key, to = str(request.id), str(worker.id)
    right = solver.Forced(key, to, moves=(solver.Move(key, None, to),))

    assert _is_about(right, problem, key, to)
    assert not _is_about(replace(right, caseworker="x"), problem, key, to)
    assert not _is_about(replace(right, moves=(solver.Move("x", None, to),)), problem, key, to)
    assert not _is_about(replace(right, moves=(solver.Move(key, "x", to),)), problem, key, to)
