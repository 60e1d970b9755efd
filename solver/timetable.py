"""Walk-in hours: which location is open on which part of which day, and who is there.

The problem, the rules and the wishes, without any solver: `broken_rules` judges any timetable, `wishes`
prices it. `arrange` finds the best one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final, NamedTuple, TypeAlias

from solver.canonical import MalformedError
from solver.limits import Limits
from solver.plan import Fact, Facts, Violation

MOST_DAYS: Final = 7
MOST_PARTS: Final = 6
MOST_PRICE: Final = 10_000


class TimetableError(MalformedError):
    """A timetable problem that cannot be right; `faults` names every fault at once."""

    code = "invalid-timetable-problem"


class Slot(NamedTuple):
    """A part of a day, both counted from 0."""

    day: int
    part: int


class Walkin(NamedTuple):
    """Open hours of a location on a part of a day."""

    location: str
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Somebody who may be present at walk-in hours.

    Attributes
    ----------
    locations
        Codes of the locations where they may be.
    topics
        Codes of the topics in which they have enough expertise for a walk-in.
    free
        The day parts on which they can be there.
    most_shifts
        In one week.
    """

    key: str
    locations: frozenset[str]
    topics: frozenset[str]
    free: frozenset[Slot]
    most_shifts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkinPrices:
    """What each wish costs when it is not met, in points, 0 to 10,000.

    Attributes
    ----------
    opening_missing
        A walk-in that a location wants and does not get.
    slot_without
        A part of a day on which no location in the city is open.
    day_twice
        Each walk-in of a location on a day on which it is open already.
    opening_moved, host_moved
        A walk-in that people know and that is no longer there; somebody who is no longer at it.
    shift
        Each time that somebody is there.
    """

    opening_missing: int = 100
    slot_without: int = 30
    day_twice: int = 15
    opening_moved: int = 10
    host_moved: int = 2
    shift: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableProblem:
    """Everything that a week of walk-in hours needs.

    Attributes
    ----------
    openings
        How many walk-ins a week each location wants; it never gets more.
    hosts
        In the order of their keys.
    least_hosts
        How many must be there at each walk-in.
    topics
        Of each of these, somebody with expertise must be there; one person may cover several.
    previous
        Who is where in the timetable that people know now; empty without one.

    Raises
    ------
    TimetableError
        When something cannot be right; every fault is named.
    """

    openings: Mapping[str, int]
    hosts: tuple[Host, ...]
    days: int = 5
    parts: int = 3
    least_hosts: int = 2
    topics: frozenset[str] = frozenset()
    previous: Mapping[Walkin, frozenset[str]] = field(default_factory=dict)
    prices: WalkinPrices = field(default_factory=WalkinPrices)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hosts", tuple(sorted(self.hosts, key=lambda host: host.key)))
        faults = list(_faults_of(self))
        if faults:
            raise TimetableError(faults)

    @property
    def slots(self) -> list[Slot]:
        """Return every part of every day, in order."""
        return [Slot(day, part) for day in range(self.days) for part in range(self.parts)]


Staffing: TypeAlias = Mapping[Walkin, frozenset[str]]
"""Who is at each walk-in that is open: a timetable."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The best timetable that was found, with its proof.

    Attributes
    ----------
    staffing
        Who is at each walk-in that is open.
    wishes
        Points per wish, in the order of `WalkinPrices`.
    bound
        Proven: no timetable that keeps the rules costs less.
    reproducible
        False when the wall clock cut the work short, so that another run may differ.
    """

    staffing: Staffing
    wishes: Mapping[str, int]
    bound: int
    reproducible: bool

    @property
    def cost(self) -> int:
        """Return the points of all wishes together."""
        return sum(self.wishes.values())

    @property
    def optimal(self) -> bool:
        """Return whether no better timetable exists within these rules."""
        return self.cost == self.bound


def arrange(problem: TimetableProblem, limits: Limits) -> Timetable:
    """Return the best timetable found within the limits, with a proven bound.

    By effort alone, the same problem and limits give the same timetable on every run. It always keeps the
    rules; in the worst case no walk-in is open.
    """
    # Here and not above: importing OR-Tools takes seconds, and judging a timetable never needs it.
    from solver import timetabling

    return timetabling.arrange(problem, limits)


def broken_rules(problem: TimetableProblem, staffing: Staffing) -> list[Violation]:
    """Return every rule that a timetable breaks; empty when it is right."""
    return [
        *_walkins_that_may_not_be(problem, staffing),
        *_hosts_that_may_not_be(problem, staffing),
        *_too_few_hosts(problem, staffing),
        *_too_many_openings(problem, staffing),
        *_too_much_of_one(problem, staffing),
    ]


