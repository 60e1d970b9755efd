"""What a round decides on: requests that wait, caseworkers with room, and how far apart they are.

Everything here is opaque keys, whole minutes, whole days and codes. Who builds a problem applies what
needs a clock or a calendar (waiting days, presence, the age of a load confirmation).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from solver import canonical
from solver.policy import Policy

UNCLEAR: Final = "unclear"
HIGHEST_LEVEL: Final = 3
LONGEST_WAIT_DAYS: Final = 3_650
MOST_MINUTES: Final = 10_080


class ProblemError(canonical.MalformedError):
    """A problem that cannot be right; `faults` names every fault at once."""

    code = "invalid-problem"


class Urgency(StrEnum):
    """How soon a request must be taken up."""

    CRISIS = "crisis"
    URGENT = "urgent"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One help request that waits for a caseworker.

    Attributes
    ----------
    key
        Opaque and unique among the requests.
    topic
        Code of the primary topic; `unclear` fits whoever has the level in any topic.
    effort_minutes
        Work per week in the present phase, 1 to 10,080, without an interpreter.
    overdue
        Whether one of its clocks has run out.
    waiting_days
        Whole days since it was received, 0 or more.
    required_level
        The level of today, 0 to 3. `asked_level` is what was asked before it was lowered after a long
        wait; None means that it was not lowered.
    required_languages
        One of these must be spoken, or an interpreter comes along when `interpreter_allowed`.
    required_attributes
        All of these tags must be declared by the caseworker.
    excluded
        Keys of caseworkers who may not take it; the reason is never given to the solver.
    only
        Key of the one caseworker the resident chose to wait for.
    district
        Code of the area the resident lives in (its location's code), or None when unknown.
    household
        Requests with the same household go to one caseworker together, or wait together.
    start_within_days
        Help must start at most so many days from today.
    pinned_to
        Key of the caseworker whose open proposal stays put, as long as it is still possible.
    shown
        Key of the caseworker in the proposal that people see now; changing it has a price.
    """

    key: str
    topic: str
    effort_minutes: int
    urgency: Urgency = Urgency.NORMAL
    overdue: bool = False
    waiting_days: int = 0
    required_level: int = 0
    asked_level: int | None = None
    other_topics: frozenset[str] = frozenset()
    required_languages: frozenset[str] = frozenset()
    interpreter_allowed: bool = False
    preferred_languages: frozenset[str] = frozenset()
    required_attributes: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    only: str | None = None
    district: str | None = None
    preferred_location: str | None = None
    previous_caseworker: str | None = None
    coordinator: str | None = None
    household: str | None = None
    start_within_days: int = 28
    pinned_to: str | None = None
    shown: str | None = None

    @property
    def ordinary(self) -> bool:
        """Return whether it can wait: neither crisis nor urgent nor overdue."""
        return self.urgency is Urgency.NORMAL and not self.overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseworker:
    """Somebody who may take requests, as they are on the day of the round.

    Attributes
    ----------
    key
        Opaque and unique among the caseworkers.
    location
        Code of their team's location.
    levels
        Declared level per topic, 1 to 3; a topic that is missing is level 0.
    maximum_minutes, target_minutes
        Minutes of casework per week, as agreed with them; the target is at most the maximum.
    load_minutes
        Minutes already taken: assignments, cases run elsewhere, holds, and what the caller counts as
        taken. May lie above the maximum.
    new_in_week, new_per_week
        New requests in the last seven days, and the most they take in seven days (None: no limit).
    active
        Whether they are employed and take work at all.
    load_confirmed
        Whether their load counts as true under the policy.
    present_from_day
        Days from today to the first day on which they work and are present; None: not in sight.
    """

    key: str
    location: str
    maximum_minutes: int
    target_minutes: int
    load_minutes: int = 0
    levels: Mapping[str, int] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    new_in_week: int = 0
    new_per_week: int | None = None
    active: bool = True
    load_confirmed: bool = True
    present_from_day: int | None = 0

    def level_in(self, topic: str) -> int:
        """Return their level for a topic, 0 to 3; for `unclear` the highest they have anywhere."""
        if topic == UNCLEAR:
            return max(self.levels.values(), default=0)
        return self.levels.get(topic, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything one round needs, so that the same problem always gives the same plan.

    Attributes
    ----------
    requests, caseworkers
        Kept in the order of their keys, so that the order in which they were read changes nothing.
    travel
        Minutes of travel from a district to a location, both by code.
    policy
        The prices and rules in force.

    Raises
    ------
    ProblemError
        When something cannot be right; every fault is named.
    """

    requests: tuple[Request, ...]
    caseworkers: tuple[Caseworker, ...]
    travel: Mapping[tuple[str, str], int] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        object.__setattr__(self, "requests", tuple(sorted(self.requests, key=lambda r: r.key)))
        object.__setattr__(self, "caseworkers", tuple(sorted(self.caseworkers, key=lambda w: w.key)))
        faults = list(_faults_of(self))
        if faults:
            raise ProblemError(faults)

    def to_json(self) -> str:
        """Return canonical JSON: equal problems give equal text."""
        return canonical.to_json(self)

    @classmethod
    def from_json(cls, text: str) -> "Problem":
        """Return the problem that `to_json` wrote.

        Raises
        ------
        MalformedError
            When the text is no problem; every fault is named. `ProblemError` and `PolicyError` are
            of this kind.
        """
        return canonical.from_json(cls, text)

    def travel_minutes(self, request: Request, caseworker: Caseworker) -> int | None:
        """Return the minutes from the resident's district to the caseworker's location; None: not known."""
        if request.district is None:
            return None
        return self.travel.get((request.district, caseworker.location))

    def request(self, key: str) -> Request:
        """Return the request with this key; raises KeyError when there is none."""
        for request in self.requests:
            if request.key == key:
                return request
        raise KeyError(key)


def _faults_of(problem: Problem) -> Iterator[str]:
    """Yield everything that cannot be right, naming the row by its key."""
    yield from _repeated("requests", [request.key for request in problem.requests])
    yield from _repeated("caseworkers", [caseworker.key for caseworker in problem.caseworkers])
    for request in problem.requests:
        yield from _request_faults(request)
    for caseworker in problem.caseworkers:
        yield from _caseworker_faults(caseworker)
    for (district, location), minutes in problem.travel.items():
        if not 0 <= minutes <= MOST_MINUTES:
            yield f"travel {district} to {location}: {minutes} minutes must be 0 to {MOST_MINUTES}"


def _repeated(what: str, keys: list[str]) -> Iterator[str]:
    if len(set(keys)) != len(keys):
        yield f"{what}: the key {next(key for key in keys if keys.count(key) > 1)} is there more than once"


def _request_faults(request: Request) -> Iterator[str]:
    """Yield what is out of range in one request."""
    name = f"request {request.key}"
    if not 1 <= request.effort_minutes <= MOST_MINUTES:
        yield f"{name}: effort_minutes is {request.effort_minutes}; it must be 1 to {MOST_MINUTES}"
    if not 0 <= request.waiting_days <= LONGEST_WAIT_DAYS:
        yield f"{name}: waiting_days is {request.waiting_days}; it must be 0 to {LONGEST_WAIT_DAYS}"
    if not 0 <= request.required_level <= HIGHEST_LEVEL:
        yield f"{name}: required_level is {request.required_level}; it must be 0 to {HIGHEST_LEVEL}"
    if request.asked_level is not None and not request.required_level <= request.asked_level <= HIGHEST_LEVEL:
        yield f"{name}: asked_level is {request.asked_level}; it must be required_level to {HIGHEST_LEVEL}"
    if request.start_within_days < 0:
        yield f"{name}: start_within_days is {request.start_within_days}; it must be 0 or more"


def _caseworker_faults(caseworker: Caseworker) -> Iterator[str]:
    """Yield what is out of range in one caseworker."""
    name = f"caseworker {caseworker.key}"
    if not 0 <= caseworker.target_minutes <= caseworker.maximum_minutes <= MOST_MINUTES:
        yield (
            f"{name}: target_minutes {caseworker.target_minutes} and maximum_minutes "
            f"{caseworker.maximum_minutes} must be 0 <= target <= maximum <= {MOST_MINUTES}"
        )
    if not 0 <= caseworker.load_minutes <= 10 * MOST_MINUTES:
        yield f"{name}: load_minutes is {caseworker.load_minutes}; it must be 0 to {10 * MOST_MINUTES}"
    if caseworker.new_in_week < 0 or (caseworker.new_per_week is not None and caseworker.new_per_week < 0):
        yield f"{name}: new_in_week and new_per_week must be 0 or more"
    if caseworker.present_from_day is not None and caseworker.present_from_day < 0:
        yield f"{name}: present_from_day is {caseworker.present_from_day}; it must be 0 or more, or None"
    if not all(0 <= level <= HIGHEST_LEVEL for level in caseworker.levels.values()):
        yield f"{name}: every level must be 0 to {HIGHEST_LEVEL}"
