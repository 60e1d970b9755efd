"""What a round found besides its plan, as it is answered."""

from uuid import UUID

from pydantic import Field

import solver
from app.kit.http import ApiModel, Language
from app.rounds.schemas.words import Codes


class CapacityPriceOut(ApiModel):
    """What one more hour a week of somebody's room would change: where room is scarce."""

    caseworker_id: UUID | None = Field(description="Whose hour; null when it is that of a topic or location")
    topic: str | None = Field(description="Whoever has expertise in this topic", examples=["finances"])
    location: str | None = Field(description="Whoever works at this location", examples=["OOS"])
    starts_earlier: list[UUID] = Field(description="Help requests that wait, and would start with that hour")
    waiting_weight: int = Field(description="What it would weigh less that requests wait", examples=[1_200])
    points: int = Field(
        description="What the plan would cost less; negative when those who start cost points", examples=[60]
    )
    exact: bool = Field(
        description="True: counted while all that is placed stays as it is. False: an estimate for when "
        "caseworkers pass work on to each other"
    )
    text: str = Field(examples=["Een uur meer per week voor Geldzaken in Oost laat 2 inwoners eerder beginnen."])

    @classmethod
    def of(cls, hour: solver.ExtraHour, language: Language, codes: Codes) -> "CapacityPriceOut":
        """Return an hour as it is answered."""
        return cls(
            caseworker_id=None if hour.caseworker is None else UUID(hour.caseworker),
            topic=hour.topic,
            location=hour.location,
            starts_earlier=[UUID(key) for key in hour.starts],
            waiting_weight=hour.overdue + hour.waiting,
            points=hour.points,
            exact=hour.exact,
            text=solver.in_words(hour, language, codes),
        )


class StatementOut(ApiModel):
    """Something that was said about a request, and that rounds keep to."""

    kind: str = Field(
        description="`pinned`: its proposal stays put; `only`: the resident waits for this caseworker; "
        "`not-available`: this caseworker can't be asked; `household`: it goes with its household",
        examples=["pinned"],
    )
    help_request_id: UUID
    caseworker_id: UUID | None


class ConflictOut(ApiModel):
    """Statements that can't all be kept; leaving out any one of them resolves it."""

    statements: list[StatementOut]
    text: str = Field(examples=["Dit kan niet meer: HV-7K2M is voorgesteld bij GRO-04. Niet beschikbaar."])

    @classmethod
    def of(cls, conflict: solver.Conflict, language: Language, codes: Codes) -> "ConflictOut":
        """Return a conflict as it is answered."""
        return cls(
            statements=[
                StatementOut(
                    kind=item.kind,
                    help_request_id=UUID(item.request),
                    caseworker_id=None if item.caseworker is None else UUID(item.caseworker),
                )
                for item in conflict.statements
            ],
            text=solver.in_words(conflict, language, codes),
        )
