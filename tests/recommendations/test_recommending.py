"""Who can take this now, and when: the operator's question during a call."""

import json
from datetime import timedelta
from typing import Any

import pytest

from app.help_requests.rules import Status, Urgency
from app.identity.rules import Role
from app.kit.db import new_id
from app.rounds.models import Round
from app.rounds.rules import RoundState, Trigger
from app.rounds.service.requesting import add_round
from tests.builders import NOW, a_caseworker, a_help_request, an_absence, an_actor, an_opening_load


@pytest.fixture
def operator(as_role: Any) -> Any:
    return as_role(Role.OPERATOR)


def ask(client: Any, **needs: Any) -> dict[str, Any]:
    answer = client.post("/v1/recommendations", json=needs)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_options_are_ordered_by_fit_and_the_others_say_why_not(operator: Any, session: Any):
    fits = a_caseworker(session, levels={"housing": 2})
    too_short = a_caseworker(session, levels={"housing": 1})
    elsewhere = a_caseworker(session, levels={"housing": 2}, location_code="NOR")

    answer = ask(operator, topic="housing", district="GRO", requiredLevel=2)

    assert [option["code"] for option in answer["options"]] == [fits.code, elsewhere.code]
    assert answer["options"][0]["points"] < answer["options"][1]["points"]
    assert fits.code in answer["options"][0]["reason"]
    (other,) = answer["unavailable"]
    assert (other["code"], [barrier["code"] for barrier in other["barriers"]]) == (too_short.code, ["level"])
    assert "Wonen" in other["barriers"][0]["text"]


def test_the_earliest_start_is_the_first_day_on_which_it_fits(operator: Any, session: Any):
    away_till_wednesday = a_caseworker(session)
    tuesday = NOW.date() + timedelta(days=1)
    an_absence(session, away_till_wednesday, starts_on=NOW.date(), ends_on=tuesday)
    full_until_friday = a_caseworker(session, target_minutes=600, maximum_minutes=600)
    friday = NOW.date() + timedelta(days=4)
    an_opening_load(session, full_until_friday, 540, expected_end_on=friday)

    answer = ask(operator, topic="finances", effortMinutes=120, requiredLevel=1)
    starts = {who["code"]: who["earliestStart"] for who in answer["options"] + answer["unavailable"]}

    assert starts[away_till_wednesday.code] == (tuesday + timedelta(days=1)).isoformat()
    # What ends on Friday frees its minutes from the day after; the next day they work is Monday.
    assert starts[full_until_friday.code] == (friday + timedelta(days=3)).isoformat()


def test_who_lacks_the_level_has_no_first_day(operator: Any, session: Any):
    a_caseworker(session, levels={"finances": 1})

    (other,) = ask(operator, topic="finances", requiredLevel=3)["unavailable"]

    assert other["earliestStart"] is None


def test_nothing_is_stored(operator: Any, session: Any):
    a_caseworker(session)
    ask(operator, topic="finances")

    listed = operator.get("/v1/help-requests").json()
    assert listed["items"] == []


def test_an_excluded_caseworker_is_not_available_and_nobody_reads_why(operator: Any, session: Any):
    excluded = a_caseworker(session)

    (other,) = ask(operator, topic="finances", excludedCaseworkerIds=[str(excluded.id)])["unavailable"]

    assert [barrier["code"] for barrier in other["barriers"]] == ["not-available"]


def test_a_stored_request_that_waits_can_be_asked_about(as_role: Any, session: Any):
    a_caseworker(session)
    request = a_help_request(session, urgency=Urgency.URGENT)

    answer = ask(as_role(Role.TEAM_LEAD), helpRequestId=str(request.id))

    assert len(answer["options"]) == 1


def test_a_request_that_no_longer_waits_is_refused(as_role: Any, session: Any):
    request = a_help_request(session, status=Status.CLOSED)

    answer = as_role(Role.TEAM_LEAD).post("/v1/recommendations", json={"helpRequestId": str(request.id)})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:stadsbreed:problem:wrong-status")


