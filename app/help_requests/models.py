"""Rows: help requests, what runs with them, and their private part in a table of its own."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String, Uuid

from app.help_requests.rules import (
    Channel,
    ClockName,
    Concerns,
    ContactKind,
    Outcome,
    Status,
    Threat,
    Urgency,
    Weight,
)
from app.kit.db import Base, new_id


class HelpRequest(Base):
    """One question for help of an adult.

    ``adult`` None: unknown, in no round until a team lead settles it. ``asked_level`` and
    ``asked_effort_minutes`` are what the intake set, None when the policy does. ``not_before_on``: a
    lead decided to wait until that day. ``protected``: hidden but for the access list. ``reopened_at``:
    since when it waits again after it was closed; its clocks count from there.
    """

    __tablename__ = "help_requests"
    __table_args__ = (
        Index("ix_help_requests_waiting", "received_at", postgresql_where=text("status = 'waiting'")),
        Index(None, "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    status: Mapped[Status]
    topic: Mapped[str] = mapped_column(ForeignKey("topics.code"))
    other_topics: Mapped[list[str]]
    urgency: Mapped[Urgency]
    threat: Mapped[Threat | None]
    weight: Mapped[Weight]
    concerns: Mapped[Concerns]
    consent: Mapped[bool | None]
    adult: Mapped[bool | None]
    district_code: Mapped[str | None] = mapped_column(ForeignKey("districts.code"))
    channel: Mapped[Channel | None]
    asked_level: Mapped[int | None]
    asked_effort_minutes: Mapped[int | None]
    required_languages: Mapped[list[str]]
    preferred_languages: Mapped[list[str]]
    interpreter_allowed: Mapped[bool]
    required_attributes: Mapped[list[str]]
    preferred_location_code: Mapped[str | None] = mapped_column(ForeignKey("locations.code"))
    previous_caseworker_id: Mapped[UUID | None] = mapped_column(ForeignKey("caseworkers.id"))
    wait_for_caseworker_id: Mapped[UUID | None] = mapped_column(ForeignKey("caseworkers.id"))
    wait_for_until: Mapped[date | None]
    not_before_on: Mapped[date | None]
    person_reference: Mapped[str | None] = mapped_column(index=True)
    household_reference: Mapped[str | None] = mapped_column(index=True)
    external_reference: Mapped[str | None] = mapped_column(index=True)
    source_url: Mapped[str | None]
    klantcontact_uuid: Mapped[UUID | None]
    internetaak_uuid: Mapped[UUID | None]
    zaak_url: Mapped[str | None]
    legal_reports: Mapped[list[str]] = mapped_column(ARRAY(String))
    external_deadline: Mapped[date | None]
    protected: Mapped[bool]
    received_at: Mapped[datetime]
    received_by: Mapped[UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    outcome: Mapped[Outcome | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class PrivatePart(Base):
    """Summary and contact details of one request, encrypted for that request only."""

    __tablename__ = "private_parts"

    help_request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"), primary_key=True)
    key_name: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Exclusion(Base):
    """A caseworker who is not available for a request; why is not kept."""

    __tablename__ = "exclusions"

    help_request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"), primary_key=True)
    caseworker_id: Mapped[UUID] = mapped_column(ForeignKey("caseworkers.id"), primary_key=True)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class Clock(Base):
    """A norm applied to one request; a clock that was replaced or stopped stays as history.

    ``stopped_by``: what stopped it, a contact or the end of the request.
    """

    __tablename__ = "clocks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    help_request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"), index=True)
    name: Mapped[ClockName]
    started_at: Mapped[datetime]
    due_on: Mapped[date]
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None]


class Contact(Base):
    """An attempt to reach the resident, successful or not."""

    __tablename__ = "contacts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    help_request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"), index=True)
    kind: Mapped[ContactKind]
    at: Mapped[datetime]
    reached: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(Uuid)


class Access(Base):
    """Who may see a protected request; withdrawn access stays as history."""

    __tablename__ = "access_list"

    help_request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(primary_key=True)
    granted_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
