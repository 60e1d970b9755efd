"""What a policy document holds, and what follows from it for one request. Pure.

Nothing in it is about money: help is never given to whom it is cheapest to help; a test guards that.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetPydanticSchema, create_model
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

import solver

HIGHEST_LEVEL: Final = 3
LOWEST_LOWERED_LEVEL: Final = 1

Weight = Literal["light", "medium", "heavy"]
Phase = Literal["start", "active", "aftercare"]
TopicKey = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
EffortMinutes = Annotated[int, Field(strict=True, ge=1, le=2_400, description="Minutes of work per week")]
RequiredLevel = Annotated[
    int,
    Field(
        strict=True, ge=0, le=HIGHEST_LEVEL, description="Expertise level: 1 basis, 2 experienced, 3 specialist"
    ),
]


class Part(BaseModel):
    """A part of the policy: unknown fields are refused, values never change."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True
    )


class LoadPrice(Part):
    """What load above a share of the target costs, on top of the prices before it."""

    percent_of_target: Annotated[int, Field(strict=True, ge=0, le=200, description="From this percentage on")]
    points_per_minute: Annotated[int, Field(strict=True, ge=0, le=100, description="Points per minute above it")]


def _wire_field(name: str, about: dict[str, Any]) -> Any:
    text = f"{about['meaning']}; unit: {about['unit']}. Source: {about['source']}."
    if name == "load_prices":
        default = [
            LoadPrice(percent_of_target=share, points_per_minute=price) for share, price in about["default"]
        ]
        return (list[LoadPrice], Field(default=default, max_length=about["most_items"], description=text))
    if "least" not in about:
        return (bool, Field(default=about["default"], strict=True, description=text))
    bounds = {"ge": about["least"], "le": about["most"]}
    return (int, Field(default=about["default"], strict=True, description=text, **bounds))


PricesOnTheWire: Final = create_model(
    "Prices",
    __base__=Part,
    __doc__="Prices of a plan in whole points, and the few rules of the solver; the solver's own fields.",
    **{name: _wire_field(name, about) for name, about in solver.describe_policy().items()},
)
"""The solver's policy as it is sent and stored, made from the solver's own description of its fields."""


def _to_solver(sent: BaseModel) -> solver.Policy:
    values = {name: getattr(sent, name) for name in type(sent).model_fields}
    values["load_prices"] = tuple((p.percent_of_target, p.points_per_minute) for p in values["load_prices"])
    return solver.Policy(**values)


def _to_wire(prices: solver.Policy) -> BaseModel:
    values = {name: getattr(prices, name) for name in PricesOnTheWire.model_fields}
    values["load_prices"] = [LoadPrice(percent_of_target=p, points_per_minute=m) for p, m in prices.load_prices]
    return PricesOnTheWire(**values)


def _readable(sent: Any) -> Any:
    return _to_wire(sent) if isinstance(sent, solver.Policy) else sent