@pytest.mark.parametrize("body", [{}, {"topic": "finances", "helpRequestId": str(new_id())}])
def test_a_body_has_either_needs_or_a_request(operator: Any, body: dict[str, Any]):
    answer = operator.post("/v1/recommendations", json=body)

    assert answer.status_code == 400
    assert "helpRequestId" in answer.json()["errors"][0]["message"]


def test_every_fault_is_named_at_once(operator: Any):
    answer = operator.post(
        "/v1/recommendations", json={"topic": "weather", "urgency": "soon", "requiredLevel": 4, "color": "secret"}
    )

    assert answer.status_code == 400
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert pointers == {"#/topic", "#/urgency", "#/requiredLevel", "#/color"}
    assert "secret" not in answer.text


def test_a_place_that_is_held_is_no_longer_recommended(operator: Any, session: Any):
    who = a_caseworker(session, target_minutes=120, maximum_minutes=120)
    an_actor(session)
    held = operator.post(
        "/v1/holds", json={"caseworkerId": str(who.id), "needs": {"topic": "finances", "effortMinutes": 120}}
    )
    assert held.status_code == 201, held.text

    answer = ask(operator, topic="finances", effortMinutes=120)

    assert answer["options"] == []


def a_round_that_is_done(session: Any, **prices: Any) -> Round:
    """Add a round that is done, with the capacity prices in its plan."""
    row = add_round(session, new_id(), Trigger.DEMAND, actor=None, now=NOW)
    row.state, row.finished_at = RoundState.DONE, NOW
    row.plan = json.dumps({"placed": [], "prices": prices or None})
    session.flush()
    return row


def test_the_prices_of_the_last_round_steer_the_order_and_say_why(operator: Any, session: Any):
    near, far = a_caseworker(session), a_caseworker(session, location_code="NOR")
    a_round_that_is_done(session, waiting={str(near.id): 2.5}, points={str(near.id): 0.5})

    first, second = ask(operator, topic="finances", district="GRO", effortMinutes=120)["options"]

    assert (first["code"], second["code"]) == (far.code, near.code)
    assert second["points"] < first["points"]
    assert "schaars" in second["reason"]
    assert second["reasons"][-1] == {
        "name": "scarcity",
        "points": 60,
        "text": "Deze ruimte is schaars: anderen wachten erop.",
    }
    assert all(reason["name"] != "scarcity" for reason in first["reasons"])


def test_a_request_that_weighs_less_than_the_room_had_better_wait_but_every_option_stays(
    operator: Any, session: Any
):
    who = a_caseworker(session)
    a_round_that_is_done(session, waiting={str(who.id): 2.5})

    normal = ask(operator, topic="finances", effortMinutes=120)
    urgent = ask(operator, topic="finances", effortMinutes=120, urgency="urgent")

    assert (normal["betterWaits"], urgent["betterWaits"]) == (True, False)
    assert normal["advice"].startswith("Voor de hele stad is het beter dat deze vraag wacht")
    assert [option["code"] for option in normal["options"]] == [who.code]


def test_only_the_last_round_counts_and_one_without_prices_steers_nothing(operator: Any, session: Any):
    near, far = a_caseworker(session), a_caseworker(session, location_code="NOR")
    a_round_that_is_done(session, waiting={str(near.id): 2.5})
    assert ask(operator, topic="finances", district="GRO")["options"][0]["code"] == far.code

    a_round_that_is_done(session)

    assert ask(operator, topic="finances", district="GRO")["options"][0]["code"] == near.code


def test_a_stored_plan_of_another_form_steers_nothing(operator: Any, session: Any):
    who = a_caseworker(session)
    a_round_that_is_done(session, waiting={str(who.id): "dear"}, unknown=1)

    assert not ask(operator, topic="finances")["betterWaits"]
