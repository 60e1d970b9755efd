"""The city's lists, as the rest of the service asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.city import queries, rules
from app.city.models import ClosedDay, District, Location, Topic
from app.kit.http import Language

CODES_KEPT_FOR = timedelta(seconds=5)
TRAVEL = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that a body may name, as read at a moment; bodies are checked against the last read ones.

    ``labels`` tells by language what topics and locations are called, by code.
    """

    topics: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    labels: Mapping[Language, Mapping[str, str]] = field(default_factory=dict)
    read_at: datetime | None = None


_codes = Codes()


def known_codes() -> Codes:
    """Return the codes as last read by this process."""
    return _codes


def codes_are_fresh(now: datetime) -> bool:
    """Say whether the codes were read within the last five seconds."""
    return _codes.read_at is not None and timedelta() <= now - _codes.read_at < CODES_KEPT_FOR


def refresh_codes(session: Session, now: datetime) -> None:
    """Read the codes again when they were read more than five seconds ago."""
    global _codes
    if codes_are_fresh(now):
        return
    topics, places = queries.topics(session), queries.locations(session)
    names = {place.code: place.name for place in places}
    _codes = Codes(
        topics=frozenset(topic.code for topic in topics if topic.active),
        locations=frozenset(names),
        districts=frozenset(district.code for district in queries.districts(session)),
        labels={
            "nl": names | {topic.code: topic.label_nl for topic in topics},
            "en": names | {topic.code: topic.label_en for topic in topics},
        },
        read_at=now,
    )


def labels(session: Session, language: Language, now: datetime) -> Mapping[str, str]:
    """Return what topics and locations are called, by code; at most five seconds old."""
    refresh_codes(session, now)
    return _codes.labels[language]


def forget_codes() -> None:
    """Have the codes read again at the next request, whatever the clock says."""
    global _codes
    _codes = Codes()


def locations(session: Session) -> Sequence[Location]:
    """Return every location, by code."""
    return queries.locations(session)


def districts(session: Session) -> Sequence[District]:
    """Return every district, by code."""
    return queries.districts(session)


def topics(session: Session) -> Sequence[Topic]:
    """Return every topic, in the order in which people choose from them."""
    return queries.topics(session)


def closed_days(session: Session, first: date, *, days: int = 400) -> frozenset[date]:
    """Return the closed days from a day on: enough of them for every norm, unless asked otherwise."""
    return frozenset(row.day for row in queries.closed_days(session, first, first + timedelta(days=days)))


def travel_metres(session: Session) -> TRAVEL:
    """Return the distance between every district and location, by (district, location) code, in metres."""
    places = {location.code: (location.latitude, location.longitude) for location in locations(session)}
    return {
        (district.code, code): rules.distance_metres(places[district.location_code], place)
        for district in districts(session)
        for code, place in places.items()
    }


class Lists(NamedTuple):
    """What an installation says of its city."""

    locations: Sequence[Location]
    districts: Sequence[District]
    topics: Sequence[Topic]


def load(session: Session, lists: Lists) -> None:
    """Add or change locations, districts and topics by code. A topic that is left out takes nothing new."""
    for topic in queries.topics(session):
        topic.active = False
    session.flush()
    for rows in lists:
        for row in rows:
            session.merge(row)
        session.flush()
    forget_codes()


def ensure_holidays(session: Session, today: date) -> None:
    """Have the public holidays of last year to the year after next in the table of closed days."""
    add_holidays(session, range(today.year - 1, today.year + 3))


def add_holidays(session: Session, years: range) -> None:
    """Fill the table of closed days with the public holidays of some years; what stands there stays."""
    present = {row.day for row in queries.closed_days(session, date(years[0], 1, 1), date(years[-1], 12, 31))}
    session.add_all(
        ClosedDay(day=day, name_nl=name, name_en=name, counts_by_law=True)
        for year in years
        for day, name in sorted(rules.public_holidays(year).items())
        if day not in present
    )
    session.flush()
