"""Rounds, proposals and decisions: their code lists, and what may follow what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.city.rules import add_working_days
from app.kit import clock
from app.kit.errors import DomainError, Fault


class RoundState(StrEnum):
    """How far a round is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Trigger(StrEnum):
    """Why a round was run."""

    DEMAND = "demand"
    INTAKE = "intake"
    CHANGE = "change"
    TIMETABLE = "timetable"


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OVERRIDDEN = "overridden"
    REPLACED = "replaced"
    EXPIRED = "expired"


class DecisionKind(StrEnum):
    """What a named person decided on a proposal."""

    ACCEPT = "accept"
    REJECT = "reject"
    OVERRIDE = "override"


class RejectReason(StrEnum):
    """Why a proposal was rejected; each changes the next round."""

    NOT_THIS_CASEWORKER = "not-this-caseworker"
    NOT_YET = "not-yet"
    WRONG_TOPIC = "wrong-topic"
    WRONG_WEIGHT = "wrong-weight"
    WRONG_LEVEL = "wrong-level"
    NOT_FOR_THE_TEAM = "not-for-the-team"


class OverrideReason(StrEnum):
    """Why another caseworker was chosen."""

    KNOWS_THE_HOUSEHOLD = "knows-the-household"
    RESIDENT_ASKED = "resident-asked"
    LEARNING = "learning"
    TEAM_AGREEMENT = "team-agreement"
    OTHER = "other"


HOLDS_BACK: Final = frozenset(
    {
        RejectReason.WRONG_TOPIC,
        RejectReason.WRONG_WEIGHT,
        RejectReason.WRONG_LEVEL,
        RejectReason.NOT_FOR_THE_TEAM,
    }
)
"""Reasons after which a request stays out of rounds until somebody changes it: the next round would
only propose the same again."""
DECIDED: Final = frozenset({ProposalState.ACCEPTED, ProposalState.REJECTED, ProposalState.OVERRIDDEN})
"""States that a named person brought a proposal into."""


class AlreadyDecided(DomainError):
    """Somebody decided on this proposal before."""

    code = "already-decided"
    title = "Already decided"


def expiry_of(now: datetime, closed: Collection[date]) -> datetime:
    """Return when a proposal made now expires: at the end of the next working day, in the city."""
    last_day = add_working_days(clock.day_of(now), 1, closed)
    return clock.start_of(last_day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Shown:
    """An open proposal: its identifier, and who is proposed."""

    proposal_id: UUID
    caseworker_id: UUID


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """What a round needs of an open proposal; its terms and alternatives are for readers."""

    id: UUID
    help_request_id: UUID
    caseworker_id: UUID
    hold_id: UUID | None
    effort_minutes: int
    expires_at: datetime

    @property
    def shown(self) -> Shown:
        """Return which proposal it is, and for whom."""
        return Shown(self.id, self.caseworker_id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan changes.

    Attributes
    ----------
    kept
        Requests whose open proposal stays as it is.
    made
        Requests that get a new proposal.
    replaced
        Request → open proposal that ends, with a new one in its place when the request is in ``made``.
    """

    kept: frozenset[UUID]
    made: tuple[UUID, ...]
    replaced: Mapping[UUID, UUID]


def reconcile(
    plan: Mapping[UUID, UUID],
    before: Mapping[UUID, Shown],
    open_now: Mapping[UUID, Shown],
    *,
    possible: Collection[UUID],
) -> Outcome:
    """Return what a plan changes, given what people did while it was made: what they decided stands.

    Parameters
    ----------
    plan
        Request → caseworker.
    before
        Open proposals, by request, as the solver knew them.
    open_now
        Open proposals as they are now.
    possible
        Requests that still wait and whose planned caseworker was not excluded meanwhile.
    """
    unchanged = {key for key, shown in open_now.items() if before.get(key) == shown}
    moved = {key for key in unchanged if plan.get(key) != open_now[key].caseworker_id}
    ended = {key for key in moved if key in possible or key not in plan}
    free = {key for key in plan if key not in before and key not in open_now}
    made = [key for key in plan if key in possible and (key in free or key in ended)]
    return Outcome(
        kept=frozenset(open_now) - ended,
        made=tuple(made),
        replaced={key: open_now[key].proposal_id for key in sorted(ended)},
    )


LONGEST_POSTPONEMENT: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody wants to decide on a proposal; `reason` is a code of the list of its kind."""

    kind: DecisionKind
    reason: str | None = None
    until: date | None = None
    caseworker_id: UUID | None = None


def faults_of(verdict: Verdict, proposed: UUID, today: date) -> list[Fault]:
    """Return everything that does not go together in a decision, for the caseworker proposed."""
    faults = _reason_faults(verdict)
    postpones = verdict.kind is DecisionKind.REJECT and verdict.reason == RejectReason.NOT_YET
    if postpones and verdict.until is None:
        faults.append(Fault("#/until", "is missing; the reason not-yet needs the day to wait for", "missing"))
    if not postpones and verdict.until is not None:
        faults.append(Fault("#/until", "belongs to the reason not-yet only"))
    if postpones and verdict.until is not None and not today < verdict.until <= today + LONGEST_POSTPONEMENT:
        last = today + LONGEST_POSTPONEMENT
        faults.append(Fault("#/until", f"must be after {today} and at the latest {last}, not '{verdict.until}'"))
    return [*faults, *_caseworker_faults(verdict, proposed)]


def _reason_faults(verdict: Verdict) -> list[Fault]:
    if verdict.kind is DecisionKind.ACCEPT:
        return [] if verdict.reason is None else [Fault("#/reason", "belongs to reject and override only")]
    known = [str(code) for code in (RejectReason if verdict.kind is DecisionKind.REJECT else OverrideReason)]
    if verdict.reason is None:
        return [Fault("#/reason", f"is missing; for {verdict.kind} it is one of {', '.join(known)}", "missing")]
    if verdict.reason not in known:
        return [Fault("#/reason", f"must be one of {', '.join(known)} for {verdict.kind}, not '{verdict.reason}'")]
    return []


def _caseworker_faults(verdict: Verdict, proposed: UUID) -> list[Fault]:
    overrides = verdict.kind is DecisionKind.OVERRIDE
    if not overrides and verdict.caseworker_id is not None:
        return [Fault("#/caseworkerId", "belongs to override only")]
    if overrides and verdict.caseworker_id is None:
        return [Fault("#/caseworkerId", "is missing; override names who takes it instead", "missing")]
    if overrides and verdict.caseworker_id == proposed:
        return [Fault("#/caseworkerId", f"is who is proposed already: '{proposed}'; accept the proposal instead")]
    return []
