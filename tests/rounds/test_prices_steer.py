"""From a round to the phone line: what room was worth in the last round steers who is recommended."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.rounds import service
from tests.builders import NOW, a_caseworker, a_help_request
from tests.conftest import ClientMaker
from tests.rounds.conftest import RunRound


def recommended(operator: Any) -> list[dict[str, Any]]:
    needs = {"topic": "finances", "district": "GRO", "effortMinutes": 30}
    options: list[dict[str, Any]] = operator.post("/v1/recommendations", json=needs).json()["options"]
    return options


def test_after_a_round_who_is_scarce_comes_after_who_is_not(
    session: Session, run_round: RunRound, as_role: ClientMaker
) -> None:
    operator = as_role("operator")
    scarce = a_caseworker(
        session, levels={"finances": 2, "housing": 2}, target_minutes=490, maximum_minutes=490, new_per_week=20
    )
    other = a_caseworker(session, location_code="NOR")
    assert [option["code"] for option in recommended(operator)] == [scarce.code, other.code]
    for number in range(9):
        a_help_request(
            session,
            topic="housing",
            asked_effort_minutes=130 + 10 * (number % 3),
            received_at=NOW - timedelta(days=number),
        )

    prices = service.stored(session, run_round().id).plan.prices

    assert prices is not None
    assert prices.waiting[str(scarce.id)] > prices.waiting.get(str(other.id), 0.0) == 0.0
    first, second = recommended(operator)
    assert (first["code"], second["code"]) == (other.code, scarce.code)
    assert second["reasons"][-1]["name"] == "scarcity"
