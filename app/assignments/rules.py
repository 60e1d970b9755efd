"""Load and its parts, without a database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from app.help_requests.rules import ClockName
from app.kit.errors import DomainError

PACE_DAYS: Final = 7
HORIZON_DAYS: Final = 84
METRES_PER_MINUTE: Final = 190
STARTING_CLOCKS: Final = frozenset(
    {ClockName.START, ClockName.WGS, ClockName.WGS_THREAT, ClockName.EXTERNAL_DEADLINE}
)
"""The norms that are met by help that starts."""


class Kind(StrEnum):
    """What a caseworker is to a request: the one who leads it, or one who is asked for advice."""

    LEAD = "lead"
    CONSULT = "consult"


class Purpose(StrEnum):
    """What an assignment is for."""

    CASE = "case"
    OUTREACH = "outreach"


class Phase(StrEnum):
    """Where a case is; each phase has its own effort."""

    START = "start"
    ACTIVE = "active"
    AFTERCARE = "aftercare"


class EndReason(StrEnum):
    """Why an assignment ended."""

    COMPLETED = "completed"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    REVERSED = "reversed"
    CLOSED = "closed"


class NoCapacity(DomainError):
    """The effort does not fit below the caseworker's maximum."""

    code = "no-capacity"
    title = "Not enough capacity"


class NotEligible(DomainError):
    """The caseworker may not take this request; `barriers` says why, as far as others may read."""

    code = "not-eligible"
    title = "Not eligible"


class HoldExpired(DomainError):
    """The reserved place is no longer there: it expired, was released, or was used."""

    code = "hold-expired"
    title = "The hold has expired"


def no_capacity(code: str, *, free_minutes: object, needed_minutes: object, limit: str = "maximum") -> NoCapacity:
    """Return the error of a caseworker, by code, who has too few minutes a week left below a limit."""
    way_out = ", or go above the maximum explicitly, with a reason" if limit == "maximum" else ""
    return NoCapacity(
        f"{code} has {free_minutes} minutes a week free below the {limit}; this takes {needed_minutes}. "
        f"Choose another caseworker{way_out}.",
        caseworker=code,
        free_minutes=free_minutes,
        needed_minutes=needed_minutes,
    )


def not_eligible(code: str, barriers: Iterable[tuple[str, Mapping[str, Any]]]) -> NotEligible:
    """Return the error of a caseworker, by code, and the barriers as (code, facts)."""
    found = list(barriers)
    names = ", ".join(name for name, _ in found)
    return NotEligible(
        f"{code} can't take this help request: {names}. Choose another caseworker.",
        caseworker=code,
        barriers=[{"code": name, "facts": dict(facts)} for name, facts in found],
    )


def free_per_day(
    free_minutes: int, ends: Iterable[tuple[int, date]], *, present: Sequence[bool], today: date
) -> list[int]:
    """Return for each day, the first being today, how many minutes a week could start on it.

    What is planned to end frees its minutes from the day after. A plan whose day has passed proves
    nothing: that work still runs, and counts on every day.

    Parameters
    ----------
    free_minutes
        The maximum minus today's load, in minutes per week; may be negative.
    ends
        Minutes per week and the last planned day of what has one.
    present
        For each day whether they work and are present; nothing can start on the others: 0.
    """
    gains: dict[int, int] = {}
    for minutes, last_day in ends:
        day = (last_day - today).days + 1
        if day > 0:
            gains[day] = gains.get(day, 0) + minutes
    free, per_day = free_minutes, []
    for day, there in enumerate(present):
        free += gains.get(day, 0) if gains else 0
        per_day.append(max(0, free) if there else 0)
    return per_day


def earliest_start(per_day: Sequence[int], minutes: int, *, today: date) -> date | None:
    """Return the first day on which so many minutes a week fit; None when there is none in sight."""
    day = next((day for day, free in enumerate(per_day) if free >= minutes), None)
    return None if day is None else today + timedelta(days=day)


def minutes_of_travel(metres: int) -> int:
    """Return the minutes that a distance as the crow flies takes, by bicycle through the city.

    15 km/h over streets that are a third longer than the straight line: about 190 metres a minute.
    Only the order of distances matters; its price is small.
    """
    return -(-metres // METRES_PER_MINUTE)
