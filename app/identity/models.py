"""Rows: software clients and their keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.rules import Role
from app.kit.db import Base, new_id


class Client(Base):
    """Software, or a named person's key. Only a hash of the key is kept.

    ``locations`` None means all locations; ``caseworker_code`` links a caseworker's key to the caseworker.
    """

    __tablename__ = "clients"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role]
    locations: Mapped[list[str] | None]
    caseworker_id: Mapped[UUID | None]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
