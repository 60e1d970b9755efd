"""Chance that can be repeated: the same number gives the same invented data. Nothing here is a secret."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar
from uuid import UUID

from app.city.rules import days_from, is_working_day
from app.help_requests.rules.references import ALPHABET, LENGTH, reference_of
from app.kit import clock

Choice = TypeVar("Choice")

FIRST_MINUTE = 8 * 60 + 30
LAST_MINUTE = 17 * 60


def chance_of(seed: int) -> Random:
    """Return chance that repeats itself for the same number."""
    return Random(seed)  # noqa: S311 (invented data; keys and encryption come from elsewhere)


class Shares(Generic[Choice]):
    """Things to choose from, each with its share: ``Shares({"often": 3, "seldom": 1})``."""

    def __init__(self, shares: dict[Choice, int]) -> None:
        self.things = tuple(shares)
        self.sums = tuple(accumulate(shares.values()))


def one_of(chance: Random, shares: Shares[Choice]) -> Choice:
    """Return one of some things, each as often as its share."""
    return chance.choices(shares.things, cum_weights=shares.sums)[0]


def happens(chance: Random, percent: float) -> bool:
    """Say yes in this percentage of cases."""
    return chance.random() * 100 < percent


def identifier(chance: Random, at: datetime) -> UUID:
    """Return a UUIDv7 of a moment, so that identifiers sort by when things were made.

    Source: RFC 9562, section 5.7.
    """
    milliseconds = int(at.timestamp() * 1000)
    value = milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return UUID(int=value)


def reference(chance: Random) -> str:
    """Return a reference with its check character."""
    return reference_of("".join(chance.choices(ALPHABET, k=LENGTH - 1)))


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of the past year, the last one before today, by number: 0 is the first."""

    days: tuple[date, ...]

    @property
    def last(self) -> int:
        """Number of the last working day before today."""
        return len(self.days) - 1

    def moment(self, chance: Random, number: int) -> datetime:
        """Return a moment during office hours of a working day."""
        minutes = chance.uniform(FIRST_MINUTE, LAST_MINUTE)
        return clock.start_of(self.days[number]) + timedelta(minutes=minutes)

    def at_least(self, number: int) -> int:
        """Return the number of a day that lies within the year."""
        return min(max(number, 0), self.last)


def workdays_until(today: date, closed: frozenset[date], *, days: int = 365) -> Workdays:
    """Return the working days among the days before today."""
    past = days_from(today - timedelta(days=days), days)
    return Workdays(tuple(day for day in past if is_working_day(day, closed)))
