"""What a policy document says about one request, and what it refuses."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import solver
from app.policy.rules import (
    DEFAULT,
    EffortByPhase,
    EffortByWeight,
    LevelByWeight,
    PolicyDocument,
    effort_of,
    level_of,
    level_today,
)

MONEY = re.compile(
    r"euro|eur\b|€|money|budget|tariff|wage|salar|fee\b|fees\b|income|invoice|rate\b|currency|cheap|expens",
    re.IGNORECASE,
)


def test_a_new_document_has_the_solvers_own_prices() -> None:
    assert DEFAULT.prices == solver.Policy()


def test_effort_follows_weight_and_phase() -> None:
    assert effort_of(DEFAULT, "finances", "light", phase="start") == 60
    assert effort_of(DEFAULT, "finances", "heavy", phase="start") == 240
    assert effort_of(DEFAULT, "finances", "heavy", phase="aftercare") == 30


def test_a_topic_with_a_table_of_its_own_does_not_follow_the_others() -> None:
    own = EffortByWeight(medium=EffortByPhase(start=300, active=200, aftercare=100))
    document = PolicyDocument(
        efforts_by_topic={"housing": own}, levels_by_topic={"housing": LevelByWeight(light=3)}
    )

    assert effort_of(document, "housing", "medium", phase="active") == 200
    assert effort_of(document, "finances", "medium", phase="active") == 90
    assert level_of(document, "housing", "light") == 3
    assert level_of(document, "finances", "light") == 1


def test_domestic_violence_asks_for_experience_whatever_it_weighs() -> None:
    assert [level_of(DEFAULT, "domestic-violence", weight) for weight in ("light", "medium", "heavy")] == [2, 2, 3]


@pytest.mark.parametrize(("waiting_days", "level"), [(20, 3), (21, 2), (22, 2), (400, 2)])
def test_the_level_is_one_lower_from_the_stated_day_on(waiting_days: int, level: int) -> None:
    assert level_today(DEFAULT, 3, waiting_days) == level


@pytest.mark.parametrize("asked", [0, 1])
def test_a_basic_level_is_never_lowered(asked: int) -> None:
    assert level_today(DEFAULT, asked, 400) == asked


def test_a_policy_without_a_stated_wait_lowers_nothing() -> None:
    assert level_today(PolicyDocument(lower_level_after_days=None), 3, 3_650) == 3


def test_a_document_reads_back_as_it_was_written() -> None:
    document = PolicyDocument(
        prices=solver.Policy(district_weight=7, load_prices=((90, 1), (110, 5))), horizon_days=30
    )

    assert PolicyDocument.model_validate(document.model_dump(mode="json")) == document
    assert PolicyDocument.model_validate_json(document.model_dump_json()) == document


def test_what_is_left_out_has_its_default() -> None:
    document = PolicyDocument.model_validate({"prices": {"districtWeight": 7}, "norms": {"startWeeks": 3}})

    assert document.prices == solver.Policy(district_weight=7)
    assert document.norms.start_weeks == 3
    assert document.norms.call_back_working_days == 5


def _whole_prices() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, about) for name, about in solver.describe_policy().items() if type(about["default"]) is int)


@pytest.mark.parametrize(("name", "about"), list(_whole_prices()))
def test_a_price_is_accepted_to_its_bounds_and_not_beyond(name: str, about: dict[str, Any]) -> None:
    for value in (about["least"], about["most"]):
        assert getattr(PolicyDocument.model_validate({"prices": {name: value}}).prices, name) == value
    for value in (about["least"] - 1, about["most"] + 1, str(about["most"]), float(about["most"]), True, None):
        with pytest.raises(ValidationError):
            PolicyDocument.model_validate({"prices": {name: value}})


@pytest.mark.parametrize(
    "load_prices",
    [
        [{"percentOfTarget": 110, "pointsPerMinute": 1}, {"percentOfTarget": 100, "pointsPerMinute": 1}],
        [{"percentOfTarget": 100, "pointsPerMinute": 1}, {"percentOfTarget": 100, "pointsPerMinute": 1}],
        [{"percentOfTarget": 201, "pointsPerMinute": 1}],
        [{"percentOfTarget": 100, "pointsPerMinute": 101}],
        [{"percentOfTarget": percent, "pointsPerMinute": 1} for percent in range(7)],
        [[100, 1]],
    ],
)
def test_prices_of_load_that_do_not_rise_or_lie_outside_their_range_are_refused(load_prices: list[Any]) -> None:
    with pytest.raises(ValidationError):
        PolicyDocument.model_validate({"prices": {"loadPrices": load_prices}})


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("loadConfirmedDays", 1, 365),
        ("holdMinutes", 1, 120),
        ("horizonDays", 7, 365),
        ("reopenMonths", 0, 24),
        ("lowerLevelAfterDays", 1, 365),
    ],
)
def test_a_number_is_accepted_to_its_bounds_and_not_beyond(field: str, least: int, most: int) -> None:
    for value in (least, most):
        assert PolicyDocument.model_validate({field: value}).model_dump()[field] == value
    for value in (least - 1, most + 1):
        with pytest.raises(ValidationError):
            PolicyDocument.model_validate({field: value})


def test_debt_help_is_decided_within_eight_weeks_whatever_the_policy() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 8"):
        PolicyDocument.model_validate({"norms": {"wgsDecisionWeeks": 9}})


def test_an_unknown_field_is_refused_at_every_depth() -> None:
    sent: dict[str, Any]
    for sent in ({"bonus": 1}, {"prices": {"bonus": 1}}, {"norms": {"bonus": 1}}, {"efforts": {"bonus": {}}}):
        with pytest.raises(ValidationError, match="not permitted"):
            PolicyDocument.model_validate(sent)


def _about_money(model: type[BaseModel]) -> list[str]:
    """Return every name and description in a model, at every depth, that speaks of money."""

    def texts(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for key, value in part.items():
                if key == "properties":
                    yield from value
                if key == "description" and isinstance(value, str):
                    yield value
                yield from texts(value)
        if isinstance(part, list):
            for item in part:
                yield from texts(item)

    return [text for text in texts(model.model_json_schema()) if MONEY.search(text)]


def test_no_field_of_the_policy_is_about_money() -> None:
    assert _about_money(PolicyDocument) == []


def test_a_price_for_money_would_be_found() -> None:
    class WithMoney(PolicyDocument):
        hourly_wage: int = 0

    assert _about_money(WithMoney)[-1:] == ["hourlyWage"]
