"""Decisions as they are sent and answered."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from app.kit.errors import DomainError
from app.kit.http import ApiModel, Code, Day
from app.kit.problems import Problem, document_of
from app.rounds.models import Decision
from app.rounds.rules import DecisionKind, OverrideReason, RejectReason, Verdict
from app.rounds.service import Preview

MOST_IN_A_BATCH = 100
REASONS = tuple(str(code) for code in (*RejectReason, *OverrideReason))


def _known(reason: str) -> str:
    if reason not in REASONS:
        raise ValueError(f"must be one of {', '.join(REASONS)}, not '{reason}'")
    return reason


Reason = Annotated[Code, AfterValidator(_known), Field(json_schema_extra={"enum": list(REASONS)})]
ABOUT_REASONS = (
    f"For reject: {', '.join(RejectReason)}. For override: {', '.join(OverrideReason)}. "
    "After `not-this-caseworker` that caseworker is not proposed again; after `not-yet` it waits until the "
    "day; after the others it stays out of rounds until the request is changed."
)


class DecisionIn(ApiModel):
    """What a team lead decides on a proposal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"decision": "accept"},
                {"decision": "reject", "reason": "not-yet", "until": "2026-12-01"},
                {
                    "decision": "override",
                    "caseworkerId": "0197a1b2-4c3d-7e5f-8a9b-0c1d2e3f4a5b",
                    "reason": "knows-the-household",
                },
            ]
        }
    )

    decision: DecisionKind
    reason: Reason | None = Field(default=None, description=ABOUT_REASONS)
    until: Day | None = Field(default=None, description="For `not-yet`: the day to wait for")
    caseworker_id: UUID | None = Field(default=None, description="For override: who takes it instead")

    def to_domain(self) -> Verdict:
        """Return what is decided, in the words of the domain."""
        return Verdict(self.decision, self.reason, self.until, self.caseworker_id)


class BatchItemIn(DecisionIn):
    """A decision on one proposal of a batch."""

    model_config = ConfigDict(json_schema_extra={"examples": []})

    proposal_id: UUID
    etag: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description="`etag` of the proposal as it was read", examples=['"1"']
    )


class BatchIn(ApiModel):
    """Decisions on several proposals; each is answered on its own."""

    items: list[BatchItemIn] = Field(min_length=1, max_length=MOST_IN_A_BATCH)


class DecisionOut(ApiModel):
    """What a named person decided on one proposal."""

    id: UUID
    proposal_id: UUID
    decision: DecisionKind
    reason: str | None
    until: date | None
    caseworker_id: UUID = Field(description="Who takes it, or who was rejected")
    extra_points: int | None = Field(description="For override: what it costs more than the proposal")
    then_wait: list[UUID] = Field(description="For override: requests that no longer fit with this caseworker")
    assignment_id: UUID | None
    decided_by: UUID
    decided_at: datetime
    reversed_at: datetime | None

    @classmethod
    def of(cls, row: Decision) -> "DecisionOut":
        """Return a row as it is answered."""
        return cls.model_validate(_fields(row))


class DecisionPreviewOut(ApiModel):
    """What a decision would do; nothing was stored."""

    decision: DecisionKind
    caseworker_id: UUID
    extra_points: int | None = Field(description="For override: what it costs more than the proposal")
    then_wait: list[UUID] = Field(description="For override: requests that no longer fit with this caseworker")
    over_maximum: bool = Field(description="Whether the caseworker's load would pass the agreed maximum")

    @classmethod
    def of(cls, preview: Preview) -> "DecisionPreviewOut":
        """Return what a decision would do as it is answered."""
        return cls.model_validate(preview)


def _fields(row: Decision) -> dict[str, Any]:
    names = ("id", "proposal_id", "reason", "until", "caseworker_id", "extra_points", "then_wait")
    more = ("assignment_id", "decided_by", "decided_at", "reversed_at")
    return {name: getattr(row, name) for name in (*names, *more)} | {"decision": row.kind}


class BatchItemOut(ApiModel):
    """What became of one decision of a batch: stored, or refused with the reason."""

    proposal_id: UUID
    status: int = Field(description="As the decision alone would have been answered", examples=[201])
    decision: DecisionOut | None
    problem: Problem | None

    @classmethod
    def stored(cls, row: Decision) -> "BatchItemOut":
        """Return a decision that was stored."""
        return cls(proposal_id=row.proposal_id, status=201, decision=DecisionOut.of(row), problem=None)

    @classmethod
    def refused(cls, proposal_id: UUID, error: DomainError) -> "BatchItemOut":
        """Return why a decision was not stored."""
        problem = Problem.model_validate(document_of(error))
        return cls(proposal_id=proposal_id, status=problem.status, decision=None, problem=problem)


class BatchOut(ApiModel):
    """The answers to a batch, in the order in which the decisions were sent."""

    items: list[BatchItemOut]
