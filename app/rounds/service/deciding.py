"""A named person decides on a proposal: accept, reject, or override with another caseworker.

Locks, until commit: the help request, then caseworkers. A proposal changes only under the lock of its
request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments.models import Assignment
from app.assignments.service import assign, settle_hold
from app.caseworkers import queries as caseworkers
from app.help_requests import queries as help_requests
from app.help_requests import service as requests
from app.help_requests.models import HelpRequest
from app.kit import audit, clock, db
from app.kit.auth import Actor
from app.kit.db import new_id
from app.kit.errors import Fault, InvalidInput, NotAllowed, NotFound, WrongStatus
from app.kit.events import Event, announce
from app.rounds.events import ProposalAccepted, ProposalOverridden, ProposalRejected
from app.rounds.models import Decision, Proposal
from app.rounds.queries import decisions as queries
from app.rounds.queries import proposals
from app.rounds.rules import (
    DECIDED,
    HOLDS_BACK,
    AlreadyDecided,
    DecisionKind,
    OverrideReason,
    ProposalState,
    RejectReason,
    Verdict,
    faults_of,
)
from app.rounds.service.weighing import weigh

STATE_AFTER = {
    DecisionKind.ACCEPT: ProposalState.ACCEPTED,
    DecisionKind.REJECT: ProposalState.REJECTED,
    DecisionKind.OVERRIDE: ProposalState.OVERRIDDEN,
}


def lock_open(session: Session, proposal_id: UUID, *, actor: Actor, now: datetime) -> Proposal:
    """Return a proposal that can be decided on, with its help request locked until commit.

    Raises
    ------
    NotFound
        When there is none with this id, or the actor may not know of its request.
    AlreadyDecided
        When somebody decided on it.
    WrongStatus
        When it was replaced, or its time is over.
    """
    found = proposals.get(session, proposal_id, actor)
    help_requests.lock(session, found.help_request_id)
    found = proposals.lock(session, proposal_id)
    if found.state in DECIDED:
        raise AlreadyDecided(
            f"This proposal was {found.state} before. Read it again to see by whom.",
            state=found.state,
            decided_at=found.decided_at,
        )
    if found.state is not ProposalState.OPEN or found.expires_at <= now:
        state = ProposalState.EXPIRED if found.state is ProposalState.OPEN else found.state
        raise WrongStatus(f"This proposal is {state}; only an open one can be decided on.", state=state)
    return found


def lock_all(session: Session, choices: Iterable[tuple[UUID, UUID | None]]) -> None:
    """Lock what a batch will need, in the one order: its help requests, then its caseworkers.

    Parameters
    ----------
    choices
        Identifiers of proposals, each with the caseworker chosen instead, if any.
    """
    chosen = dict(choices)
    known = queries.requests_of(session, chosen)
    help_requests.lock_in_order(session, [help_request_id for help_request_id, _ in known.values()])
    others = [caseworker_id for caseworker_id in chosen.values() if caseworker_id is not None]
    queries.lock_caseworkers(session, [*(caseworker_id for _, caseworker_id in known.values()), *others])


def decide(session: Session, proposal: Proposal, verdict: Verdict, *, actor: Actor, now: datetime) -> Decision:
    """Decide on a proposal from `lock_open`, and return what was decided.

    Raises
    ------
    InvalidInput
        When reason, day or caseworker do not go with the kind of decision.
    NotAllowed
        When the actor does not lead the location of the caseworker who would take it, or of the one
        who is rejected.
    NotEligible, NoCapacity
        When it has become impossible; an override goes above the maximum, but past no other barrier.
    """
    faults = faults_of(verdict, proposal.caseworker_id, clock.day_of(now))
    if faults:
        raise InvalidInput(faults)
    request = help_requests.lock(session, proposal.help_request_id, actor)
    decision = _decision(proposal, verdict, actor, now)
    if verdict.kind is DecisionKind.OVERRIDE:
        _weigh(session, proposal, request, decision, now)
    proposal.state, proposal.decided_at = STATE_AFTER[verdict.kind], now
    session.flush()
    if verdict.kind is DecisionKind.REJECT:
        event: Event = _reject(session, proposal, request, verdict=verdict, actor=actor, now=now)
    else:
        assignment = _assign(session, proposal, decision, actor, now)
        decision.assignment_id = assignment.id
        event = _started(proposal, decision, assignment)
    if proposal.hold_id is not None:
        settle_hold(session, proposal.hold_id, now)
    session.add(decision)
    session.flush()
    announce(session, event, actor=actor, now=now)
    details = {"decision_id": decision.id, "reason": verdict.reason, "extra_points": decision.extra_points}
    audit.write(session, verdict.kind, ("proposal", proposal.id), actor=actor, now=now, details=details)
    return decision


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would do."""

    decision: DecisionKind
    caseworker_id: UUID
    extra_points: int | None
    then_wait: tuple[UUID, ...]
    over_maximum: bool


