"""Rows: caseworkers and their absences. Codes, no names; absences are days without a reason."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, new_id


class Caseworker(Base):
    """Somebody who helps residents.

    ``levels`` maps topic codes to 1–3, topics left out are level 0; ``working_days`` are ISO weekdays
    (1 Monday – 7 Sunday); minutes are of casework per week.
    """

    __tablename__ = "caseworkers"
    __table_args__ = (
        CheckConstraint("target_minutes <= maximum_minutes", "target_within_maximum"),
        CheckConstraint("target_minutes >= 0", "target_not_negative"),
        CheckConstraint("new_per_week >= 0", "pace_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    location_code: Mapped[str] = mapped_column(ForeignKey("locations.code"), index=True)
    provider: Mapped[str]
    levels: Mapped[dict[str, int]]
    languages: Mapped[list[str]]
    attributes: Mapped[list[str]]
    working_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    target_minutes: Mapped[int]
    maximum_minutes: Mapped[int]
    new_per_week: Mapped[int]
    active: Mapped[bool]
    load_confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class Absence(Base):
    """Days on which a caseworker is not there, both included; a withdrawn one stays as history."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", "starts_before_it_ends"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    caseworker_id: Mapped[UUID] = mapped_column(ForeignKey("caseworkers.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
