"""What is asked and answered about scenarios."""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import ConfigDict, Field

import solver
from app.assignments.schemas.caseworkers import Attributes, Languages, Levels
from app.city.schemas import LocationCode
from app.kit.http import ApiModel, Day, Flag, Language, Minutes
from app.rounds.schemas import scenario_words as words
from app.rounds.schemas.words import Codes
from app.rounds.service import Away, WhatIf

EXAMPLE: Final[dict[str, Any]] = {
    "capacities": [{"caseworkerId": "0199f4cd-4320-7aca-b59c-e4f518ae013e", "targetMinutes": 960}],
    "absences": [{"caseworkerId": "0199f4af-f720-717d-a8b3-c5e766e47927", "until": "2027-01-04"}],
    "closedLocations": [{"location": "GRO"}],
    "extraStaff": [{"location": "OOS", "levels": {"finances": 3}, "targetMinutes": 1200, "maximumMinutes": 1380}],
    "districtWeight": 0,
}
Until = Annotated[
    Day | None,
    Field(description="Last day of it, today or later; null or left out: as far as can be planned"),
]


class CapacityIn(ApiModel):
    """Other minutes of casework for somebody; what is left out stays as it is."""

    caseworker_id: UUID
    target_minutes: Minutes | None = Field(default=None, examples=[960])
    maximum_minutes: Minutes | None = Field(default=None, examples=[1_080])


class AbsentIn(ApiModel):
    """Somebody who would not be there, from today on."""

    caseworker_id: UUID
    until: Until = None


class ClosedIn(ApiModel):
    """A location that would be closed, from today on: who works there takes nothing new."""

    location: LocationCode = Field(examples=["GRO"])
    until: Until = None


class ExtraCaseworkerIn(ApiModel):
    """A caseworker who is not there today, with all their minutes free."""

    location: LocationCode = Field(examples=["OOS"])
    levels: Levels = Field(default={})
    languages: Languages = Field(default=["nl"])
    attributes: Attributes = Field(default=[])
    target_minutes: Minutes = Field(description="Minutes of casework per week to plan for", examples=[1_200])
    maximum_minutes: Minutes = Field(description="Most minutes of casework per week", examples=[1_380])


class ScenarioIn(ApiModel):
    """What would be different; what is left out stays as it is today."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    capacities: list[CapacityIn] = Field(default=[], max_length=1_000)
    absences: list[AbsentIn] = Field(default=[], max_length=1_000)
    closed_locations: list[ClosedIn] = Field(default=[], max_length=100)
    extra_staff: list[ExtraCaseworkerIn] = Field(default=[], max_length=50)
    district_weight: Annotated[int, Field(strict=True, ge=0, le=100)] | None = Field(
        default=None,
        description="Points per minute of travel: 0 is fully pooled, 100 is own district first; null: as today",
        examples=[0],
    )
    own_district_only: Flag = Field(
        default=False, description="Whether everybody is helped in their own district, or waits"
    )

    def to_domain(self) -> WhatIf:
        """Return it in the domain's words."""
        return WhatIf(
            capacities=tuple(
                solver.Capacity(
                    caseworker=str(item.caseworker_id),
                    target_minutes=item.target_minutes,
                    maximum_minutes=item.maximum_minutes,
                )
                for item in self.capacities
            ),
            absences=tuple(Away(str(item.caseworker_id), item.until) for item in self.absences),
            closed=tuple(Away(item.location, item.until) for item in self.closed_locations),
            extra_staff=tuple(_caseworker(item, i) for i, item in enumerate(self.extra_staff)),
            prices={} if self.district_weight is None else {"district_weight": self.district_weight},
            own_district_only=self.own_district_only,
        )


def _caseworker(item: ExtraCaseworkerIn, position: int) -> solver.Caseworker:
    return solver.Caseworker(
        key=f"extra-{position + 1}",
        location=item.location,
        maximum_minutes=item.maximum_minutes,
        target_minutes=item.target_minutes,
        levels=item.levels,
        languages=frozenset(item.languages),
        attributes=frozenset(item.attributes),
    )


class OutcomeOut(ApiModel):
    """What a plan does for a group of requests."""

    placed: int = Field(description="Requests that can start", examples=[231])
    waiting: int = Field(description="Requests that wait on", examples=[19])
    overdue_waiting: int = Field(description="Of those that wait, how many are overdue", examples=[0])
    waiting_weight: int = Field(description="What it weighs that they wait", examples=[14_800])
    placed_minutes: int = Field(description="Minutes of work per week that start", examples=[27_720])
    waiting_minutes: int = Field(description="Minutes of work per week that wait", examples=[2_280])


class PlanOutcomeOut(OutcomeOut):
    """What a plan does for the whole city."""

    optimal: bool = Field(description="Proven: no better plan exists under these circumstances")


class WishOutcomeOut(ApiModel):
    """What a wish costs in a plan."""

    points: int = Field(examples=[340])
    requests: int = Field(description="How many requests it concerns", examples=[28])


class ScenarioWishOut(ApiModel):
    """One wish, today and in the scenario."""

    name: str = Field(description="As the terms of a proposal", examples=["travel"])
    today: WishOutcomeOut
    scenario: WishOutcomeOut
    text: str = Field(description="The same in words")


class ScenarioGroupOut(ApiModel):
    """The requests of one district or topic, today and in the scenario."""

    code: str | None = Field(description="Null: the district is not known", examples=["GRO"])
    today: OutcomeOut
    scenario: OutcomeOut
    text: str = Field(description="The same in words")


class ScenarioOut(ApiModel):
    """The outcome of a scenario beside today's."""

    today: PlanOutcomeOut
    scenario: PlanOutcomeOut
    starts: list[UUID] = Field(description="Requests that start in the scenario, and wait today")
    waits: list[UUID] = Field(description="Requests that wait in the scenario, and start today")
    moves: int = Field(description="Requests that start in both, with another caseworker", examples=[12])
    wishes: list[ScenarioWishOut]
    districts: list[ScenarioGroupOut] = Field(description="By the location of the resident's district")
    topics: list[ScenarioGroupOut]
    text: str = Field(description="The outcome in words")

    @classmethod
    def of(cls, found: solver.Comparison, *, language: Language, codes: Codes) -> "ScenarioOut":
        """Return a comparison as it is answered, in the reader's language."""
        return cls(
            today=PlanOutcomeOut(**_outcome(found.today), optimal=found.today_optimal),
            scenario=PlanOutcomeOut(**_outcome(found.then), optimal=found.then_optimal),
            starts=[UUID(key) for key in found.starts],
            waits=[UUID(key) for key in found.waits],
            moves=found.moves,
            wishes=[_wish(item, language) for item in found.wishes],
            districts=[_group(item, language, codes) for item in found.districts],
            topics=[_group(item, language, codes) for item in found.topics],
            text=words.of_comparison(found, language),
        )


def _outcome(item: solver.Outcome) -> dict[str, int]:
    return {name: getattr(item, name) for name in OutcomeOut.model_fields}


def _wish(item: solver.WishCompared, language: Language) -> ScenarioWishOut:
    return ScenarioWishOut(
        name=item.name,
        today=WishOutcomeOut.model_validate(item.today),
        scenario=WishOutcomeOut.model_validate(item.then),
        text=words.of_wish(item, language),
    )


def _group(item: solver.GroupCompared, language: Language, codes: Codes) -> ScenarioGroupOut:
    return ScenarioGroupOut(
        code=item.code,
        today=OutcomeOut(**_outcome(item.today)),
        scenario=OutcomeOut(**_outcome(item.then)),
        text=words.of_group(item, language, codes),
    )
