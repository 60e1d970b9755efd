"""Explanations as they are answered."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import Field

import solver
from app.assignments.schemas.barriers import BarrierOut
from app.kit.http import ApiModel, Language
from app.rounds.schemas import words
from app.rounds.schemas.proposals import CostOut, TermOut
from app.rounds.schemas.words import Codes
from app.rounds.service import Choice, Explanation


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


class MoveOut(ApiModel):
    """Another request for which something changes."""

    help_request_id: UUID
    was: UUID | None = Field(description="With whom it would start otherwise; null when it would wait")
    becomes: UUID | None = Field(description="With whom it then starts; null when it then waits")
    text: str = Field(examples=["HV-7K2M gaat van GRO-04 naar CEW-01."])


class DifferenceOut(ApiModel):
    """What one tier of wishes costs more; negative when less."""

    name: str = Field(description="`overdue`, `waiting` or `points`", examples=["points"])
    cost: int = Field(examples=[35])
    bound: int = Field(description="It can't be less", examples=[35])


class ChoiceOut(ApiModel):
    """What follows when this caseworker takes the request, as the next round would plan around it."""

    help_request_id: UUID
    caseworker_id: UUID
    code: str = Field(examples=["GRO-04"])
    possible: bool = Field(description="Whether a person may decide so")
    barriers: list[BarrierOut] = Field(description="Why not; empty when possible")
    above_room: bool = Field(
        description="Whether it passes the caseworker's target or maximum: only a person can decide so"
    )
    tiers: list[DifferenceOut] = Field(description="Beside the best plan without this choice")
    proven: bool = Field(description="Whether the differences are exact; if not, they may be smaller")
    moves: list[MoveOut] = Field(description="Every other request that then gets somebody else, starts or waits")
    text: str = Field(examples=["GRO-04 kost 35 punten meer. Dan moet wachten: 1 andere hulpvraag."])

    @classmethod
    def of(cls, choice: Choice, *, language: Language, codes: Codes) -> "ChoiceOut":
        """Return what a choice costs in the reader's language."""
        forced, names = choice.forced, {**codes, **choice.references}
        return cls(
            help_request_id=UUID(forced.request),
            caseworker_id=UUID(forced.caseworker),
            code=names.get(forced.caseworker, forced.caseworker),
            possible=forced.possible,
            barriers=_barriers(forced.barriers, language, names),
            above_room=forced.above_room,
            tiers=[DifferenceOut(name=tier.name, cost=tier.cost, bound=tier.bound) for tier in forced.tiers],
            proven=forced.proven,
            moves=[_move(move, language, names) for move in forced.moves],
            text=solver.in_words(forced, language, names),
        )


def _move(move: solver.Move, language: Language, names: Codes) -> MoveOut:
    return MoveOut(
        help_request_id=UUID(move.request),
        was=None if move.was is None else UUID(move.was),
        becomes=None if move.becomes is None else UUID(move.becomes),
        text=solver.in_words(move, language, names),
    )


def _barriers(found: Iterable[solver.Barrier], language: Language, codes: Codes) -> list[BarrierOut]:
    return [BarrierOut(code=item.code, text=words.of_barrier(item, language, codes)) for item in found]


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
    barriers = _barriers(item.barriers, language, codes)
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
