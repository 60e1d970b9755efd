"""Rounds as they are answered."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import Field

from app.kit.http import ApiModel, Language
from app.rounds.models import Round
from app.rounds.rules import RoundState, Trigger
from app.rounds.schemas import words
from app.rounds.schemas.findings import CapacityPriceOut, ConflictOut
from app.rounds.schemas.words import Codes
from app.rounds.service import Findings

NOTHING_FOUND: Final = Findings()

Found = TypeVar("Found")
Out = TypeVar("Out")


class RoundIn(ApiModel):
    """Nothing needs to be said to ask for a round."""


class TierOut(ApiModel):
    """How good a plan is in one tier of wishes; earlier tiers come first, whatever the later ones cost."""

    name: str = Field(description="`overdue`, `waiting` or `points`", examples=["points"])
    cost: int = Field(description="What the plan costs in this tier", examples=[1480])
    bound: int = Field(description="No plan can cost less, given the tiers before", examples=[1480])
    gap: float = Field(description="(cost - bound) / cost; 0 when proven", examples=[0.0])


class UnlockOut(ApiModel):
    """The cheapest single change that would let a request be placed."""

    code: str = Field(examples=["confirm-load"])
    caseworker_id: UUID | None
    text: str = Field(examples=["Het kan wel als GRO-04 de belasting bevestigt."])


class UnplacedOut(ApiModel):
    """A request that waits on."""

    help_request_id: UUID
    reason: str = Field(examples=["no-room"])
    text: str = Field(examples=["Nodig is 2 uur per week; de grootste vrije ruimte is 1 uur."])
    unlocked_by: UnlockOut | None = Field(description="Null when no single change would help")

    @classmethod
    def of(cls, stored: Mapping[str, Any], language: Language, codes: Codes) -> "UnplacedOut":
        """Return what was stored as it is answered."""
        unlock = stored["unlock"]
        return cls(
            help_request_id=UUID(stored["request"]),
            reason=stored["reason"],
            text=words.of_unplaced(stored, language, codes),
            unlocked_by=None if unlock is None else _unlock(unlock, language, codes),
        )


def _unlock(stored: Mapping[str, Any], language: Language, codes: Codes) -> UnlockOut:
    caseworker = stored["facts"].get("caseworker")
    return UnlockOut(
        code=stored["code"],
        caseworker_id=None if caseworker is None else UUID(caseworker),
        text=words.of_unlock(stored, language, codes),
    )


class RoundOut(ApiModel):
    """One optimisation over everything that waits in the city."""

    id: UUID
    state: RoundState
    trigger: Trigger = Field(description="Why it was run")
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    policy_version: int | None = Field(examples=[3])
    request_count: int | None = Field(description="Requests that waited", examples=[250])
    placed_count: int | None = Field(description="Requests with a proposal now", examples=[231])
    kept_count: int | None = Field(description="Proposals that stayed as they were", examples=[180])
    tiers: list[TierOut]
    gap: float | None = Field(description="The worst gap of the tiers", examples=[0.0])
    optimal: bool | None = Field(description="Proven: no better plan exists under this policy")
    reproducible: bool | None = Field(description="False when the clock cut it short: a replay may differ")
    fallback: bool | None = Field(description="Whether the plain ranking stood in for the solver")
    milliseconds: int | None = Field(description="From start to stored", examples=[2310])
    solver_milliseconds: int | None = Field(description="Of these, in the solver", examples=[2050])
    unplaced: list[UnplacedOut]
    capacity_prices: list[CapacityPriceOut] | None = Field(
        description="Where one more hour a week would change most: topics and locations first, then "
        "caseworkers. Null in lists, and before the round is done"
    )
    conflicts: list[ConflictOut] | None = Field(
        description="What people said that could not all be kept, such as proposals that were let go. Null "
        "in lists, and before the round is done"
    )
    failure: str | None = Field(description="Why it could not be run")

    @classmethod
    def of(cls, row: Round, *, language: Language, codes: Codes, findings: Findings = NOTHING_FOUND) -> "RoundOut":
        """Return a row as it is answered, in the reader's language."""
        codes = {**codes, **findings.references}
        hours, conflicts = findings.extra_hours, findings.conflicts
        tiers = [TierOut(**tier) for tier in row.tiers]
        return cls(
            id=row.id,
            state=row.state,
            trigger=row.trigger,
            queued_at=row.queued_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            policy_version=row.policy_version,
            request_count=row.request_count,
            placed_count=row.placed_count,
            kept_count=row.kept_count,
            tiers=tiers,
            gap=max((tier.gap for tier in tiers), default=None),
            optimal=row.optimal,
            reproducible=row.reproducible,
            fallback=row.fallback,
            milliseconds=row.milliseconds,
            solver_milliseconds=row.solver_milliseconds,
            unplaced=[UnplacedOut.of(item, language, codes) for item in row.unplaced],
            capacity_prices=_all_of(CapacityPriceOut.of, hours, language, codes),
            conflicts=_all_of(ConflictOut.of, conflicts, language, codes),
            failure=row.failure,
        )


def _all_of(
    of: Callable[[Found, Language, Codes], Out], found: Iterable[Found] | None, language: Language, codes: Codes
) -> list[Out] | None:
    """Return everything that was found as it is answered; None when nothing is known of it."""
    return None if found is None else [of(item, language, codes) for item in found]
