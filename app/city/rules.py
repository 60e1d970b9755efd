"""Days and distances of the city, without a database."""

import math
from collections.abc import Collection, Iterator
from datetime import date, timedelta

import holidays

EARTH_RADIUS_METRES = 6_371_000
SATURDAY = 6


def distance_metres(here: tuple[float, float], there: tuple[float, float]) -> int:
    """Return the distance as the crow flies between two (latitude, longitude) points, in metres.

    Source: the haversine formula; its error of at most 0.5 % does not matter within a city.
    """
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*here, *there))
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(h)))


def public_holidays(year: int) -> dict[date, str]:
    """Return the days of a year that the Algemene termijnenwet (art. 3) counts as public holidays.

    The package ``holidays`` leaves out 5 May in most years; the law counts it every year. It does not
    know the days that a royal decree equals to them: those are added to the table by hand.
    """
    days: dict[date, str] = dict(holidays.country_holidays("NL", years=year, language="nl").items())
    days[date(year, 5, 5)] = "Bevrijdingsdag"
    easter = next(day for day, name in days.items() if name == "Eerste paasdag")
    days[easter - timedelta(days=2)] = "Goede Vrijdag"
    return days


def is_working_day(day: date, closed: Collection[date]) -> bool:
    """Say whether the city works on a day: no weekend and no closed day."""
    return day.isoweekday() < SATURDAY and day not in closed


def roll_forward(day: date, closed: Collection[date]) -> date:
    """Return the day on which a term ends that would end on this one.

    Source: Algemene termijnenwet art. 1: a term that ends on a Saturday, Sunday or public holiday
    runs on to the next day that is none of these.
    """
    while not is_working_day(day, closed):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, closed: Collection[date]) -> date:
    """Return the day that lies a number of working days after a day.

    What comes in on a weekend or closed day counts as coming in at the end of the working day before:
    the next working day is day one, as it is after any other day.
    """
    for _ in range(count):
        day = roll_forward(day + timedelta(days=1), closed)
    return day


def add_weeks(day: date, weeks: int, closed: Collection[date]) -> date:
    """Return the day on which a term of calendar weeks ends, rolled forward where that day is closed."""
    return roll_forward(day + timedelta(weeks=weeks), closed)


def days_from(first: date, count: int) -> Iterator[date]:
    """Yield a number of consecutive days, the first included."""
    return (first + timedelta(days=n) for n in range(count))
