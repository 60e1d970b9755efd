"""What happens to proposals, as part of the history of their request; and rounds that were asked for."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.kit.events import Event
from app.rounds.rules import OverrideReason, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRequested(Event):
    """Somebody asked for a round over everything that waits."""

    type: ClassVar[str] = "round.requested"
    subject_type: ClassVar[str] = "round"
    trigger: Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMade(Event):
    """There is a proposal for a person to decide on; ``replaces`` an earlier one, if any."""

    type: ClassVar[str] = "proposal.made"
    proposal_id: UUID
    caseworker_id: UUID
    replaces: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReplaced(Event):
    """A proposal is no longer possible, or a lead asked for a better plan; nobody decided on it."""

    type: ClassVar[str] = "proposal.replaced"
    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalExpired(Event):
    """Nobody decided in time; the request waits for the next round."""

    type: ClassVar[str] = "proposal.expired"
    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAccepted(Event):
    """A named person accepted a proposal as it was."""

    type: ClassVar[str] = "proposal.accepted"
    proposal_id: UUID
    assignment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRejected(Event):
    """A named person rejected a proposal; why is read with the decision, as it may say who is excluded."""

    type: ClassVar[str] = "proposal.rejected"
    proposal_id: UUID
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOverridden(Event):
    """A named person chose another caseworker than was proposed."""

    type: ClassVar[str] = "proposal.overridden"
    proposal_id: UUID
    assignment_id: UUID
    reason: OverrideReason
    extra_points: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReversed(Event):
    """A decision was undone on the day itself, before the caseworker had seen it."""

    type: ClassVar[str] = "decision.reversed"
    proposal_id: UUID
    decision_id: UUID
