"""Who is there when, and whose load counts as true. Pure."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from app.city.rules import days_from

HIGHEST_LEVEL = 3
DAYS_OF_THE_WEEK = range(1, 8)

Absences = Iterable[tuple[date, date]]


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