def preview(session: Session, proposal: Proposal, verdict: Verdict, *, actor: Actor, now: datetime) -> Preview:
    """Return what a decision would do: it is made and undone, so that nothing is checked less.

    Raises as `decide` does.
    """
    proposed = proposal.caseworker_id
    with db.undone(session):
        decision = decide(session, proposal, verdict, actor=actor, now=now)
        over_maximum = decision.assignment_id is not None and _is_over(session, decision.assignment_id)
        return Preview(
            decision=decision.kind,
            caseworker_id=decision.caseworker_id or proposed,
            extra_points=decision.extra_points,
            then_wait=tuple(decision.then_wait),
            over_maximum=over_maximum,
        )


def _is_over(session: Session, assignment_id: UUID) -> bool:
    return session.get_one(Assignment, assignment_id).over_maximum


def _decision(proposal: Proposal, verdict: Verdict, actor: Actor, now: datetime) -> Decision:
    return Decision(
        id=new_id(),
        proposal_id=proposal.id,
        kind=verdict.kind,
        reason=verdict.reason,
        until=verdict.until,
        caseworker_id=verdict.caseworker_id or proposal.caseworker_id,
        then_wait=[],
        holds_back=verdict.kind is DecisionKind.REJECT and verdict.reason in HOLDS_BACK,
        decided_by=actor.id,
        decided_at=now,
    )


def _weigh(session: Session, proposal: Proposal, request: HelpRequest, decision: Decision, now: datetime) -> None:
    """Note what an override costs more, and which requests no longer fit with that caseworker."""
    chosen = decision.caseworker_id or proposal.caseworker_id
    try:
        caseworkers.lock(session, chosen)
    except NotFound:
        raise InvalidInput([Fault("#/caseworkerId", f"is not a caseworker: '{chosen}'")]) from None
    weighed = weigh(session, proposal, request, chosen, now=now)
    decision.extra_points, decision.then_wait = weighed.extra_points, list(weighed.then_wait)


def _assign(session: Session, proposal: Proposal, decision: Decision, actor: Actor, now: datetime) -> Assignment:
    overrides = decision.kind is DecisionKind.OVERRIDE
    return assign(
        session,
        proposal.help_request_id,
        decision.caseworker_id or proposal.caseworker_id,
        actor=actor,
        now=now,
        reason=decision.reason,
        above_maximum=overrides,
        own_hold=proposal.hold_id,
    )


def _started(proposal: Proposal, decision: Decision, assignment: Assignment) -> Event:
    if decision.kind is DecisionKind.ACCEPT:
        return ProposalAccepted(
            subject_id=proposal.help_request_id, proposal_id=proposal.id, assignment_id=assignment.id
        )
    return ProposalOverridden(
        subject_id=proposal.help_request_id,
        proposal_id=proposal.id,
        assignment_id=assignment.id,
        reason=OverrideReason(decision.reason or ""),
        extra_points=decision.extra_points,
    )


def _reject(
    session: Session, proposal: Proposal, request: HelpRequest, *, verdict: Verdict, actor: Actor, now: datetime
) -> Event:
    """Have the next round answer differently: each reason does that in its own way."""
    caseworker = caseworkers.get(session, proposal.caseworker_id)
    if not actor.leads(caseworker.location_code):
        raise NotAllowed(f"You decide for your own locations only, not for {caseworker.location_code}.")
    if verdict.reason == RejectReason.NOT_THIS_CASEWORKER:
        requests.exclude(session, request, proposal.caseworker_id, actor=actor, now=now)
    if verdict.reason == RejectReason.NOT_YET:
        requests.postpone(session, request, verdict.until, actor=actor, now=now)
    return ProposalRejected(subject_id=proposal.help_request_id, proposal_id=proposal.id, until=verdict.until)
