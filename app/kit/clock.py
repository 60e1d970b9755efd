"""The one clock. Services take ``now`` as an argument; only the edges ask for it here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_stopped_at: datetime | None = None
_zone = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """Return this moment, in UTC."""
    return _stopped_at or datetime.now(UTC)


def use_zone(name: str) -> None:
    """Let days begin and end in this time zone, the city's."""
    global _zone
    _zone = ZoneInfo(name)


def day_of(moment: datetime) -> date:
    """Return the day in the city at a moment."""
    return moment.astimezone(_zone).date()


def start_of(day: date) -> datetime:
    """Return the moment, in UTC, at which a day begins in the city."""
    return datetime.combine(day, time.min, tzinfo=_zone).astimezone(UTC)


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Stop the clock at a moment, in this whole process: for tests and replays."""
    global _stopped_at
    before, _stopped_at = _stopped_at, at
    try:
        yield
    finally:
        _stopped_at = before