def wishes(problem: TimetableProblem, staffing: Staffing) -> dict[str, int]:
    """Return what a timetable costs per wish, in points.

    What moves is counted where it leaves: a walk-in of the previous timetable that is not open, somebody
    who is no longer where they were.
    """
    prices, open_slots = problem.prices, {walkin.slot for walkin in staffing}
    opened = Counter(walkin.location for walkin in staffing)
    missing = sum(wanted - opened[location] for location, wanted in problem.openings.items())
    days = Counter((walkin.location, walkin.slot.day) for walkin in staffing)
    left = [len(were - staffing[walkin]) for walkin, were in problem.previous.items() if walkin in staffing]
    return {
        "opening_missing": missing * prices.opening_missing,
        "slot_without": sum(slot not in open_slots for slot in problem.slots) * prices.slot_without,
        "day_twice": sum(times - 1 for times in days.values()) * prices.day_twice,
        "opening_moved": sum(walkin not in staffing for walkin in problem.previous) * prices.opening_moved,
        "host_moved": sum(left) * prices.host_moved,
        "shift": sum(map(len, staffing.values())) * prices.shift,
    }


def _walkins_that_may_not_be(problem: TimetableProblem, staffing: Staffing) -> Iterator[Violation]:
    slots = set(problem.slots)
    for walkin in staffing:
        if walkin.location not in problem.openings:
            yield _violation("unknown-location", walkin)
        if walkin.slot not in slots:
            yield _violation("outside-week", walkin)


def _hosts_that_may_not_be(problem: TimetableProblem, staffing: Staffing) -> Iterator[Violation]:
    """Yield who is unknown, not free then, or does not serve the location."""
    hosts = {host.key: host for host in problem.hosts}
    for walkin, keys in staffing.items():
        for key in sorted(keys):
            host = hosts.get(key)
            if host is None:
                yield _violation("unknown-host", walkin, host=key)
                continue
            if walkin.slot not in host.free:
                yield _violation("not-free", walkin, host=key)
            if walkin.location not in host.locations:
                yield _violation("not-their-location", walkin, host=key)


def _too_few_hosts(problem: TimetableProblem, staffing: Staffing) -> Iterator[Violation]:
    """Yield each walk-in with too few people, or without expertise that must be there."""
    topics = {host.key: host.topics for host in problem.hosts}
    for walkin, keys in staffing.items():
        if len(keys) < problem.least_hosts:
            yield _violation("too-few-hosts", walkin)
        covered = frozenset[str]().union(*(topics.get(key, frozenset()) for key in keys))
        for topic in sorted(problem.topics - covered):
            yield _violation("without-expertise", walkin, topic=topic)


def _too_many_openings(problem: TimetableProblem, staffing: Staffing) -> Iterator[Violation]:
    opened = Counter(walkin.location for walkin in staffing)
    for location, wanted in problem.openings.items():
        if opened[location] > wanted:
            facts: Facts = {"open": opened[location], "most": wanted, "location": location}
            yield Violation("too-many-openings", None, None, facts)


def _too_much_of_one(problem: TimetableProblem, staffing: Staffing) -> Iterator[Violation]:
    """Yield who is at two places at once, and who has more shifts than they may have."""
    shifts = Counter(key for keys in staffing.values() for key in keys)
    at_once = Counter((key, walkin.slot) for walkin, keys in staffing.items() for key in keys)
    for (key, slot), places in sorted(at_once.items()):
        if places > 1:
            yield Violation("two-places-at-once", None, key, {"day": slot.day, "part": slot.part})
    for host in problem.hosts:
        if shifts[host.key] > host.most_shifts:
            facts = {"shifts": shifts[host.key], "most": host.most_shifts}
            yield Violation("too-many-shifts", None, host.key, facts)


def _violation(code: str, walkin: Walkin, *, host: str | None = None, topic: str | None = None) -> Violation:
    facts: dict[str, Fact] = {"location": walkin.location, "day": walkin.slot.day, "part": walkin.slot.part}
    return Violation(code, None, host, facts if topic is None else {**facts, "topic": topic})


def _faults_of(problem: TimetableProblem) -> Iterator[str]:
    """Yield everything that cannot be right."""
    if not (1 <= problem.days <= MOST_DAYS and 1 <= problem.parts <= MOST_PARTS):
        yield f"days is {problem.days} and parts {problem.parts}; they must be 1 to {MOST_DAYS} and {MOST_PARTS}"
    if problem.least_hosts < 1:
        yield f"least_hosts is {problem.least_hosts}; it must be at least 1"
    keys = [host.key for host in problem.hosts]
    yield from (f"host {key} is there more than once" for key, times in Counter(keys).items() if times > 1)
    for host in problem.hosts:
        if host.most_shifts < 0:
            yield f"host {host.key}: most_shifts is {host.most_shifts}; it must be 0 or more"
    for location, wanted in problem.openings.items():
        if wanted < 0:
            yield f"location {location}: openings is {wanted}; it must be 0 or more"
    for item in fields(WalkinPrices):
        name, price = item.name, getattr(problem.prices, item.name)
        if not 0 <= price <= MOST_PRICE:
            yield f"price {name} is {price}; it must be 0 to {MOST_PRICE}"