def _prices_schema(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    wire = handler.generate_schema(PricesOnTheWire)
    return core_schema.no_info_after_validator_function(
        _to_solver,
        core_schema.no_info_before_validator_function(_readable, wire),
        serialization=core_schema.plain_serializer_function_ser_schema(_to_wire, return_schema=wire),
    )


Prices = Annotated[solver.Policy, GetPydanticSchema(_prices_schema)]


class EffortByPhase(Part):
    """Effort of one weight in each phase of a case."""

    start: EffortMinutes
    active: EffortMinutes
    aftercare: EffortMinutes


class EffortByWeight(Part):
    """Effort per week by weight and phase. Source: local settings; there is no national scale."""

    light: EffortByPhase = EffortByPhase(start=60, active=45, aftercare=15)
    medium: EffortByPhase = EffortByPhase(start=120, active=90, aftercare=20)
    heavy: EffortByPhase = EffortByPhase(start=240, active=180, aftercare=30)


class LevelByWeight(Part):
    """Required expertise level by weight; urgency never raises it. Source: local settings."""

    light: RequiredLevel = 1
    medium: RequiredLevel = 2
    heavy: RequiredLevel = 2


def _whole(default: int, least: int, most: int, *, about: str) -> Any:
    return Field(default=default, ge=least, le=most, strict=True, description=about)


class Norms(Part):
    """Terms that are applied to requests; each becomes a clock."""

    call_back_working_days: int = _whole(
        5, 1, 60, about="Working days until a resident is called back. Source: the city's promise."
    )
    start_weeks: int = _whole(4, 1, 52, about="Weeks until help starts. Source: the city's promise.")
    urgent_start_working_days: int = _whole(
        3, 1, 60, about="Working days until help starts when it is urgent. Source: design, words: urgency."
    )
    wmo_weeks: int = _whole(
        6, 1, 52, about="Weeks for the investigation after a Wmo report. Source: Wmo 2015 art. 2.3.2."
    )
    wmo_application_weeks: int = _whole(
        2, 1, 52, about="Weeks until the decision on a Wmo application. Source: Wmo 2015 art. 2.3.5."
    )
    wgs_weeks: int = _whole(4, 1, 52, about="Weeks until the first conversation about debts. Source: Wgs art. 4.")
    wgs_decision_weeks: int = _whole(
        8,
        1,
        8,
        about="Weeks until the decision about debt help: the bylaw's term, at most 8. Source: Wgs.",
    )
    wgs_threat_working_days: int = _whole(
        3,
        1,
        60,
        about="Working days until the conversation when a home, energy, water or health insurance is at "
        "stake. Source: Wgs art. 4.",
    )


DEFAULT_LEVELS_BY_TOPIC: Final[dict[str, LevelByWeight]] = {
    "domestic-violence": LevelByWeight(light=2, medium=2, heavy=3),
    solver.UNCLEAR: LevelByWeight(light=1, medium=1, heavy=2),
}


class PolicyDocument(Part):
    """The policy: prices, efforts, levels and norms. What is left out has its default.

    Attributes
    ----------
    prices
        A ``solver.Policy``; on the wire an object with one member per field.
    efforts, efforts_by_topic
        Minutes per week by weight and phase; a topic that is named has a table of its own.
    levels, levels_by_topic
        Required expertise by weight; a topic that is named has a table of its own.
    """

    prices: Prices = Field(default_factory=solver.Policy, description="Prices in points, and the solver's rules")
    efforts: EffortByWeight = Field(default=EffortByWeight(), description="Minutes per week by weight and phase")
    efforts_by_topic: dict[TopicKey, EffortByWeight] = Field(
        default={}, max_length=100, description="Efforts of topics that differ, by topic code"
    )
    levels: LevelByWeight = Field(default=LevelByWeight(), description="Required expertise by weight")
    levels_by_topic: dict[TopicKey, LevelByWeight] = Field(
        default=DEFAULT_LEVELS_BY_TOPIC,
        max_length=100,
        description="Required expertise of topics that differ, by topic code",
    )
    lower_level_after_days: int | None = Field(
        default=21,
        ge=1,
        le=365,
        strict=True,
        description="Days of waiting after which the required level is one lower; null: never. Source: the city.",
    )
    norms: Norms = Field(default=Norms(), description="Terms that become clocks")
    link_households: bool = Field(
        default=False,
        strict=True,
        description="Whether requests of one household go to one caseworker, and its coordinator counts; needs "
        "a legal basis of its own. Source: facts, law.",
    )
    load_confirmed_days: int = _whole(
        30, 1, 365, about="Days for which a confirmed load counts as true. Source: design, eligibility."
    )
    hold_minutes: int = _whole(15, 1, 120, about="Minutes for which a place is held. Source: design, words: hold.")
    horizon_days: int = _whole(
        84, 7, 365, about="Days ahead in which an earliest start is looked for. Source: design, recommendations."
    )
    reopen_months: int = _whole(
        3,
        0,
        24,
        about="Months after closing in which a request can be reopened. Source: design, life of a request.",
    )


DEFAULT: Final = PolicyDocument()


def effort_of(document: PolicyDocument, topic: str, weight: str, *, phase: str) -> int:
    """Return the minutes of work per week of a request, by topic, weight and phase.

    Parameters
    ----------
    weight
        ``light``, ``medium`` or ``heavy``.
    phase
        ``start``, ``active`` or ``aftercare``.
    """
    table = document.efforts_by_topic.get(topic, document.efforts)
    minutes: int = getattr(getattr(table, weight), phase)
    return minutes


def level_of(document: PolicyDocument, topic: str, weight: str) -> int:
    """Return the expertise level, 0 to 3, that a request asks for by topic and weight."""
    level: int = getattr(document.levels_by_topic.get(topic, document.levels), weight)
    return level


def level_today(document: PolicyDocument, asked_level: int, waiting_days: int) -> int:
    """Return the level that is required today: one lower after the stated wait, but never lowered below 1.

    Source: design, eligibility: a level may be lowered after a wait; the level asked is kept beside it.
    """
    after = document.lower_level_after_days
    if after is None or waiting_days < after or asked_level <= LOWEST_LOWERED_LEVEL:
        return asked_level
    return asked_level - 1


def topics_named(document: PolicyDocument) -> dict[str, list[str]]:
    """Return the topic codes that a document names, by the field that names them."""
    return {
        "effortsByTopic": sorted(document.efforts_by_topic),
        "levelsByTopic": sorted(document.levels_by_topic),
    }
