"""Rows: everything that takes a caseworker's minutes. The load itself is never stored."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.assignments.rules import EndReason, Kind, Phase, Purpose
from app.help_requests.rules import Weight
from app.kit.db import Base, new_id


class Assignment(Base):
    """A request with a caseworker, from a moment until a moment.

    ``effort_minutes`` is of this caseworker for this request in the present phase, an interpreter
    included. ``seen_at``: since when the caseworker has seen it, after which it can't be reversed.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_one_open_lead",
            "help_request_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND kind = 'lead'"),
        ),
        Index("ix_assignments_open", "caseworker_id", postgresql_where=text("ended_at IS NULL")),
        Index(None, "caseworker_id", "started_at"),
        CheckConstraint("effort_minutes >= 0", "effort_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    help_request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"), index=True)
    caseworker_id: Mapped[UUID] = mapped_column(ForeignKey("caseworkers.id"))
    kind: Mapped[Kind]
    purpose: Mapped[Purpose]
    phase: Mapped[Phase]
    effort_minutes: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None]
    planned_end_on: Mapped[date | None]
    over_maximum: Mapped[bool]
    reason: Mapped[str | None]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("clients.id"))
    seen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class AssignmentPhase(Base):
    """The phase and effort of an assignment during a time."""

    __tablename__ = "assignment_phases"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), index=True)
    phase: Mapped[Phase]
    effort_minutes: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OpeningLoad(Base):
    """A case that runs elsewhere, or ran before this service came: it counts as load."""

    __tablename__ = "opening_loads"
    __table_args__ = (Index("ix_opening_loads_open", "caseworker_id", postgresql_where=text("ended_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    caseworker_id: Mapped[UUID] = mapped_column(ForeignKey("caseworkers.id"))
    topic: Mapped[str] = mapped_column(ForeignKey("topics.code"))
    weight: Mapped[Weight]
    phase: Mapped[Phase]
    effort_minutes: Mapped[int]
    expected_end_on: Mapped[date | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Hold(Base):
    """A reserved place. It counts as load until it expires, is released, or its proposal is decided.

    Taken in with a request (``taken_by_request_id``), it no longer expires by itself.
    """

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_open", "caseworker_id", postgresql_where=text("released_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    caseworker_id: Mapped[UUID] = mapped_column(ForeignKey("caseworkers.id"))
    help_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("help_requests.id"))
    effort_minutes: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("clients.id"))
    expires_at: Mapped[datetime]
    taken_by_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("help_requests.id"))
    released_at: Mapped[datetime | None]
