"""Taking requests in over HTTP: what is stored, what is refused, what the answer says."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.help_requests import queries, rules
from app.help_requests.models import Clock, Exclusion, HelpRequest, PrivatePart
from app.kit.audit import AuditLine
from app.kit.events import EventRow
from app.kit.idempotency import IdempotencyKey
from tests.builders import NOW, a_caseworker, a_help_request, an_assignment

ENOUGH = {"topic": "finances", "adult": True}
FULL: dict[str, Any] = {
    "topic": "finances",
    "otherTopics": ["housing"],
    "urgency": "normal",
    "threat": None,
    "weight": "medium",
    "concerns": "self",
    "consent": None,
    "adult": True,
    "birthDate": None,
    "birthYear": None,
    "district": "NIE",
    "channel": "phone",
    "requiredLevel": None,
    "effortMinutes": None,
    "languages": {"required": [], "preferred": ["ar"], "interpreter": True},
    "requiredAttributes": [],
    "excludedCaseworkerIds": [],
    "preferredLocation": None,
    "previousCaseworkerId": None,
    "waitFor": None,
    "personReference": None,
    "householdReference": None,
    "externalReference": "4f0c-1",
    "sourceUrl": None,
    "klantcontactUuid": None,
    "internetaakUuid": None,
    "zaakUrl": None,
    "receivedAt": "2026-11-20T09:12:00+01:00",
    "legalReports": [],
    "externalDeadline": None,
    "summary": "Letters about rent arrears; no safety worries.",
    "contact": {"number": "010", "when": "mornings", "safeToCall": True, "voicemailAllowed": False},
}


@pytest.fixture
def intake(as_role: Any) -> Any:
    return as_role("intake")


def pointers(answer: Any) -> set[str]:
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "urn:stadsbreed:problem:invalid-input"
    return {fault["pointer"] for fault in answer.json()["errors"]}


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_topic_and_an_age_are_enough(intake):
    answer = intake.post("/v1/help-requests", json=ENOUGH)

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["Location"] == f"/v1/help-requests/{body['id']}"
    assert answer.headers["ETag"] == body["etag"] == '"1"'
    assert body["status"] == "waiting"
    assert rules.as_reference(body["reference"]) == body["reference"]
    assert (body["askedLevel"], body["requiredLevel"], body["effortMinutes"]) == (2, 2, 120)


def test_the_answer_repeats_what_was_sent_and_reading_it_again_says_the_same(intake):
    sent = intake.post("/v1/help-requests", json=FULL)
    read = intake.get(sent.headers["Location"])

    assert read.json() == sent.json()
    assert read.headers["ETag"] == sent.headers["ETag"]
    not_repeated = {"birthDate", "birthYear", "requiredLevel", "effortMinutes", "receivedAt", "holdId"}
    for name in FULL.keys() - not_repeated:
        assert sent.json()[name] == FULL[name], name
    assert sent.json()["receivedAt"] == "2026-11-20T08:12:00Z"


def test_an_intake_leaves_its_event_audit_line_and_clocks(intake, session):
    made = UUID(intake.post("/v1/help-requests", json=ENOUGH).json()["id"])

    event = session.scalars(select(EventRow).where(EventRow.subject_id == made)).one()
    line = session.scalars(select(AuditLine).where(AuditLine.object_id == made)).one()
    assert (event.sequence, event.type) == (1, "help-request.received")
    assert (line.sequence, line.action, line.result) == (1, "receive", "done")
    assert {clock.name for clock in queries.clocks_of(session, [made])[made]} == {"call-back", "start"}


def test_what_is_private_is_stored_encrypted_only(intake, session):
    made = UUID(intake.post("/v1/help-requests", json=FULL).json()["id"])

    part = session.get(PrivatePart, made)
    assert part is not None
    assert b"rent" not in part.sealed
    for row in session.scalars(select(EventRow)):
        assert "rent" not in row.data


def test_every_fault_is_named_at_once(intake):
    wrong = {
        "topic": "astrology",
        "otherTopics": ["housing", "housing"],
        "urgency": "normal",
        "threat": "eviction",
        "weight": "gigantic",
        "concerns": "other-adult",
        "adult": "yes",
        "birthDate": "2030-01-01",
        "district": "XXX",
        "requiredLevel": 4,
        "effortMinutes": 0,
        "languages": {"required": ["dutch!"], "fluent": True},
        "preferredLocation": "YYY",
        "receivedAt": "2027-01-01T00:00:00Z",
        "zaakUrl": "nowhere",
        "colour": "blue",
    }

    assert pointers(intake.post("/v1/help-requests", json=wrong)) == {
        *("#/topic", "#/threat", "#/weight", "#/consent", "#/adult", "#/birthDate", "#/district"),
        *("#/requiredLevel", "#/effortMinutes", "#/languages/required/0", "#/languages/fluent"),
        *("#/preferredLocation", "#/receivedAt", "#/zaakUrl", "#/colour"),
    }


def test_a_fault_names_the_value_of_a_code_but_never_free_text(intake):
    answer = intake.post(
        "/v1/help-requests", json={**ENOUGH, "topic": "astrology", "summary": 5, "note": "secret"}
    )

    assert "astrology" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("faulty", "pointer"),
    [
        ({"otherTopics": ["finances"]}, "#/otherTopics"),
        ({"threat": "eviction"}, "#/threat"),
        ({"concerns": "other-adult"}, "#/consent"),
        ({"concerns": "other-adult", "consent": False}, "#/consent"),
        ({"adult": False, "birthDate": "1980-01-01"}, "#/birthDate"),
        ({"birthDate": "1980-01-01", "birthYear": 1981}, "#/birthYear"),
        ({"birthYear": 1800}, "#/birthYear"),
        ({"birthDate": "2026-11-24"}, "#/birthDate"),
        ({"receivedAt": "2026-11-23T09:05:01Z"}, "#/receivedAt"),
        ({"summary": "a\x00b"}, "#/summary"),
        ({"personReference": ""}, "#/personReference"),
    ],
)
def test_what_cannot_be_true_is_refused(intake, faulty, pointer):
    assert pointers(intake.post("/v1/help-requests", json=ENOUGH | faulty)) == {pointer}


def test_a_caseworker_that_does_not_exist_is_named_wherever_it_stands(intake, session):
    known, unknown = a_caseworker(session).id, "01900000-0000-7000-8000-000000000000"
    body = ENOUGH | {
        "excludedCaseworkerIds": [str(known), unknown],
        "previousCaseworkerId": unknown,
        "waitFor": {"caseworkerId": unknown.replace("1", "2"), "until": "2026-12-01"},
    }

    assert pointers(intake.post("/v1/help-requests", json=body)) == {
        *("#/excludedCaseworkerIds/1", "#/previousCaseworkerId", "#/waitFor/caseworkerId")
    }


def test_nobody_waits_for_who_is_excluded(intake, session):
    one = str(a_caseworker(session).id)
    body = ENOUGH | {"excludedCaseworkerIds": [one], "waitFor": {"caseworkerId": one, "until": "2026-12-01"}}

    assert pointers(intake.post("/v1/help-requests", json=body)) == {"#/waitFor"}


# --- age -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{}, {"birthDate": None}, {"birthYear": None, "birthDate": None}])
def test_saying_nothing_of_age_is_refused(intake, body):
    answer = intake.post("/v1/help-requests", json={"topic": "finances"} | body)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:stadsbreed:problem:age-unknown"


@pytest.mark.parametrize("said", [{"adult": None}, {"birthYear": 2008}, {"adult": None, "birthYear": 2008}])
def test_an_age_that_is_not_known_is_stored_for_a_lead_to_settle(intake, as_role, session, said):
    made = intake.post("/v1/help-requests", json={"topic": "finances"} | said).json()

    assert made["adult"] is None
    assert "18" in made["residentMessage"]
    assert UUID(made["id"]) not in {row.id for row in queries.waiting(session)}
    listed = as_role("team_lead").get("/v1/help-requests", params={"ageKnown": "false"}).json()["items"]
    assert made["id"] in {item["id"] for item in listed}


@pytest.mark.parametrize(
    ("said", "adult"),
    [
        ({"birthDate": "2008-11-23"}, True),
        ({"birthYear": 2007}, True),
        ({"adult": True, "birthYear": 2008}, True),
        ({"adult": True, "birthDate": "1950-02-28"}, True),
    ],
)
def test_a_birth_date_or_year_says_who_is_an_adult_and_is_not_stored(intake, session, said, adult):
    made = intake.post("/v1/help-requests", json={"topic": "finances"} | said).json()

    assert made["adult"] is adult
    assert "birthDate" not in made
    assert not [column for column in HelpRequest.__table__.columns if "birth" in column.name]


@pytest.mark.parametrize(
    "said",
    [
        {"adult": False},
        {"birthDate": "2008-11-24"},
        {"birthYear": 2009},
        {"adult": True, "birthYear": 2009},
        {"concerns": "child"},
        {"concerns": "child", "adult": True},
    ],
)
def test_a_minor_is_refused_with_the_handoff_and_nothing_is_stored(intake, session, said):
    before = [count(session, model) for model in (HelpRequest, EventRow, PrivatePart, Clock, IdempotencyKey)]

    answer = intake.post(
        "/v1/help-requests",
        json={"topic": "parenting", "summary": "school"} | said,
        headers={"Idempotency-Key": "1", "Accept-Language": "en"},
    )

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:stadsbreed:problem:minor"
    assert "youth organisation" in answer.json()["handoff"]
    assert before == [
        count(session, model) for model in (HelpRequest, EventRow, PrivatePart, Clock, IdempotencyKey)
    ]


# --- once, or not at all ---------------------------------------------------------------------------


def test_the_same_key_and_body_make_one_request(intake, session):
    first = intake.post("/v1/help-requests", json=FULL, headers={"Idempotency-Key": "a key"})
    again = intake.post("/v1/help-requests", json=FULL, headers={"Idempotency-Key": "a key"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert session.scalar(select(func.count()).where(HelpRequest.external_reference == "4f0c-1")) == 1


def test_the_same_key_with_another_body_is_refused(intake):
    intake.post("/v1/help-requests", json=ENOUGH, headers={"Idempotency-Key": "k"})
    other = intake.post("/v1/help-requests", json=ENOUGH | {"topic": "housing"}, headers={"Idempotency-Key": "k"})

    assert other.status_code == 409
    assert other.json()["type"] == "urn:stadsbreed:problem:idempotency-key-reused"


def test_keys_of_two_clients_are_their_own(intake, as_role):
    mine = intake.post("/v1/help-requests", json=ENOUGH, headers={"Idempotency-Key": "k"})
    theirs = as_role("intake").post("/v1/help-requests", json=ENOUGH, headers={"Idempotency-Key": "k"})

    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine.json()["id"]


def test_validating_only_stores_nothing(intake, session):
    intake.post("/v1/help-requests", json=ENOUGH)  # the first one ever also stores the first policy
    before = [count(session, model) for model in (HelpRequest, EventRow, AuditLine)]

    answer = intake.post("/v1/help-requests", params={"validateOnly": "true"}, json=FULL)

    assert answer.status_code == 200
    assert answer.json()["valid"] is True
    assert answer.json()["effortMinutes"] == 120
    assert before == [count(session, model) for model in (HelpRequest, EventRow, AuditLine)]


def test_validating_only_finds_the_same_faults(intake):
    answer = intake.post(
        "/v1/help-requests", params={"validateOnly": "true"}, json={"topic": "nothing", "adult": 1}
    )

    assert pointers(answer) == {"#/topic", "#/adult"}


# --- what the answer says --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("nl", "U wordt uiterlijk maandag 30 november gebeld."),
        ("en", "We will call you by Monday 30 November at the latest."),
    ],
)
def test_the_resident_hears_until_when_in_their_language(intake, language, message):
    answer = intake.post("/v1/help-requests", json=ENOUGH, headers={"Accept-Language": language})

    assert answer.json()["residentMessage"] == message


def test_a_crisis_says_what_to_do_now(intake):
    made = intake.post("/v1/help-requests", json=ENOUGH | {"urgency": "crisis"}).json()
    ordinary = intake.post("/v1/help-requests", json=ENOUGH).json()

    assert "112" in made["safetyAdvice"]
    assert made["residentMessage"] == "Wij nemen vandaag contact met u op."
    assert {clock["dueOn"] for clock in made["clocks"]} == {"2026-11-23"}
    assert ordinary["safetyAdvice"] is None


def test_what_the_intake_sets_goes_before_the_policy(intake):
    made = intake.post("/v1/help-requests", json=ENOUGH | {"requiredLevel": 3, "effortMinutes": 45}).json()

    assert (made["askedLevel"], made["requiredLevel"], made["effortMinutes"]) == (3, 3, 45)


def test_a_level_is_lowered_after_a_long_wait_and_the_asked_one_is_kept(intake):
    long_ago = (NOW - timedelta(days=21)).isoformat()
    made = intake.post("/v1/help-requests", json=ENOUGH | {"requiredLevel": 3, "receivedAt": long_ago}).json()

    assert (made["askedLevel"], made["requiredLevel"]) == (3, 2)


def test_who_calls_again_is_recognised_by_their_reference_only(intake, session):
    first = intake.post("/v1/help-requests", json=ENOUGH | {"personReference": "p-1"}).json()
    helper = a_caseworker(session)
    an_assignment(session, helper, help_request_id=UUID(first["id"]))

    again = intake.post("/v1/help-requests", json=ENOUGH | {"personReference": "p-1"}).json()
    somebody_else = intake.post("/v1/help-requests", json=ENOUGH | {"personReference": "p-2"}).json()

    assert again["earlierHelpRequestIds"] == [first["id"]]
    assert again["previousCaseworkerId"] == str(helper.id)
    assert somebody_else["earlierHelpRequestIds"] == []
    assert somebody_else["previousCaseworkerId"] is None


def test_an_exclusion_at_intake_is_kept_without_a_reason(intake, session):
    one = a_caseworker(session)
    made = intake.post("/v1/help-requests", json=ENOUGH | {"excludedCaseworkerIds": [str(one.id)]}).json()

    assert queries.exclusions_of(session, [UUID(made["id"])]) == {UUID(made["id"]): frozenset({one.id})}
    assert not [column for column in Exclusion.__table__.columns if "reason" in column.name]


def test_noise_of_others_does_not_show_in_what_an_intake_lists(intake, session):
    a_help_request(session)
    mine = intake.post("/v1/help-requests", json=ENOUGH).json()["id"]

    assert [item["id"] for item in intake.get("/v1/help-requests").json()["items"]] == [mine]
