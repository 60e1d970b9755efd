"""What is sent and answered about caseworkers, with what they work on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.assignments.service.imports import ImportResult
from app.caseworkers.models import Absence, Caseworker
from app.caseworkers.rules import Details
from app.city.schemas import LocationCode, TopicCode
from app.kit.http import ApiModel, Code, Day, Flag, Minutes

Level = Annotated[int, Field(strict=True, ge=0, le=3)]
Levels = Annotated[
    dict[TopicCode, Level],
    Field(
        max_length=100,
        description="Declared expertise by topic: 1 basis, 2 experienced, 3 specialist; left out is 0, none",
        examples=[{"finances": 3, "housing": 1}],
    ),
]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Languages = Annotated[
    list[LanguageCode], Field(max_length=50, description="ISO 639 codes", examples=[["nl", "ar"]])
]
Attributes = Annotated[
    list[Code],
    Field(
        max_length=50, description="Free tags; personal ones only when self-declared", examples=[["home-visit"]]
    ),
]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7)]
WorkingDays = Annotated[
    list[Weekday],
    Field(min_length=1, max_length=7, description="ISO weekdays: 1 Monday to 7 Sunday", examples=[[1, 2, 4, 5]]),
]
Provider = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(description="Employer", examples=["Aanbieder 1"]),
]
Pace = Annotated[
    int, Field(strict=True, ge=0, le=1_000, description="Most new requests in seven days", examples=[3])
]
NAMES = {"location": "location_code"}

EXAMPLE_FILE = """\
record,code,location,provider,levels,languages,attributes,workingDays,targetMinutes,maximumMinutes,newPerWeek,\
active,topic,weight,phase,effortMinutes,expectedEndOn
caseworker,GRO-04,GRO,Aanbieder 1,finances:3 housing:1,nl ar,home-visit,1 2 4 5,1200,1440,3,yes,,,,,
case,GRO-04,,,,,,,,,,,finances,medium,active,90,2027-02-01
case,GRO-04,,,,,,,,,,,housing,light,aftercare,,
"""


class CaseworkerIn(ApiModel):
    """A caseworker who is added; nobody needs a name."""

    code: Code = Field(description="Unique and lasting; no name", examples=["GRO-04"])
    location: LocationCode = Field(description="Code of their team's location", examples=["GRO"])
    provider: Provider
    levels: Levels = Field(default={})
    languages: Languages = Field(default=["nl"])
    attributes: Attributes = Field(default=[])
    working_days: WorkingDays = Field(default=[1, 2, 3, 4, 5])
    target_minutes: Minutes = Field(
        description="Minutes of casework per week to plan for; at most the maximum", examples=[1_200]
    )
    maximum_minutes: Minutes = Field(description="Most minutes of casework per week", examples=[1_440])
    new_per_week: Pace = 5
    active: Flag = True

    def to_domain(self) -> Details:
        """Return it in the domain's words."""
        return Details(**{NAMES.get(name, name): value for name, value in self})


class CaseworkerPatch(ApiModel):
    """What changes of a caseworker; what is left out stays."""

    # The defaults are never read: only what was sent counts. None as default would allow null.
    location: LocationCode = Field(default_factory=str, examples=["ZUI"])
    provider: Provider = Field(default_factory=str)
    levels: Levels = Field(default_factory=dict)
    languages: Languages = Field(default_factory=list)
    attributes: Attributes = Field(default_factory=list)
    working_days: WorkingDays = Field(default_factory=list)
    target_minutes: Minutes = Field(default_factory=int, examples=[960])
    maximum_minutes: Minutes = Field(default_factory=int, examples=[1_200])
    new_per_week: Pace = Field(default_factory=int)
    active: Flag = Field(default_factory=bool)

    def to_domain(self) -> dict[str, Any]:
        """Return the fields that were sent, in the domain's words."""
        return {NAMES.get(name, name): getattr(self, name) for name in self.model_fields_set}


class AbsenceIn(ApiModel):
    """Days on which a caseworker is not there, both included. Never why."""

    starts_on: Day = Field(examples=["2026-12-21"])
    ends_on: Day = Field(description="Today or later", examples=["2027-01-01"])


class AbsenceOut(ApiModel):
    """Days on which a caseworker is not there, both included."""

    id: UUID
    starts_on: Day
    ends_on: Day

    @classmethod
    def of(cls, absence: Absence) -> "AbsenceOut":
        """Return a row as it is answered."""
        return cls.model_validate(absence, extra="ignore")


class CaseworkerOut(ApiModel):
    """A caseworker with what they work on now."""

    id: UUID
    code: str = Field(examples=["GRO-04"])
    location: str = Field(examples=["GRO"])
    provider: str = Field(examples=["Aanbieder 1"])
    levels: dict[str, int] = Field(description="1 to 3 by topic; left out is 0", examples=[{"finances": 3}])
    languages: list[str] = Field(examples=[["nl", "ar"]])
    attributes: list[str] = Field(examples=[["home-visit"]])
    working_days: list[int] = Field(description="ISO weekdays", examples=[[1, 2, 4, 5]])
    target_minutes: int = Field(examples=[1_200])
    maximum_minutes: int = Field(examples=[1_440])
    load_minutes: int = Field(
        description="Minutes per week in assignments, cases run elsewhere and holds", examples=[900]
    )
    free_minutes: int = Field(description="Minutes per week that fit below the maximum today", examples=[540])
    new_per_week: int = Field(description="Most new requests in seven days", examples=[3])
    active: bool
    load_confirmed_at: datetime | None = Field(description="When the load was last confirmed as true")
    absences: list[AbsenceOut] = Field(description="Of today and later, the first ones first")

    @classmethod
    def of(cls, row: Caseworker, *, load_minutes: int, absences: Iterable[Absence]) -> "CaseworkerOut":
        """Return a row as it is answered."""
        return cls(
            id=row.id,
            code=row.code,
            location=row.location_code,
            provider=row.provider,
            levels=row.levels,
            languages=row.languages,
            attributes=row.attributes,
            working_days=row.working_days,
            target_minutes=row.target_minutes,
            maximum_minutes=row.maximum_minutes,
            load_minutes=load_minutes,
            free_minutes=max(0, row.maximum_minutes - load_minutes),
            new_per_week=row.new_per_week,
            active=row.active,
            load_confirmed_at=row.load_confirmed_at,
            absences=[AbsenceOut.of(absence) for absence in absences],
        )


class ImportOut(ApiModel):
    """What an import did."""

    added: int = Field(description="Caseworkers who were new", examples=[2])
    changed: int = Field(description="Caseworkers of whom something changed, their cases apart", examples=[1])
    unchanged: int = Field(description="Caseworkers who stayed as they were", examples=[57])
    cases_added: int = Field(description="Running cases that were new", examples=[14])
    cases_ended: int = Field(description="Cases that no longer run, as the file does not name them", examples=[9])
    cases_kept: int = Field(description="Running cases that stayed as they were", examples=[610])

    @classmethod
    def of(cls, result: ImportResult) -> "ImportOut":
        """Return a result as it is answered."""
        return cls.model_validate(result)
