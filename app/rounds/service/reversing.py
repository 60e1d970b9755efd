"""A decision is undone: on the day itself, until the caseworker has seen it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments import service as assignments
from app.caseworkers import queries as caseworkers
from app.help_requests import queries as help_requests
from app.help_requests import service as requests
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.errors import NotAllowed, WrongStatus
from app.kit.events import announce
from app.rounds.events import DecisionReversed
from app.rounds.models import Decision, Proposal
from app.rounds.queries import decisions as queries
from app.rounds.queries import proposals
from app.rounds.rules import DecisionKind, ProposalState, RejectReason


def reverse(session: Session, decision_id: UUID, *, actor: Actor, now: datetime) -> Decision:
    """Undo a decision with all it did, and return it. Its proposal is open again, unless there is another.

    Locks the help request until commit.

    Raises
    ------
    NotFound
        When there is none with this id, or the actor may not know of its request.
    NotAllowed
        When the actor does not lead the location of the caseworker it was about.
    WrongStatus
        When it was undone before, was made on another day, the caseworker has seen the assignment, or
        the request has moved on.
    """
    proposal = proposals.get(session, queries.get(session, decision_id).proposal_id)
    request = help_requests.lock(session, proposal.help_request_id, actor)
    proposal = proposals.lock(session, proposal.id)
    decision = queries.get(session, decision_id)
    _must_be_reversible(decision, now)
    if decision.kind is DecisionKind.REJECT:
        _take_back_rejection(session, decision, proposal, request=request, actor=actor, now=now)
    elif decision.assignment_id is not None:
        assignment = assignments.lock(session, decision.assignment_id, actor=actor)
        assignments.undo(session, assignment, actor=actor, now=now)
    decision.reversed_at, decision.reversed_by, decision.holds_back = now, actor.id, False
    _open_again(session, proposal, now)
    session.flush()
    event = DecisionReversed(subject_id=request.id, proposal_id=proposal.id, decision_id=decision.id)
    announce(session, event, actor=actor, now=now)
    audit.write(session, "reverse", ("proposal", proposal.id), actor=actor, now=now, decision_id=decision.id)
    return decision


def _must_be_reversible(decision: Decision, now: datetime) -> None:
    if decision.reversed_at is not None:
        raise WrongStatus("This decision was undone before.", reversed_at=decision.reversed_at)
    if clock.day_of(decision.decided_at) != clock.day_of(now):
        raise WrongStatus("This decision was made on another day; it can no longer be undone.")


def _take_back_rejection(
    session: Session, decision: Decision, proposal: Proposal, *, request: HelpRequest, actor: Actor, now: datetime
) -> None:
    caseworker = caseworkers.get(session, proposal.caseworker_id)
    if not actor.leads(caseworker.location_code):
        raise NotAllowed(f"You decide for your own locations only, not for {caseworker.location_code}.")
    if request.status is not Status.WAITING:
        raise WrongStatus(f"The help request is {request.status} by now; the rejection can no longer be undone.")
    if decision.reason == RejectReason.NOT_THIS_CASEWORKER:
        queries.withdraw_exclusion(
            session,
            request.id,
            proposal.caseworker_id,
            made_at=decision.decided_at,
            made_by=decision.decided_by,
        )
    if decision.reason == RejectReason.NOT_YET and request.not_before_on == decision.until:
        requests.postpone(session, request, None, actor=actor, now=now)


def _open_again(session: Session, proposal: Proposal, now: datetime) -> None:
    """Open a proposal as it was. Its hold, if it had one, is gone: it counts as any other now."""
    if proposal.expires_at <= now or proposals.open_of(session, [proposal.help_request_id]):
        return
    proposal.state, proposal.decided_at, proposal.hold_id = ProposalState.OPEN, None, None
