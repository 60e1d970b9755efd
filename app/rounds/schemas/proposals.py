"""Proposals as they are answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.kit.http import ApiModel, Language, etag_of
from app.rounds.models import Proposal
from app.rounds.rules import ProposalState
from app.rounds.schemas import words
from app.rounds.schemas.words import Codes


class TermOut(ApiModel):
    """What one wish adds to the cost; 0 when it is met."""

    name: str = Field(examples=["travel"])
    points: int = Field(examples=[12])
    text: str = Field(
        description="The same in words", examples=["Van GRO naar NIE is het 12 minuten reizen: 12 punten."]
    )


class CostOut(ApiModel):
    """What a proposal costs under the policy, in points."""

    points: int = Field(description="Sum of the terms", examples=[12])
    terms: list[TermOut] = Field(description="Every wish, also those that cost nothing")

    @classmethod
    def of(cls, points: int, terms: Sequence[dict[str, Any]], *, language: Language, codes: Codes) -> "CostOut":
        """Return stored terms as they are answered."""
        items = [
            TermOut(name=term["name"], points=term["points"], text=words.of_term(term, language, codes))
            for term in terms
        ]
        return cls(points=points, terms=items)


class AlternativeOut(ApiModel):
    """Somebody else who could take it."""

    caseworker_id: UUID
    extra_points: int = Field(description="What the plan would cost more", examples=[35])
    text: str = Field(examples=["GRO-04 kost 35 punten meer."])


class ProposalOut(ApiModel):
    """What a round, or an operator's hold, suggests for one request; a person decides on it."""

    id: UUID
    round_id: UUID | None = Field(description="The round that made it; null for a taken hold")
    help_request_id: UUID
    caseworker_id: UUID
    state: ProposalState
    etag: str = Field(description="For If-Match of a decision, or `etag` in a batch", examples=['"1"'])
    effort_minutes: int = Field(description="Minutes per week with this caseworker", examples=[120])
    cost: CostOut
    alternatives: list[AlternativeOut] = Field(description="The best five others, as the round saw them")
    cross_district: bool = Field(description="Whether the caseworker works outside the resident's district")
    reason: str = Field(description="In one sentence: why this caseworker, and why it changed if it did")
    replaces: UUID | None = Field(description="The proposal that this one replaced")
    created_at: datetime
    expires_at: datetime = Field(description="End of the next working day; then it waits for the next round")
    decided_at: datetime | None

    @classmethod
    def of(cls, proposal: Proposal, *, language: Language, codes: Codes) -> "ProposalOut":
        """Return a row as it is answered.

        Parameters
        ----------
        codes
            What caseworkers, topics and locations are called: ``service.names``.
        """
        return cls(
            id=proposal.id,
            round_id=proposal.round_id,
            help_request_id=proposal.help_request_id,
            caseworker_id=proposal.caseworker_id,
            state=proposal.state,
            etag=etag_of(proposal.version),
            effort_minutes=proposal.effort_minutes,
            cost=CostOut.of(proposal.points, proposal.terms, language=language, codes=codes),
            alternatives=[_alternative(item, language, codes) for item in proposal.alternatives],
            cross_district=proposal.cross_district,
            reason=words.of_reason(proposal, language, codes),
            replaces=proposal.replaces_id,
            created_at=proposal.created_at,
            expires_at=proposal.expires_at,
            decided_at=proposal.decided_at,
        )


def _alternative(item: dict[str, Any], language: Language, codes: Codes) -> AlternativeOut:
    return AlternativeOut(
        caseworker_id=UUID(item["caseworker"]),
        extra_points=item["extra_points"],
        text=words.of_alternative(item, language, codes),
    )
