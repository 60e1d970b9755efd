"""Proposals that end without a decision."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments.service import settle_hold
from app.help_requests import queries as help_requests
from app.kit.events import Event, announce_all
from app.rounds.events import ProposalExpired, ProposalReplaced
from app.rounds.queries import proposals, storing
from app.rounds.rules import OpenProposal, ProposalState


def expire(session: Session, now: datetime) -> int:
    """End the open proposals whose time is over, and return how many; their requests wait for a round.

    Locks those requests, in id order.
    """
    due = sorted(item.help_request_id for item in proposals.due(session, now))
    if not due:
        return 0
    help_requests.lock_in_order(session, due)
    ended = [item for item in proposals.open_in_short(session, due) if item.expires_at <= now]
    events = [ProposalExpired(subject_id=item.help_request_id, proposal_id=item.id) for item in ended]
    _end(session, ended, ProposalState.EXPIRED, events=events, now=now)
    return len(ended)


def end_of_request(session: Session, help_request_id: UUID, now: datetime) -> None:
    """End the open proposal of a request that no longer waits, or that waits no more for it.

    The request's row is locked.
    """
    ended = proposals.open_in_short(session, [help_request_id])
    events = [ProposalReplaced(subject_id=item.help_request_id, proposal_id=item.id) for item in ended]
    _end(session, ended, ProposalState.REPLACED, events=events, now=now)


def _end(
    session: Session,
    ended: Sequence[OpenProposal],
    state: ProposalState,
    *,
    events: Sequence[Event],
    now: datetime,
) -> None:
    if ended:
        storing.end_proposals(session, [item.id for item in ended], state, now)
        release_holds_of(session, ended, now)
        announce_all(session, events, actor=None, now=now)


def release_holds_of(session: Session, ended: Iterable[OpenProposal], now: datetime) -> None:
    """Give back the places that were held for proposals that have ended."""
    for hold_id in sorted(row.hold_id for row in ended if row.hold_id is not None):
        settle_hold(session, hold_id, now)


def release_expired_holds(session: Session, now: datetime) -> None:
    """Tidy up holds that expired: they no longer count already, and now no query meets them again."""
    storing.release_expired_holds(session, now)
