"""Explanations as they are answered."""

from uuid import UUID

from pydantic import Field

import solver
from app.assignments.schemas.barriers import BarrierOut
from app.kit.http import ApiModel, Language
from app.rounds.schemas import words
from app.rounds.schemas.proposals import CostOut, TermOut
from app.rounds.schemas.words import Codes
from app.rounds.service import Explanation


class CandidateOut(ApiModel):
    """One caseworker for this request."""

    caseworker_id: UUID
    code: str = Field(examples=["GRO-04"])
    eligible: bool
    barriers: list[BarrierOut] = Field(description="Every reason why not; empty when eligible")
    cost: CostOut | None = Field(description="What it costs in points; null when not eligible")
    effort_minutes: int | None = Field(description="Minutes per week with this caseworker", examples=[120])
    cross_district: bool | None = Field(description="Whether they work outside the resident's district")
    text: str = Field(description="The same in words")


class ExplanationOut(ApiModel):
    """Everybody for one request, as things stand now: those who may take it by fit, then the others."""

    help_request_id: UUID
    policy_version: int
    caseworkers: list[CandidateOut]

    @classmethod
    def of(cls, explanation: Explanation, *, language: Language, codes: Codes) -> "ExplanationOut":
        """Return an explanation in the reader's language."""
        ranking = explanation.ranking
        others = sorted(ranking.unavailable, key=lambda item: codes.get(item.caseworker, item.caseworker))
        return cls(
            help_request_id=explanation.help_request_id,
            policy_version=explanation.policy_version,
            caseworkers=[
                *(_option(item, language, codes) for item in ranking.options),
                *(_unavailable(item, language, codes) for item in others),
            ],
        )


def _option(option: solver.Option, language: Language, codes: Codes) -> CandidateOut:
    terms = [
        TermOut(name=term.name, points=term.points, text=solver.in_words(term, language, codes))
        for term in option.terms
    ]
    return CandidateOut(
        caseworker_id=UUID(option.caseworker),
        code=codes.get(option.caseworker, option.caseworker),
        eligible=True,
        barriers=[],
        cost=CostOut(points=option.points, terms=terms),
        effort_minutes=option.effort_minutes,
        cross_district=option.cross_district,
        text=solver.reason_of(option, language, codes),
    )


def _unavailable(item: solver.Unavailable, language: Language, codes: Codes) -> CandidateOut:
    barriers = [
        BarrierOut(code=barrier.code, text=words.of_barrier(barrier, language, codes)) for barrier in item.barriers
    ]
    return CandidateOut(
        caseworker_id=UUID(item.caseworker),
        code=codes.get(item.caseworker, item.caseworker),
        eligible=False,
        barriers=barriers,
        cost=None,
        effort_minutes=None,
        cross_district=None,
        text=" ".join(barrier.text for barrier in barriers),
    )
