"""Rows: rounds, their proposals, and what people decided."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, new_id
from app.rounds.rules import DecisionKind, ProposalState, RoundState, Trigger


class Round(Base):
    """One optimisation over everything that waits, with all that is needed to run it again.

    ``problem`` is the solver's canonical problem and ``plan`` its canonical plan; ``effort`` and ``seed``
    its limits; ``versions`` the software's; ``tiers`` cost, bound and gap of each tier; ``unplaced`` who
    could not be placed. The plan is read only where it is asked for: a list of rounds does without.
    """

    __tablename__ = "rounds"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[RoundState]
    trigger: Mapped[Trigger]
    requested_by: Mapped[UUID | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    policy_version: Mapped[int | None] = mapped_column(ForeignKey("policy_versions.version"))
    problem: Mapped[str | None]
    plan: Mapped[str | None] = mapped_column(deferred=True)
    seed: Mapped[int]
    effort: Mapped[int]
    versions: Mapped[dict[str, Any]]
    request_count: Mapped[int | None]
    placed_count: Mapped[int | None]
    kept_count: Mapped[int | None]
    tiers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    unplaced: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    optimal: Mapped[bool | None]
    reproducible: Mapped[bool | None]
    fallback: Mapped[bool | None]
    milliseconds: Mapped[int | None]
    solver_milliseconds: Mapped[int | None]
    failure: Mapped[str | None]


class Proposal(Base):
    """What a round, or an operator's hold, suggests for one request.

    ``terms``, ``alternatives`` and ``because`` hold codes and facts; the words are made when it is
    read, in the reader's language. ``because``: why it replaced an earlier one.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        Index("uq_proposals_one_open", "help_request_id", unique=True, postgresql_where=text("state = 'open'")),
        Index(None, "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id"))
    help_request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"), index=True)
    caseworker_id: Mapped[UUID] = mapped_column(ForeignKey("caseworkers.id"), index=True)
    state: Mapped[ProposalState]
    effort_minutes: Mapped[int]
    points: Mapped[int]
    terms: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    alternatives: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    cross_district: Mapped[bool]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"))
    because: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class Decision(Base):
    """What a named person decided on one proposal.

    ``extra_points``: what an override cost more than the proposal; ``then_wait``: the requests that no
    longer fit with that caseworker; ``until``: the day that "not yet" waits for; ``holds_back``: the
    request stays out of rounds until somebody changes it; ``reversed_at``: when it was undone.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_holding_back", "proposal_id", postgresql_where=text("holds_back")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"), index=True)
    kind: Mapped[DecisionKind]
    reason: Mapped[str | None]
    until: Mapped[date | None]
    caseworker_id: Mapped[UUID | None] = mapped_column(ForeignKey("caseworkers.id"))
    extra_points: Mapped[int | None]
    then_wait: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    holds_back: Mapped[bool]
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"))
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("clients.id"))
    decided_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[UUID | None]
