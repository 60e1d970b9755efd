"""What is sent and answered about the policy."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.kit.http import ApiModel, Day
from app.policy.models import PolicyVersion
from app.policy.rules import PolicyDocument
from app.policy.service import document_of


class PolicyIn(ApiModel):
    """A new version of the policy."""

    in_force_on: Day = Field(description="First day on which it applies: today or later", examples=["2026-12-01"])
    document: PolicyDocument = Field(
        description="The whole policy; what is left out has its default, not the value of the version before",
        examples=[{"lowerLevelAfterDays": 28, "prices": {"districtWeight": 3}}],
    )


class PolicyOut(ApiModel):
    """A version of the policy; it never changes. Of those in force, the latest added applies."""

    version: int = Field(examples=[1])
    in_force_on: Day
    document: PolicyDocument
    created_at: datetime
    created_by: UUID | None = Field(description="Who added it; null for the version the service began with")

    @classmethod
    def of(cls, row: PolicyVersion) -> "PolicyOut":
        """Return a row as it is answered."""
        return cls(
            version=row.version,
            in_force_on=row.in_force_on,
            document=document_of(row),
            created_at=row.created_at,
            created_by=row.created_by,
        )
