"""What is asked and answered about who can take a request."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

import solver
from app.assignments.schemas.barriers import BarrierOut
from app.assignments.schemas.needs import NeedsIn
from app.city.schemas import TopicCode
from app.help_requests.service.intake import Intake
from app.kit.http import ApiModel, Language
from app.recommendations.service import Candidate, Recommendation


class RecommendationIn(NeedsIn):
    """What is needed, with the fields of an intake; or the id of a request that waits, and nothing else."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"topic": "finances", "district": "NIE"}]})

    topic: TopicCode | None = Field(default=None, examples=["finances"])  # type: ignore[assignment]
    help_request_id: UUID | None = Field(default=None, description="A request that waits; instead of its needs")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.help_request_id is not None and self.model_fields_set != {"help_request_id"}:
            raise ValueError("must have either helpRequestId alone, or topic and the other needs")
        if self.help_request_id is None and self.topic is None:
            raise ValueError("must have a topic, or the helpRequestId of a request that waits")
        return self

    @property
    def subject(self) -> UUID | Intake:
        """What is asked about: the id of a stored request, or needs that are not handed over yet."""
        return self.help_request_id or self.to_domain()


class ReasonOut(ApiModel):
    """What one wish adds to the points of an option; 0 when it is met.

    `scarcity` is no part of the option's points: what its minutes would save others, in the last round's plan.
    """

    name: str = Field(examples=["travel"])
    points: int = Field(examples=[12])
    text: str = Field(description="The same in words")


class OptionOut(ApiModel):
    """Somebody who can take it now. Options are ordered by fit for this one request, never as people."""

    caseworker_id: UUID
    code: str = Field(examples=["GRO-04"])
    location: str = Field(examples=["GRO"])
    points: int = Field(description="What it would cost under the policy", examples=[12])
    effort_minutes: int = Field(description="Minutes per week with this caseworker", examples=[120])
    cross_district: bool = Field(description="Whether they work outside the resident's district")
    earliest_start: date | None = Field(
        description="First day within the horizon on which they work, are present and it fits"
    )
    waiting_before: int = Field(description="Open proposals for this caseworker that go before", examples=[2])
    reason: str = Field(description="Why they fit, in one sentence")
    reasons: list[ReasonOut] = Field(
        description="Every wish that costs points or was asked for, and what the room is worth to others"
    )


class UnavailableOut(ApiModel):
    """Somebody who can't take it now."""

    caseworker_id: UUID
    code: str
    location: str
    earliest_start: date | None = Field(description="First day, when only time stands in the way")
    barriers: list[BarrierOut]


class RecommendationOut(ApiModel):
    """Everybody in the city for one request: who can take it now, by fit; and who can't, with the reasons."""

    better_waits: bool = Field(
        description="Whether the last round's plan says that the room is needed for what weighs more; advice only"
    )
    advice: str = Field(description="The same in words", examples=["Deze vraag kan nu naar een medewerker."])
    options: list[OptionOut]
    unavailable: list[UnavailableOut]

    @classmethod
    def of(cls, found: Recommendation, language: Language) -> Self:
        """Return it as it is answered, in the reader's language."""
        words = Words(language, found.names)
        return cls(
            better_waits=found.advice.better_waits,
            advice=solver.in_words(found.advice, *words),
            options=[_option(who, who.option, words) for who in found.candidates if who.option is not None],
            unavailable=[_unavailable(who, words) for who in found.candidates if who.option is None],
        )


class Words(NamedTuple):
    """Language and names in which facts are said."""

    language: Language
    names: Mapping[str, str]


def _option(who: Candidate, option: solver.Option, words: Words) -> OptionOut:
    return OptionOut(
        caseworker_id=who.caseworker.id,
        code=who.caseworker.code,
        location=who.caseworker.location_code,
        points=option.points,
        effort_minutes=option.effort_minutes,
        cross_district=option.cross_district,
        earliest_start=who.earliest_start,
        waiting_before=who.waiting_before,
        reason=solver.reason_of(option, *words),
        reasons=[*_wishes(option, words), *_scarcity(option, words)],
    )


def _wishes(option: solver.Option, words: Words) -> list[ReasonOut]:
    return [
        ReasonOut(name=term.name, points=term.points, text=solver.in_words(term, *words))
        for term in option.terms
        if term.points or term.facts.get("wanted")
    ]


def _scarcity(option: solver.Option, words: Words) -> list[ReasonOut]:
    """Return what the minutes are worth to others, when that is something."""
    found = option.scarcity
    if found is None or not (found.is_scarce or found.points):
        return []
    return [ReasonOut(name="scarcity", points=found.points, text=solver.in_words(found, *words))]


def _unavailable(who: Candidate, words: Words) -> UnavailableOut:
    return UnavailableOut(
        caseworker_id=who.caseworker.id,
        code=who.caseworker.code,
        location=who.caseworker.location_code,
        earliest_start=who.earliest_start,
        barriers=[BarrierOut(code=found.code, text=solver.in_words(found, *words)) for found in who.barriers],
    )
