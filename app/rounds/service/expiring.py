"""Proposals that end without a decision."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments.service import settle_hold
from app.help_requests import queries as help_requests
from app.kit.events import announce_all
from app.rounds.events import ProposalExpired
from app.rounds.models import Proposal
from app.rounds.queries import proposals, storing
from app.rounds.rules import ProposalState


def expire(session: Session, now: datetime) -> int:
    """End the open proposals whose time is over, and return how many; their requests wait for a round.

    Locks those requests, in id order.
    """
    ids = [item.help_request_id for item in proposals.due(session, now)]
    return _end(session, ids, now) if ids else 0


def end_of_request(session: Session, help_request_id: UUID, now: datetime) -> None:
    """End the open proposal of a request that no longer waits; its row is locked."""
    _end(session, [help_request_id], now, also_in_time=True)


def _end(session: Session, help_request_ids: Iterable[UUID], now: datetime, *, also_in_time: bool = False) -> int:
    ids = sorted(help_request_ids)
    help_requests.lock_in_order(session, ids)
    ended = [row for row in proposals.open_of(session, ids) if also_in_time or row.expires_at <= now]
    storing.end_proposals(session, [row.id for row in ended], ProposalState.EXPIRED, now)
    release_holds_of(session, ended, now)
    events = [ProposalExpired(subject_id=row.help_request_id, proposal_id=row.id) for row in ended]
    announce_all(session, events, actor=None, now=now)
    return len(ended)


def release_holds_of(session: Session, ended: Iterable[Proposal], now: datetime) -> None:
    """Give back the places that were held for proposals that have ended."""
    for hold_id in sorted(row.hold_id for row in ended if row.hold_id is not None):
        settle_hold(session, hold_id, now)
