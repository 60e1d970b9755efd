"""Questions about proposals."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from app.help_requests.models import HelpRequest
from app.help_requests.queries import visible
from app.kit.auth import Actor
from app.kit.errors import NotFound
from app.rounds.models import Proposal
from app.rounds.rules import OpenProposal, ProposalState


def get(session: Session, proposal_id: UUID, viewer: Actor | None = None) -> Proposal:
    """Return a proposal.

    Parameters
    ----------
    viewer
        Who must be allowed to see its request; None: decided elsewhere.

    Raises
    ------
    NotFound
        When there is none with this id, or the viewer may not know of it.
    """
    query = select(Proposal).where(Proposal.id == proposal_id)
    found = session.scalars(query if viewer is None else query.where(_visible(viewer))).one_or_none()
    return _there(found, proposal_id)


def _visible(viewer: Actor) -> ColumnElement[bool]:
    return exists().where(HelpRequest.id == Proposal.help_request_id, visible(viewer))


def lock(session: Session, proposal_id: UUID) -> Proposal:
    """Return a proposal as it is now, its row locked until commit; lock its help request before.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return _there(found, proposal_id)


def _there(proposal: Proposal | None, proposal_id: UUID) -> Proposal:
    if proposal is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    return proposal


def page(
    session: Session, viewer: Actor, *, state: ProposalState | None, after: UUID | None, limit: int
) -> Sequence[Proposal]:
    """Return proposals that somebody may see in the order in which they were made, from after an id on."""
    query = select(Proposal).where(_visible(viewer)).order_by(Proposal.id).limit(limit)
    if state is not None:
        query = query.where(Proposal.state == state)
    if after is not None:
        query = query.where(Proposal.id > after)
    return session.scalars(query).all()


def open_of(session: Session, help_request_ids: Iterable[UUID]) -> Sequence[Proposal]:
    """Return the open proposals for these requests; each has at most one."""
    ids = list(help_request_ids)
    query = select(Proposal).where(Proposal.help_request_id.in_(ids), Proposal.state == ProposalState.OPEN)
    return session.scalars(query).all() if ids else []


def all_open(session: Session) -> list[OpenProposal]:
    """Return every open proposal in short, by request."""
    return [OpenProposal(*row) for row in session.execute(_in_short())]


def open_in_short(session: Session, help_request_ids: Iterable[UUID]) -> list[OpenProposal]:
    """Return the open proposals for these requests in short, by request."""
    query = _in_short().where(Proposal.help_request_id.in_(list(help_request_ids)))
    return [OpenProposal(*row) for row in session.execute(query)]


def due(session: Session, now: datetime) -> list[OpenProposal]:
    """Return the open proposals whose time is over in short, by request."""
    return [OpenProposal(*row) for row in session.execute(_in_short().where(Proposal.expires_at <= now))]


def _in_short() -> Select[UUID, UUID, UUID, UUID | None, int, datetime]:
    columns = (Proposal.id, Proposal.help_request_id, Proposal.caseworker_id, Proposal.hold_id)
    query = select(*columns, Proposal.effort_minutes, Proposal.expires_at)
    return query.where(Proposal.state == ProposalState.OPEN).order_by(Proposal.help_request_id)


def latest_of(session: Session, help_request_id: UUID) -> Proposal | None:
    """Return the last proposal that was made for a request, in whatever state."""
    query = select(Proposal).where(Proposal.help_request_id == help_request_id)
    return session.scalars(query.order_by(Proposal.id.desc()).limit(1)).one_or_none()


def requests(session: Session, ids: Iterable[UUID]) -> Sequence[HelpRequest]:
    """Return the help requests of proposals, for a snapshot; who reads the answer is checked before."""
    return session.scalars(select(HelpRequest).where(HelpRequest.id.in_(list(ids)))).all()
