"""What intake hands over: a help request, and what changes of one."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from app.assignments.schemas.needs import MOST_ITEMS, LanguageCodes, LanguagesIn, WaitForIn, once
from app.city.schemas import DistrictCode, LocationCode, TopicCode
from app.help_requests import rules
from app.help_requests.rules import Channel, Concerns, LegalReport, Threat, Urgency, Weight
from app.help_requests.service import AgeUnknown, Intake, Private
from app.kit import clock
from app.kit.http import ApiModel, Code, Day, Flag, Line, Moment, Prose, Whole

LONGEST_WAIT = timedelta(days=3_650)
CLOCKS_DIFFER_BY = timedelta(minutes=5)


def _when_received(moment: Any) -> Any:
    now = clock.now()
    if moment is not None and not now - LONGEST_WAIT <= moment <= now + CLOCKS_DIFFER_BY:
        raise ValueError("must lie within the last ten years, and not in the future")
    return moment


Reference = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(examples=["4f0c-77aa"]),
]
Address = Annotated[
    str, StringConstraints(max_length=1_000, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$"), Field(description="A URL")
]
OtherTopics = Annotated[list[TopicCode], Field(max_length=MOST_ITEMS, examples=[["housing"]])]
Attributes = Annotated[
    list[Code],
    AfterValidator(once),
    Field(max_length=MOST_ITEMS, description="Tags that the caseworker must have", examples=[["home-visit"]]),
]
CaseworkerIds = Annotated[list[UUID], AfterValidator(once), Field(max_length=100)]
LegalReports = Annotated[list[LegalReport], AfterValidator(once), Field(max_length=MOST_ITEMS)]
RequiredLevel = Annotated[int, Field(strict=True, ge=0, le=3)]
EffortMinutes = Annotated[int, Field(strict=True, ge=1, le=2_400)]
ReceivedAt = Annotated[Moment, AfterValidator(_when_received)]


class ContactDetails(ApiModel):
    """How the resident can be reached; stored encrypted."""

    number: Line | None = Field(default=None, examples=["010 000 00 00"])
    when: Line | None = Field(default=None, description="When they can be called", examples=["mornings"])
    safe_to_call: Flag | None = Field(default=None, description="Whether a call can't bring them in danger")
    voicemail_allowed: Flag | None = Field(default=None, description="Whether a message may be left")


class _Age(ApiModel):
    """What is said of the age of the person concerned; birth date and year are not stored."""

    adult: Flag | None = Field(
        default=None,
        description="Whether they are 18 or older. null: not known; it waits for a team lead to settle",
        examples=[True],
    )
    birth_date: Day | None = Field(
        default=None,
        description="Instead of `adult`; not stored",
        examples=[None],
        json_schema_extra={"format": "date"},  # the NL API Design Rules look for it beside anyOf
    )
    birth_year: Whole | None = Field(
        default=None, description="Instead of `adult`, where it decides; not stored", examples=[None]
    )

    @field_validator("birth_date")
    @classmethod
    def _is_a_birth_date(cls, born_on: date | None, info: ValidationInfo) -> date | None:
        today = clock.day_of(clock.now())
        if born_on is not None:
            _check_birth_year(born_on.year, today)
            if born_on > today:
                raise ValueError("lies in the future")
            _check_agrees(info, rules.adult_by_birth(today, born_on=born_on, birth_year=None))
        return born_on

    @field_validator("birth_year")
    @classmethod
    def _is_a_birth_year(cls, year: int | None, info: ValidationInfo) -> int | None:
        today = clock.day_of(clock.now())
        if year is not None:
            _check_birth_year(year, today)
            born_on = info.data.get("birth_date")
            if born_on is not None and born_on.year != year:
                raise ValueError("is another year than that of birthDate")
            _check_agrees(info, rules.adult_by_birth(today, born_on=None, birth_year=year))
        return year

    def is_adult(self) -> bool | None:
        """Return what follows for the person concerned; None when it is not known.

        A birth date or year that decides counts for more than `adult`, so that no minor slips in.
        """
        today = clock.day_of(clock.now())
        by_birth = rules.adult_by_birth(today, born_on=self.birth_date, birth_year=self.birth_year)
        return self.adult if by_birth is None else by_birth

    def says_age(self) -> bool:
        """Say whether anything was said about age; `adult` null says that it is not known."""
        return "adult" in self.model_fields_set or not (self.birth_date is None and self.birth_year is None)


def _check_birth_year(year: int, today: date) -> None:
    if not today.year - rules.OLDEST_AGE_YEARS <= year <= today.year:
        raise ValueError(f"the year must be {today.year - rules.OLDEST_AGE_YEARS} to {today.year}")


def _check_agrees(info: ValidationInfo, adult: bool | None) -> None:
    if info.data.get("adult") is False and adult:
        raise ValueError("is of an adult, but adult is false; correct one of the two")


def _raise(message: str | None) -> None:
    if message is not None:
        raise ValueError(message)


EXAMPLE: dict[str, Any] = {
    "topic": "finances",
    "otherTopics": ["housing"],
    "urgency": "normal",
    "weight": "medium",
    "concerns": "self",
    "adult": True,
    "district": "NIE",
    "channel": "phone",
    "languages": {"required": [], "preferred": ["ar"], "interpreter": True},
    "externalReference": "4f0c-77aa",
    "summary": "Letters about rent arrears; no safety worries.",
    "contact": {"number": "010 000 00 00", "when": "mornings", "safeToCall": True, "voicemailAllowed": False},
}


class HelpRequestIn(_Age):
    """One question for help of an adult. Only `topic` and something about age are mandatory; no name is needed."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE, {"topic": "unclear", "adult": True}]})

    topic: TopicCode = Field(description="Primary topic", examples=["finances"])
    other_topics: OtherTopics = Field(default=[])
    urgency: Urgency = Field(default=Urgency.NORMAL, description="crisis: today; urgent: in 3 working days")
    threat: Threat | None = Field(default=None, description="What makes it urgent")
    weight: Weight = Field(default=Weight.MEDIUM, description="How much work it is; gives the effort")
    concerns: Concerns = Field(default=Concerns.SELF, description="Whom it is about, seen from who asks")
    consent: Flag | None = Field(
        default=None, validate_default=True, description="Of the other adult whom it is about"
    )
    district: DistrictCode | None = Field(default=None, description="Where the resident lives", examples=["NIE"])
    channel: Channel | None = None
    required_level: RequiredLevel | None = Field(default=None, description="Instead of the policy's", examples=[2])
    effort_minutes: EffortMinutes | None = Field(
        default=None, description="Minutes of work a week, instead of the policy's", examples=[120]
    )
    languages: LanguagesIn = LanguagesIn()
    required_attributes: Attributes = Field(default=[])
    excluded_caseworker_ids: CaseworkerIds = Field(
        default=[], description="Who is not available for this request; why is not asked"
    )
    preferred_location: LocationCode | None = Field(default=None, examples=["NIE"])
    previous_caseworker_id: UUID | None = Field(
        default=None,
        description="Who helped before; without it, the last one who helped the same personReference",
    )
    wait_for: WaitForIn | None = None
    person_reference: Reference | None = Field(
        default=None, description="Opaque: the same for each request of the same person"
    )
    household_reference: Reference | None = Field(default=None, description="Opaque: the same for a household")
    external_reference: Reference | None = Field(default=None, description="Opaque: the sender's own")
    source_url: Address | None = Field(default=None, examples=["https://intake.example.org/4f0c"])
    klantcontact_uuid: UUID | None = None
    internetaak_uuid: UUID | None = None
    zaak_url: Address | None = Field(default=None, examples=["https://zaken.example.org/zaken/4f0c"])
    received_at: ReceivedAt | None = Field(
        default=None, description="When the resident asked, if before now", examples=["2026-11-20T09:12:00+01:00"]
    )
    legal_reports: LegalReports = Field(default=[], description="Legal procedures that start with it")
    external_deadline: Day | None = Field(
        default=None, description="A date set by others, such as an eviction", examples=["2026-12-11"]
    )
    hold_id: UUID | None = Field(
        default=None, description="A place that was held for this request: it is proposed to that caseworker"
    )
    summary: Prose | None = Field(default=None, description="Stored encrypted; read by few", examples=["Arrears."])
    contact: ContactDetails | None = Field(default=None, description="Stored encrypted; read by few")

    @field_validator("other_topics")
    @classmethod
    def _names_each_topic_once(cls, others: list[str], info: ValidationInfo) -> list[str]:
        if "topic" in info.data:
            _raise(rules.other_topics_fault(info.data["topic"], others))
        return others

    @field_validator("threat")
    @classmethod
    def _is_urgent(cls, threat: Threat | None, info: ValidationInfo) -> Threat | None:
        if "urgency" in info.data:
            _raise(rules.threat_fault(info.data["urgency"], threat))
        return threat

    @field_validator("consent")
    @classmethod
    def _is_agreed(cls, consent: bool | None, info: ValidationInfo) -> bool | None:
        if "concerns" in info.data:
            _raise(rules.consent_fault(info.data["concerns"], consent))
        return consent

    @field_validator("wait_for")
    @classmethod
    def _is_available(cls, wait_for: WaitForIn | None, info: ValidationInfo) -> WaitForIn | None:
        if wait_for is not None:
            _raise(rules.wait_for_fault(wait_for.caseworker_id, info.data.get("excluded_caseworker_ids", [])))
        return wait_for

    def to_domain(self) -> Intake:
        """Return it in the domain's words; birth date and year stay behind.

        Raises
        ------
        AgeUnknown
            When nothing was said about age, of a person who is no child.
        """
        if self.concerns is not Concerns.CHILD and not self.says_age():
            raise AgeUnknown(
                "Say whether the person concerned is 18 or older: adult, birthDate or birthYear. "
                "When nobody knows, send adult: null; a team lead will settle it."
            )
        return Intake(**_in_domain_words({name: getattr(self, name) for name in SENT}), **_own_words(self))

    def canonical(self) -> str:
        """Return what was sent, in one form: what an Idempotency-Key belongs to."""
        return self.model_dump_json(exclude_unset=True)


