"""Rows: the city's locations, districts, topics and the days on which it is closed."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base


class Location(Base):
    """One of the team places."""

    __tablename__ = "locations"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]


class District(Base):
    """An area that residents live in, with the location that serves it."""

    __tablename__ = "districts"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    location_code: Mapped[str] = mapped_column(ForeignKey("locations.code"))


class Topic(Base):
    """What a help request can be about; an inactive one takes no new requests."""

    __tablename__ = "topics"

    code: Mapped[str] = mapped_column(primary_key=True)
    label_nl: Mapped[str]
    label_en: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool]


class ClosedDay(Base):
    """A day that counts as a public holiday, or on which the city is closed.

    ``counts_by_law``: the Algemene termijnenwet lets terms run on past it.
    """

    __tablename__ = "closed_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    name_nl: Mapped[str]
    name_en: Mapped[str]
    counts_by_law: Mapped[bool]
