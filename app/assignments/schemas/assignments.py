"""What is sent and answered about assignments, and the closing of a request that ends them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from app.assignments.models import Assignment
from app.assignments.rules import EndReason, Kind, Phase, Purpose
from app.assignments.service import Changes
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Outcome, Status
from app.kit.http import ApiModel, Day, Flag

Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(description="Why, in a few words; no names", examples=["crisis"]),
]
Effort = Annotated[int, Field(strict=True, ge=1, le=10_080, description="Minutes per week", examples=[90])]
AboveMaximum = Annotated[
    Flag, Field(description="Go above the caseworker's maximum, explicitly; needs a reason, and is marked")
]


class AssignmentIn(ApiModel):
    """Who takes which request, directly, without a proposal: for crisis and walk-in, or for advice."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "helpRequestId": "01936a30-1b2c-7d3e-8f4a-5b6c7d8e9f0a",
                    "caseworkerId": "01936a2f-4c3d-7e5a-9b1c-2d3e4f5a6b7c",
                    "reason": "crisis",
                }
            ]
        }
    )

    help_request_id: UUID
    caseworker_id: UUID
    reason: Reason
    kind: Kind = Field(default=Kind.LEAD, description="`consult`: gives advice on a request that somebody leads")
    purpose: Purpose = Purpose.CASE
    effort_minutes: Effort | None = Field(default=None, description="Of advice: minutes per week", examples=[30])
    above_maximum: AboveMaximum = False

    @model_validator(mode="after")
    def _effort_of_advice_only(self) -> "AssignmentIn":
        if (self.kind is Kind.CONSULT) != (self.effort_minutes is not None):
            raise ValueError("effortMinutes belongs to the kind consult: send it with that one, and only then")
        return self


class AssignmentPatch(ApiModel):
    """What changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phase": "active", "plannedEndOn": "2027-03-31"}]})

    # The defaults are never read: only what was sent counts. None as default would allow null.
    phase: Phase = Field(
        default_factory=lambda: Phase.START, description="Takes the policy's effort unless one is sent"
    )
    effort_minutes: Effort = Field(default_factory=int)
    planned_end_on: Day | None = Field(
        default=None,
        description="Today or later; from the day after, its minutes are free",
        examples=["2027-03-31"],
    )
    above_maximum: Flag = Field(
        default=False, description="A lead's: let more effort go above the caseworker's maximum, marked as such"
    )

    def to_domain(self) -> Changes:
        """Return the fields that were sent."""
        changes: Changes = {}
        if "phase" in self.model_fields_set:
            changes["phase"] = self.phase
        if "effort_minutes" in self.model_fields_set:
            changes["effort_minutes"] = self.effort_minutes
        if "planned_end_on" in self.model_fields_set:
            changes["planned_end_on"] = self.planned_end_on
        return changes


class TransferIn(ApiModel):
    """Who takes over."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"caseworkerId": "01936a2f-4c3d-7e5a-9b1c-2d3e4f5a6b7c", "reason": "knows the household"}]
        }
    )

    caseworker_id: UUID
    reason: Reason
    above_maximum: AboveMaximum = False


class EndingIn(ApiModel):
    """How the request ended, when it ends with the assignment of who leads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "completed"}]})

    outcome: Outcome = Outcome.COMPLETED


class ClosureIn(ApiModel):
    """How a request ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "information"}]})

    outcome: Outcome


class ClosureOut(ApiModel):
    """A request that was closed."""

    help_request_id: UUID
    status: Status
    outcome: Outcome
    closed_at: datetime

    @classmethod
    def of(cls, request: HelpRequest) -> "ClosureOut":
        """Return a closed request as it is answered."""
        return cls.model_validate(
            {
                "help_request_id": request.id,
                "status": request.status,
                "outcome": request.outcome,
                "closed_at": request.closed_at,
            }
        )


class AssignmentOut(ApiModel):
    """A request with a caseworker, from a moment until a moment."""

    id: UUID
    help_request_id: UUID
    caseworker_id: UUID
    kind: Kind
    purpose: Purpose
    phase: Phase
    effort_minutes: int = Field(description="Minutes per week, an interpreter included", examples=[120])
    started_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None
    planned_end_on: date | None
    over_maximum: bool = Field(description="Whether it was decided to go above the caseworker's maximum")
    reason: str | None
    decided_by: UUID = Field(description="Who decided: the key of a named person")
    seen_at: datetime | None = Field(description="When its caseworker first saw it")

    @classmethod
    def of(cls, assignment: Assignment) -> "AssignmentOut":
        """Return a row as it is answered."""
        return cls.model_validate(assignment, extra="ignore")
