"""What may follow what in the life of a help request, and who counts as an adult."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from app.help_requests.rules.codes import Status

ADULT_AGE_YEARS = 18
OLDEST_AGE_YEARS = 130

FOLLOWS: Mapping[Status, frozenset[Status]] = {
    Status.WAITING: frozenset({Status.ASSIGNED, Status.CLOSED, Status.REFERRED, Status.WITHDRAWN, Status.ERASED}),
    Status.ASSIGNED: frozenset({Status.WAITING, Status.CLOSED, Status.ERASED}),
    Status.REFERRED: frozenset({Status.WAITING, Status.ERASED}),
    Status.CLOSED: frozenset({Status.WAITING, Status.ERASED}),
    Status.WITHDRAWN: frozenset({Status.ERASED}),
    Status.ERASED: frozenset(),
}
"""Status → what may come next. Source: the design's "Life of a request"."""

OPEN = frozenset({Status.WAITING, Status.ASSIGNED, Status.REFERRED})
"""The statuses in which somebody still has to do something."""


def may_follow(now: Status, then: Status) -> bool:
    """Say whether a request in one status may go to another."""
    return then in FOLLOWS[now]


def last_day_to_reopen(closed_on: date, months: int) -> date:
    """Return the last day on which a closed request may be reopened: so many calendar months later.

    A day that the later month does not have becomes that month's last day.
    """
    year, month = divmod(closed_on.year * 12 + closed_on.month - 1 + months, 12)
    return date(year, month + 1, min(closed_on.day, calendar.monthrange(year, month + 1)[1]))


def age_on(day: date, born_on: date) -> int:
    """Return somebody's age in years on a day; who was born on 29 February ages on 1 March otherwise."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def adult_by_birth(day: date, *, born_on: date | None, birth_year: int | None) -> bool | None:
    """Say whether somebody is 18 or older on a day; None when what is known does not decide it.

    Source: registered birth dates may lack day and month, so that a year is enough where it decides.
    """
    if born_on is not None:
        return age_on(day, born_on) >= ADULT_AGE_YEARS
    if birth_year is None or day.year - birth_year == ADULT_AGE_YEARS:
        return None
    return day.year - birth_year > ADULT_AGE_YEARS


def waiting_days(since: datetime, now: datetime) -> int:
    """Return for how many whole days a request waits; 0 when clocks of two machines differ."""
    return max((now - since) // timedelta(days=1), 0)
