"""Who is there when, and whose load counts as true. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.city.rules import days_from

Absences = Iterable[tuple[date, date]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a caseworker; the code, no name.

    Attributes
    ----------
    levels
        Declared expertise by topic code, 1 to 3; 0 is the same as leaving the topic out.
    working_days
        ISO weekdays, 1 Monday to 7 Sunday.
    target_minutes, maximum_minutes
        Minutes of casework per week, as agreed with them; the target is at most the maximum.
    new_per_week
        The most new requests they take in seven days.
    """

    code: str
    location_code: str
    provider: str
    levels: Mapping[str, int]
    languages: Collection[str]
    attributes: Collection[str]
    working_days: Collection[int]
    target_minutes: int
    maximum_minutes: int
    new_per_week: int
    active: bool = True


def as_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of ``Details`` as they are stored: lists sorted and without doubles, no level 0."""
    stored = dict(values)
    for name in ("languages", "attributes", "working_days"):
        if name in stored:
            stored[name] = sorted(set(stored[name]))
    if "levels" in stored:
        stored["levels"] = {topic: level for topic, level in sorted(stored["levels"].items()) if level}
    return stored


def is_absent(absences: Absences, day: date) -> bool:
    """Say whether a day lies within one of the absences: (first, last) days, both included."""
    return any(first <= day <= last for first, last in absences)


def is_present(working_days: Collection[int], absences: Absences, day: date, closed: Collection[date]) -> bool:
    """Say whether a caseworker works on a day and is there.

    Parameters
    ----------
    working_days
        ISO weekdays, 1 Monday to 7 Sunday; a weekend day counts when it is named.
    absences
        (First, last) days, both included.
    closed
        Days on which the city is closed: nobody works.
    """
    return day.isoweekday() in working_days and day not in closed and not is_absent(absences, day)


def first_day_present(
    working_days: Collection[int],
    absences: Absences,
    *,
    start: date,
    horizon_days: int,
    closed: Collection[date],
) -> date | None:
    """Return the first day on which a caseworker works and is there, or None when that is not in sight.

    Parameters
    ----------
    start
        The first day that is looked at.
    horizon_days
        How many days are looked at, ``start`` included.
    """
    away = tuple(absences)
    days = days_from(start, horizon_days)
    return next((day for day in days if is_present(working_days, away, day, closed)), None)


def load_is_confirmed(confirmed_at: datetime | None, created_at: datetime, *, now: datetime, days: int) -> bool:
    """Say whether a caseworker's load counts as true: confirmed, or added, at most so many days ago.

    Who was added recently needs no confirmation yet: the load was stated when they were added.
    Source: design, eligibility; ``days`` is the policy's ``load_confirmed_days``.
    """
    return now - (confirmed_at or created_at) <= timedelta(days=days)
