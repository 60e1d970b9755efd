"""What is sent and answered about reserved places."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.assignments.models import Hold
from app.assignments.schemas.needs import NeedsIn
from app.kit.http import ApiModel


class HoldIn(ApiModel):
    """Whose place is held, and for which request or needs: one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "caseworkerId": "01936a2f-4c3d-7e5a-9b1c-2d3e4f5a6b7c",
                    "needs": {"topic": "finances", "weight": "light"},
                }
            ]
        }
    )

    caseworker_id: UUID
    help_request_id: UUID | None = Field(default=None, description="A request that waits")
    needs: NeedsIn | None = Field(default=None, description="What is needed, when no request was handed over yet")

    @model_validator(mode="after")
    def _one_of_two(self) -> "HoldIn":
        if (self.help_request_id is None) == (self.needs is None):
            raise ValueError("must have either helpRequestId or needs, and not both")
        return self


class HoldOut(ApiModel):
    """A reserved place: it counts as load until it expires, or until its request is decided on."""

    id: UUID
    caseworker_id: UUID
    help_request_id: UUID | None
    effort_minutes: int = Field(description="Minutes per week, an interpreter included", examples=[120])
    expires_at: datetime

    @classmethod
    def of(cls, hold: Hold) -> "HoldOut":
        """Return a row as it is answered."""
        return cls.model_validate(hold, extra="ignore")