NAMES = {
    "required_level": "asked_level",
    "effort_minutes": "asked_effort_minutes",
    "district": "district_code",
    "preferred_location": "preferred_location_code",
}
ELSEWHERE = frozenset(
    {"adult", "birth_date", "birth_year", "languages", "wait_for", "summary", "contact", "hold_id"}
)
SENT = tuple(name for name in HelpRequestIn.model_fields if name not in ELSEWHERE)


def _in_domain_words(values: dict[str, Any]) -> dict[str, Any]:
    return {NAMES.get(name, name): value for name, value in values.items()}


def _own_words(body: HelpRequestIn) -> dict[str, Any]:
    wait_for = body.wait_for
    return {
        "adult": body.is_adult(),
        "required_languages": body.languages.required,
        "preferred_languages": body.languages.preferred,
        "interpreter_allowed": body.languages.interpreter,
        "wait_for_caseworker_id": wait_for.caseworker_id if wait_for else None,
        "wait_for_until": wait_for.until if wait_for else None,
        "private": Private(summary=body.summary, contact=_kept(body.contact)),
    }


def _kept(contact: ContactDetails | None) -> dict[str, Any] | None:
    if contact is None:
        return None
    return {name: value for name, value in contact if value is not None} or None


class LanguagesPatch(ApiModel):
    """Languages of the resident; what is left out stays."""

    required: LanguageCodes = Field(default_factory=list, examples=[["ar"]])
    preferred: LanguageCodes = Field(default_factory=list, examples=[["ar"]])
    interpreter: Flag = Field(default_factory=bool)


