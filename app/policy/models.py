"""Rows: versions of the policy. A version never changes; a new one replaces it from a day on."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base


class PolicyVersion(Base):
    """Prices, norms, efforts and levels in force from a day; ``document`` is a ``PolicyDocument``."""

    __tablename__ = "policy_versions"

    version: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    in_force_on: Mapped[date]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
