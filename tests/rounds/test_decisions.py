"""People decide on proposals: accept, reject, override, together, and undoing it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.assignments import service as assignments
from app.assignments.models import Assignment
from app.help_requests import queries as help_requests
from app.help_requests import service as requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.identity.rules import Role
from app.kit import clock
from app.rounds.models import Proposal
from app.rounds.rules import ProposalState, RejectReason
from tests.builders import NOW, a_caseworker, a_help_request, an_absence, an_actor, an_opening_load
from tests.conftest import ClientMaker
from tests.rounds.builders import a_proposal, open_proposals
from tests.rounds.conftest import RunRound

AWAY = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=200)}
ACCEPT = {"decision": "accept"}


@pytest.fixture
def lead(as_role: ClientMaker) -> TestClient:
    return as_role("team_lead")


def decide(
    client: TestClient, proposal: Proposal, body: dict[str, Any], etag: str | None = '"1"', **query: str
) -> Any:
    headers = {} if etag is None else {"If-Match": etag}
    return client.post(f"/v1/proposals/{proposal.id}/decisions", json=body, headers=headers, params=query)


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:stadsbreed:problem:")


def pointers(answer: Any) -> list[str]:
    return [fault["pointer"] for fault in answer.json()["errors"]]


def stored(session: Session, proposal: Proposal) -> Proposal:
    session.expire_all()
    return session.get_one(Proposal, proposal.id)


def test_an_accepted_proposal_is_an_assignment_by_a_named_person(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session)

    answer = decide(lead, proposal, ACCEPT)

    assert answer.status_code == 201
    decision = answer.json()
    assert stored(session, proposal).state is ProposalState.ACCEPTED
    assignment = session.get_one(Assignment, UUID(decision["assignmentId"]))
    assert (assignment.caseworker_id, assignment.effort_minutes) == (proposal.caseworker_id, 120)
    assert str(assignment.decided_by) == decision["decidedBy"]
    assert session.get_one(HelpRequest, proposal.help_request_id).status is Status.ASSIGNED
    assert answer.headers["Location"] == f"/v1/proposals/{proposal.id}"


def test_a_decision_needs_the_etag_of_what_was_read(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session)

    assert problem(decide(lead, proposal, ACCEPT, None)) == (428, "precondition-required")
    assert problem(decide(lead, proposal, ACCEPT, '"7"')) == (412, "stale")
    assert lead.get(f"/v1/proposals/{proposal.id}").headers["ETag"] == '"1"'


@pytest.mark.parametrize("etag", ['"1"', '"7"', None])
def test_a_decided_proposal_says_so_before_stale(session: Session, lead: TestClient, etag: str | None) -> None:
    proposal = a_proposal(session)
    decide(lead, proposal, ACCEPT)

    assert problem(decide(lead, proposal, ACCEPT, etag)) == (409, "already-decided")


@pytest.mark.parametrize("state", [ProposalState.REPLACED, ProposalState.EXPIRED])
def test_only_an_open_proposal_can_be_decided_on(session: Session, lead: TestClient, state: ProposalState) -> None:
    proposal = a_proposal(session, state=state)

    answer = decide(lead, proposal, ACCEPT)

    assert problem(answer) == (409, "wrong-status")
    assert answer.json()["state"] == state


def test_a_proposal_whose_time_is_over_can_not_be_decided_on(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session, expires_at=NOW)

    assert decide(lead, proposal, ACCEPT).json()["state"] == "expired"


def test_a_lead_decides_for_their_own_locations_only(session: Session, as_role: ClientMaker) -> None:
    elsewhere = as_role("team_lead", locations=["NIE"])
    proposal = a_proposal(session, caseworker=a_caseworker(session, location_code="GRO"))
    reject = {"decision": "reject", "reason": "wrong-topic"}

    assert problem(decide(elsewhere, proposal, ACCEPT)) == (403, "not-allowed")
    assert problem(decide(elsewhere, proposal, reject)) == (403, "not-allowed")
    assert stored(session, proposal).state is ProposalState.OPEN


def test_every_rule_is_checked_again_when_a_proposal_is_accepted(session: Session, lead: TestClient) -> None:
    gone, full = a_caseworker(session), a_caseworker(session)
    an_absence(session, gone, **AWAY)
    an_opening_load(session, full, 500)

    assert problem(decide(lead, a_proposal(session, caseworker=gone), ACCEPT)) == (409, "not-eligible")
    assert problem(decide(lead, a_proposal(session, caseworker=full), ACCEPT)) == (409, "no-capacity")
    assert len(open_proposals(session)) == 2


def test_the_maximum_and_not_the_target_is_the_limit_when_people_decide(
    session: Session, lead: TestClient
) -> None:
    worker = a_caseworker(session, target_minutes=100, maximum_minutes=120)

    assert decide(lead, a_proposal(session, caseworker=worker), ACCEPT).status_code == 201


def test_a_rejected_caseworker_is_not_proposed_again(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    worker = a_caseworker(session)
    proposal = a_proposal(session, caseworker=worker)

    answer = decide(lead, proposal, {"decision": "reject", "reason": "not-this-caseworker"})

    assert answer.status_code == 201
    excluded = help_requests.exclusions_of(session, [proposal.help_request_id])
    assert excluded[proposal.help_request_id] == {worker.id}
    assert run_round().placed_count == 0


def test_not_yet_waits_until_the_day_and_is_listed_as_waiting(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    proposal = a_proposal(session)
    until = NOW.date() + timedelta(days=2)

    decide(lead, proposal, {"decision": "reject", "reason": "not-yet", "until": str(until)})

    first = run_round()
    assert (first.placed_count, first.unplaced[0]["reason"]) == (0, "not-yet")
    with clock.stopped(NOW + timedelta(days=2)):
        assert run_round().placed_count == 1


@pytest.mark.parametrize("reason", ["wrong-topic", "wrong-weight", "wrong-level", "not-for-the-team"])
def test_a_request_with_something_wrong_stays_out_of_rounds_until_it_is_changed(
    session: Session, lead: TestClient, run_round: RunRound, reason: str
) -> None:
    proposal = a_proposal(session)
    decide(lead, proposal, {"decision": "reject", "reason": reason})

    assert [item["reason"] for item in run_round().unplaced] == ["awaits-change"]

    address = f"/v1/help-requests/{proposal.help_request_id}"
    etag = lead.get(address).headers["ETag"]
    assert lead.patch(address, json={"weight": "light"}, headers={"If-Match": etag}).status_code == 200
    assert run_round().placed_count == 1


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"decision": "reject"}, ["#/reason"]),
        ({"decision": "reject", "reason": "learning"}, ["#/reason"]),
        ({"decision": "reject", "reason": "no reason"}, ["#/reason"]),
        ({"decision": "reject", "reason": "not-yet"}, ["#/until"]),
        ({"decision": "reject", "reason": "not-yet", "until": "2026-11-23"}, ["#/until"]),
        ({"decision": "reject", "reason": "not-yet", "until": "2028-01-01"}, ["#/until"]),
        ({"decision": "reject", "reason": "wrong-topic", "until": "2026-12-01"}, ["#/until"]),
        ({"decision": "accept", "reason": "learning"}, ["#/reason"]),
        ({"decision": "accept", "caseworkerId": str(uuid4())}, ["#/caseworkerId"]),
        ({"decision": "override", "until": "2026-12-01"}, ["#/reason", "#/until", "#/caseworkerId"]),
        ({"decision": "override", "reason": "learning", "caseworkerId": str(uuid4())}, ["#/caseworkerId"]),
        ({"decision": "maybe", "extra": 1}, ["#/decision", "#/extra"]),
    ],
)
def test_everything_wrong_with_a_decision_is_named_at_once(
    session: Session, lead: TestClient, body: dict[str, Any], wrong: list[str]
) -> None:
    answer = decide(lead, a_proposal(session), body)

    assert problem(answer) == (400, "invalid-input")
    assert pointers(answer) == wrong


def test_an_override_names_another_caseworker_than_the_one_proposed(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session)
    body = {"decision": "override", "reason": "learning", "caseworkerId": str(proposal.caseworker_id)}

    assert pointers(decide(lead, proposal, body)) == ["#/caseworkerId"]


def test_an_override_says_before_what_it_costs_and_who_then_waits(session: Session, lead: TestClient) -> None:
    proposed = a_caseworker(session, levels={"finances": 1})
    chosen = a_caseworker(session, levels={"finances": 3}, target_minutes=120, maximum_minutes=140)
    proposal = a_proposal(session, caseworker=proposed)
    then_waits = a_proposal(session, caseworker=chosen)
    body = {"decision": "override", "reason": "learning", "caseworkerId": str(chosen.id)}

    preview = decide(lead, proposal, body, validateOnly="true")

    assert preview.status_code == 200
    expected = {"decision": "override", "caseworkerId": str(chosen.id), "overMaximum": False}
    assert preview.json().items() >= expected.items()
    assert preview.json()["extraPoints"] > 0
    assert preview.json()["thenWait"] == [str(then_waits.help_request_id)]
    assert stored(session, proposal).state is ProposalState.OPEN
    assert session.scalars(select(Assignment)).all() == []

    answer = decide(lead, proposal, body)
    same = ("extraPoints", "thenWait", "caseworkerId")
    assert [answer.json()[name] for name in same] == [preview.json()[name] for name in same]
    assert stored(session, proposal).state is ProposalState.OVERRIDDEN


def test_an_override_may_go_above_the_maximum_and_is_marked(session: Session, lead: TestClient) -> None:
    full = a_caseworker(session, target_minutes=60, maximum_minutes=60)
    proposal = a_proposal(session)
    body = {"decision": "override", "reason": "team-agreement", "caseworkerId": str(full.id)}

    assert decide(lead, proposal, body, validateOnly="true").json()["overMaximum"] is True
    answer = decide(lead, proposal, body)

    assert session.get_one(Assignment, UUID(answer.json()["assignmentId"])).over_maximum is True


def test_an_override_goes_past_no_other_barrier(session: Session, lead: TestClient) -> None:
    unable = a_caseworker(session, levels={})
    body = {"decision": "override", "reason": "learning", "caseworkerId": str(unable.id)}

    answer = decide(lead, a_proposal(session), body)

    assert problem(answer) == (409, "not-eligible")
    assert [barrier["code"] for barrier in answer.json()["barriers"]] == ["level"]


def test_a_batch_answers_each_decision_on_its_own(session: Session, lead: TestClient) -> None:
    fits, stale, untold = a_proposal(session), a_proposal(session), a_proposal(session)
    items = [
        {"proposalId": str(fits.id), "etag": '"1"', "decision": "accept"},
        {"proposalId": str(fits.id), "etag": '"1"', "decision": "accept"},
        {"proposalId": str(stale.id), "etag": '"9"', "decision": "accept"},
        {"proposalId": str(untold.id), "decision": "accept"},
        {"proposalId": str(untold.id), "etag": '"1"', "decision": "reject"},
        {"proposalId": str(uuid4()), "etag": '"1"', "decision": "accept"},
    ]

    answer = lead.post("/v1/decisions", json={"items": items})

    assert answer.status_code == 200
    assert [item["status"] for item in answer.json()["items"]] == [201, 409, 412, 428, 400, 404]
    assert answer.json()["items"][1]["problem"]["type"] == "urn:stadsbreed:problem:already-decided"
    assert {item.id for item in open_proposals(session)} == {stale.id, untold.id}


def test_the_last_minutes_of_a_caseworker_go_to_the_first_of_a_batch(session: Session, lead: TestClient) -> None:
    worker = a_caseworker(session, target_minutes=120, maximum_minutes=180)
    proposals = [a_proposal(session, caseworker=worker) for _ in range(2)]
    items = [{"proposalId": str(item.id), "etag": '"1"', "decision": "accept"} for item in proposals]

    answer = lead.post("/v1/decisions", json={"items": items})

    assert [item["status"] for item in answer.json()["items"]] == [201, 409]


def reverse(client: TestClient, decision_id: str) -> Any:
    return client.post(f"/v1/decisions/{decision_id}/reversals")


def test_an_acceptance_can_be_undone_and_its_proposal_is_open_again(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session)
    decision = decide(lead, proposal, ACCEPT).json()

    answer = reverse(lead, decision["id"])

    assert answer.status_code == 201
    assert answer.json()["reversedAt"] is not None
    assert stored(session, proposal).state is ProposalState.OPEN
    assert session.get_one(HelpRequest, proposal.help_request_id).status is Status.WAITING
    assert session.get_one(Assignment, UUID(decision["assignmentId"])).ended_at == NOW
    assert problem(reverse(lead, decision["id"])) == (409, "wrong-status")


def test_a_decision_can_not_be_undone_once_the_caseworker_has_seen_it(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session)
    decision = decide(lead, proposal, ACCEPT).json()
    seen = session.get_one(Assignment, UUID(decision["assignmentId"]))
    themselves = an_actor(session, Role.CASEWORKER, caseworker_id=proposal.caseworker_id)
    assignments.mark_seen(session, [seen], viewer=themselves, now=NOW)

    assert problem(reverse(lead, decision["id"])) == (409, "wrong-status")
    assert stored(session, proposal).state is ProposalState.ACCEPTED


def test_a_decision_can_not_be_undone_on_another_day(session: Session, lead: TestClient) -> None:
    decision = decide(lead, a_proposal(session), ACCEPT).json()

    with clock.stopped(NOW + timedelta(days=1)):
        assert problem(reverse(lead, decision["id"])) == (409, "wrong-status")


def test_undoing_a_rejection_takes_back_what_it_caused(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    until = str(NOW.date() + timedelta(days=9))
    for reason in RejectReason:
        proposal = a_proposal(session)
        body = {"decision": "reject", "reason": reason} | ({"until": until} if reason == "not-yet" else {})
        decision = decide(lead, proposal, body).json()

        assert reverse(lead, decision["id"]).status_code == 201
        assert stored(session, proposal).state is ProposalState.OPEN

    done = run_round()
    assert (done.unplaced, done.kept_count) == ([], len(RejectReason))


def test_an_exclusion_that_was_there_before_stays_when_a_rejection_is_undone(
    session: Session, lead: TestClient
) -> None:
    worker = a_caseworker(session)
    proposal = a_proposal(session, caseworker=worker)
    request = session.get_one(HelpRequest, proposal.help_request_id)
    requests.exclude(session, request, worker.id, actor=None, now=NOW - timedelta(days=1))
    decision = decide(lead, proposal, {"decision": "reject", "reason": "not-this-caseworker"}).json()
    reverse(lead, decision["id"])

    assert help_requests.exclusions_of(session, [request.id])[request.id] == {worker.id}


def test_an_unknown_decision_is_not_found(lead: TestClient) -> None:
    assert problem(reverse(lead, str(uuid4()))) == (404, "not-found")


def test_a_direct_assignment_ends_the_open_proposal(session: Session, lead: TestClient) -> None:
    other = a_caseworker(session)
    proposal = a_proposal(session)
    body = {"helpRequestId": str(proposal.help_request_id), "caseworkerId": str(other.id), "reason": "crisis"}

    assert lead.post("/v1/assignments", json=body).status_code == 201
    assert stored(session, proposal).state is ProposalState.REPLACED


def test_closing_a_request_ends_its_open_proposal(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session, request=a_help_request(session))
    address = f"/v1/help-requests/{proposal.help_request_id}"
    headers = {"If-Match": lead.get(address).headers["ETag"]}

    answer = lead.post(f"{address}/closures", json={"outcome": "information"}, headers=headers)

    assert answer.status_code == 201
    assert stored(session, proposal).state is ProposalState.REPLACED