class HelpRequestPatch(_Age):
    """What changes of a request; what is left out stays, null takes away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"urgency": "urgent", "threat": "eviction"}]})

    # The defaults are never read: only what was sent counts. None as default would allow null.
    topic: TopicCode = Field(default_factory=str, examples=["housing"])
    other_topics: OtherTopics = Field(default_factory=list)
    urgency: Urgency = Field(default_factory=lambda: Urgency.NORMAL)
    threat: Threat | None = None
    weight: Weight = Field(default_factory=lambda: Weight.MEDIUM)
    concerns: Concerns = Field(default_factory=lambda: Concerns.SELF)
    consent: Flag | None = None
    district: DistrictCode | None = Field(default=None, examples=["NIE"])
    channel: Channel | None = None
    required_level: RequiredLevel | None = Field(default=None, description="null: the policy's", examples=[2])
    effort_minutes: EffortMinutes | None = Field(default=None, description="null: the policy's", examples=[120])
    languages: LanguagesPatch = Field(default_factory=LanguagesPatch)
    required_attributes: Attributes = Field(default_factory=list)
    excluded_caseworker_ids: CaseworkerIds = Field(
        default_factory=list, description="Added to those who were excluded before"
    )
    preferred_location: LocationCode | None = Field(default=None, examples=["NIE"])
    previous_caseworker_id: UUID | None = None
    wait_for: WaitForIn | None = None
    person_reference: Reference | None = None
    household_reference: Reference | None = None
    external_reference: Reference | None = None
    source_url: Address | None = Field(default=None, examples=["https://intake.example.org/4f0c"])
    klantcontact_uuid: UUID | None = None
    internetaak_uuid: UUID | None = None
    zaak_url: Address | None = Field(default=None, examples=["https://zaken.example.org/zaken/4f0c"])
    legal_reports: LegalReports = Field(default_factory=list)
    external_deadline: Day | None = Field(default=None, examples=["2026-12-11"])
    summary: Prose | None = Field(default=None, examples=["Arrears."])
    contact: ContactDetails | None = None

    def to_domain(self) -> dict[str, Any]:
        """Return what was sent, in the domain's words; birth date and year stay behind."""
        changes = _in_domain_words({name: getattr(self, name) for name in SENT if name in self.model_fields_set})
        if self.says_age():
            changes["adult"] = self.is_adult()
        if "wait_for" in self.model_fields_set:
            changes["wait_for_caseworker_id"] = self.wait_for.caseworker_id if self.wait_for else None
            changes["wait_for_until"] = self.wait_for.until if self.wait_for else None
        for name in self.languages.model_fields_set if "languages" in self.model_fields_set else ():
            changes[LANGUAGE_COLUMNS[name]] = getattr(self.languages, name)
        if "summary" in self.model_fields_set:
            changes["summary"] = self.summary
        if "contact" in self.model_fields_set:
            changes["contact"] = _kept(self.contact)
        return changes


LANGUAGE_COLUMNS = {
    "required": "required_languages",
    "preferred": "preferred_languages",
    "interpreter": "interpreter_allowed",
}
