"""What a request needs of a caseworker, before it is handed over: nothing about a person."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from app.assignments.schemas.caseworkers import LanguageCode
from app.city.schemas import DistrictCode, LocationCode, TopicCode
from app.help_requests.rules import LegalReport, Urgency, Weight
from app.help_requests.service import Intake
from app.kit import clock
from app.kit.http import ApiModel, Code, Day, Flag

MOST_ITEMS = 20


def once(items: list[Any]) -> list[Any]:
    """Return the items of a list, each once, in their order."""
    return list(dict.fromkeys(items))


def _not_before_today(day: date) -> date:
    today = clock.day_of(clock.now())
    if day < today:
        raise ValueError(f"must be {today} or later, not '{day}'")
    return day


LanguageCodes = Annotated[
    list[LanguageCode], AfterValidator(once), Field(max_length=MOST_ITEMS, description="ISO 639 codes")
]
FutureDay = Annotated[Day, AfterValidator(_not_before_today)]
Level = Annotated[int, Field(strict=True, ge=0, le=3)]
Effort = Annotated[int, Field(strict=True, ge=1, le=2_400, description="Minutes per week")]


class LanguagesIn(ApiModel):
    """Languages of the resident, who speaks one of the required ones, or needs an interpreter."""

    required: LanguageCodes = Field(default=[], description="One of these is needed", examples=[["ar"]])
    preferred: LanguageCodes = Field(default=[], description="One of these is welcome", examples=[["ar"]])
    interpreter: Flag = Field(default=True, description="Whether an interpreter may come along instead")


class WaitForIn(ApiModel):
    """The one caseworker whom the resident chose to wait for."""

    caseworker_id: UUID
    until: FutureDay = Field(description="After this day anybody may take it", examples=["2026-12-18"])


class NeedsIn(ApiModel):
    """What a request needs; the fields mean what they mean at intake, and only the topic is mandatory."""

    topic: TopicCode = Field(examples=["finances"])
    other_topics: list[TopicCode] = Field(default=[], max_length=MOST_ITEMS, examples=[["housing"]])
    urgency: Urgency = Urgency.NORMAL
    weight: Weight = Weight.MEDIUM
    district: DistrictCode | None = Field(default=None, examples=["NIE"])
    required_level: Level | None = Field(default=None, description="Left out: by the policy", examples=[2])
    effort_minutes: Effort | None = Field(default=None, description="Left out: by the policy", examples=[120])
    languages: LanguagesIn = Field(default=LanguagesIn())
    required_attributes: list[Code] = Field(default=[], max_length=MOST_ITEMS, examples=[["home-visit"]])
    excluded_caseworker_ids: list[UUID] = Field(default=[], max_length=100)
    preferred_location: LocationCode | None = Field(default=None, examples=["NIE"])
    previous_caseworker_id: UUID | None = None
    wait_for: WaitForIn | None = None
    legal_reports: list[LegalReport] = Field(default=[], max_length=4)
    external_deadline: Day | None = Field(default=None, examples=["2026-12-18"])

    def to_domain(self) -> Intake:
        """Return it as an intake that nobody handed over yet."""
        return Intake(
            topic=self.topic,
            adult=True,
            other_topics=self.other_topics,
            urgency=self.urgency,
            weight=self.weight,
            district_code=self.district,
            asked_level=self.required_level,
            asked_effort_minutes=self.effort_minutes,
            required_languages=self.languages.required,
            preferred_languages=self.languages.preferred,
            interpreter_allowed=self.languages.interpreter,
            required_attributes=self.required_attributes,
            excluded_caseworker_ids=self.excluded_caseworker_ids,
            preferred_location_code=self.preferred_location,
            previous_caseworker_id=self.previous_caseworker_id,
            wait_for_caseworker_id=self.wait_for.caseworker_id if self.wait_for else None,
            wait_for_until=self.wait_for.until if self.wait_for else None,
            legal_reports=self.legal_reports,
            external_deadline=self.external_deadline,
        )
