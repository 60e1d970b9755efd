"""Questions about the city."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.city.models import ClosedDay, District, Location, Topic


def locations(session: Session) -> Sequence[Location]:
    """Return every location, by code."""
    return session.scalars(select(Location).order_by(Location.code)).all()


def districts(session: Session) -> Sequence[District]:
    """Return every district, by code."""
    return session.scalars(select(District).order_by(District.code)).all()


def topics(session: Session) -> Sequence[Topic]:
    """Return every topic, in the order in which people choose from them."""
    return session.scalars(select(Topic).order_by(Topic.position)).all()


def closed_days(session: Session, first: date, last: date) -> Sequence[ClosedDay]:
    """Return the closed days from one day to another, both included."""
    return session.scalars(
        select(ClosedDay).where(ClosedDay.day.between(first, last)).order_by(ClosedDay.day)
    ).all()
