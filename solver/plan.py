"""What a solve answers: who takes what and why, what waits and why, and how far from proven it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from solver import canonical

Fact: TypeAlias = int | str | tuple[str, ...]
Facts: TypeAlias = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Barrier:
    """One reason why a caseworker may not take a request; `facts` hold the numbers behind it."""

    code: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """What one wish adds to the price of a pair, in points; 0 when the wish is met."""

    name: str
    points: int
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Somebody else who could take a placed request.

    Attributes
    ----------
    extra_points
        What the plan would cost more if only this changed; negative when less (somebody else would have
        to make room, or a proposal is pinned).
    terms
        The price of the pair, term by term.
    displaces
        Keys of requests that this caseworker takes in the plan and that would have to make room, the
        lightest first; empty when it fits beside the plan.
    """

    caseworker: str
    extra_points: int
    terms: tuple[Term, ...]
    displaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """A request with the caseworker the plan proposes.

    Attributes
    ----------
    points
        The sum of the terms.
    terms
        Every term, also those of 0 points, in a fixed order.
    alternatives
        At most five; those that fit beside the plan first, then by extra points.
    cross_district
        Whether the caseworker works from another location than the resident's district.
    """

    request: str
    caseworker: str
    points: int
    terms: tuple[Term, ...]
    alternatives: tuple[Alternative, ...]
    cross_district: bool
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Unlock:
    """The cheapest single change that would let a request be placed now."""

    code: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A request that waits on.

    Attributes
    ----------
    reason
        A code, such as `no-level`, `no-room`, `displaced`; `facts` hold what was counted.
    unlocked_by
        What would place it, by simple inspection; None when nothing single does.
    """

    request: str
    reason: str
    facts: Facts
    unlocked_by: Unlock | None


@dataclass(frozen=True, slots=True)
class ExtraHour:
    """What one more hour a week of somebody's room would change.

    Attributes
    ----------
    caseworker, topic, location
        Whose hour: this caseworker's; or that of whoever has expertise in the topic, works at the
        location, or both. All None: anybody's.
    starts
        Requests that wait and would start, by key.
    overdue, waiting
        What less waiting weighs, in the tiers of those names.
    points
        Points less; negative when starting those requests costs points.
    exact
        True: counted beside the plan, which otherwise stays as it is. False: an estimate by the
        relaxation's prices, for when work passes from one caseworker to another.
    """

    caseworker: str | None = None
    topic: str | None = None
    location: str | None = None
    starts: tuple[str, ...] = ()
    overdue: int = 0
    waiting: int = 0
    points: int = 0
    exact: bool = True

    @property
    def worth(self) -> tuple[int, int, int]:
        """Return what orders one hour before another."""
        return self.overdue, self.waiting, self.points


@dataclass(frozen=True, slots=True)
class Tier:
    """Cost and proven lower bound of one tier of wishes.

    The bound holds for every plan that is no worse in the tiers before. `gap` is (cost - bound) / cost,
    0.0 when proven.
    """

    name: str
    cost: int
    bound: int
    gap: float


@dataclass(frozen=True, slots=True)
class CapacityPrices:
    """What one more minute a week of a caseworker's room would be worth to the plan, by caseworker key.

    From the duals of the relaxation, so fractions; 0 for whoever is left with room.

    Attributes
    ----------
    overdue, waiting
        Weight of waiting per minute, in the tiers of those names.
    points
        Points per minute.
    """

    overdue: Mapping[str, float] = field(default_factory=dict)
    waiting: Mapping[str, float] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str) -> "CapacityPrices":
        """Return the prices in a plan's JSON; raises `MalformedError` when they are none."""
        return canonical.from_json(cls, text)


@dataclass(frozen=True, slots=True)
class Proof:
    """Why the bound of one tier holds; `solver.check` recomputes it from this.

    Attributes
    ----------
    bound
        What the prices alone prove, without the pins' points.
    scale
        Prices are whole numbers of 1/scale.
    requests
        Price of each request that is not pinned, by its key; a household has one price, under the key
        of its first request.
    caps
        Price of each tier before this one.
    searched
        Whether the plan's bound is higher than these prices prove, by an exhaustive search.
    """

    bound: int
    scale: int
    requests: Mapping[str, int]
    caps: tuple[int, ...]
    searched: bool


@dataclass(frozen=True, slots=True)
class Interim:
    """The best plan so far, while a solve runs: enough to complete a plan from when it must end now.

    Attributes
    ----------
    seconds
        Since the solve began.
    step
        Which step of the route found or proved it.
    assignments
        Request key to caseworker key, pins included.
    costs, bounds
        Per tier: overdue, waiting, points.
    """

    seconds: float
    step: str
    assignments: Mapping[str, str]
    costs: tuple[int, int, int]
    bounds: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """The outcome of a round.

    Attributes
    ----------
    tiers
        `overdue`, `waiting`, `points`, in that order.
    optimal
        Whether bound equals cost in every tier: no better plan exists under this policy.
    reproducible
        False when the wall clock cut the work short, so that another run may differ.
    fallback
        Whether this is only the ranking, applied one request after another.
    route
        How it was solved: `equal-efforts`, `general`, `exact`, `components`; or what else made it: `ranking`,
        `interrupted`.
    work
        Effort used per step, in deterministic units, and the sizes that were solved.
    prices
        What more room would be worth, from the last relaxation; None when none was solved.
    proofs
        Per tier; empty for the fallback.
    extra_hours
        What one more hour a week would change, for whom it changes most.
    """

    placed: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    tiers: tuple[Tier, ...]
    optimal: bool
    reproducible: bool
    fallback: bool
    route: str
    work: Mapping[str, float]
    prices: CapacityPrices | None = None
    proofs: tuple[Proof, ...] = ()
    extra_hours: tuple[ExtraHour, ...] = ()

    @property
    def assignments(self) -> dict[str, str]:
        """Return the caseworker's key for each placed request."""
        return {placement.request: placement.caseworker for placement in self.placed}

    @property
    def gap(self) -> float:
        """Return the worst gap of the tiers."""
        return max((tier.gap for tier in self.tiers), default=0.0)

    def to_json(self) -> str:
        """Return canonical JSON: equal plans give equal text."""
        return canonical.to_json(self)

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Return the plan that `to_json` wrote; raises `MalformedError` when it is none."""
        return canonical.from_json(cls, text)


@dataclass(frozen=True, slots=True)
class Scarcity:
    """What the minutes of an option are worth to others, at the capacity prices of the last plan.

    Attributes
    ----------
    overdue, waiting
        Weight of waiting that others keep, in the tiers of those names.
    points
        Points that others pay more.
    """

    overdue: int
    waiting: int
    points: int

    @property
    def is_scarce(self) -> bool:
        """Return whether somebody waits for these minutes."""
        return self.overdue > 0 or self.waiting > 0


@dataclass(frozen=True, slots=True)
class Option:
    """Somebody who may take a request now, with the price of the pair.

    Attributes
    ----------
    points
        The sum of the terms; what the minutes are worth to others is not in it.
    scarcity
        None when no capacity prices are known.
    """

    caseworker: str
    points: int
    terms: tuple[Term, ...]
    effort_minutes: int
    cross_district: bool
    scarcity: Scarcity | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Somebody who may not take a request now, with every barrier."""

    caseworker: str
    barriers: tuple[Barrier, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """All caseworkers for one request: the options ordered by fit, the others with their barriers."""

    request: str
    options: tuple[Option, ...]
    unavailable: tuple[Unavailable, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Who can take one request best, now.

    Attributes
    ----------
    options
        The best, best first.
    able
        How many may take it, those beyond the options included.
    waiting_weight
        What it weighs when the request waits: urgency x days x effort.
    better_waits
        Whether, at the last plan's prices, even the cheapest minutes are worth more to others than this
        request weighs: better for the whole city that it waits for a round. Advice only; never for a
        crisis, and false when no prices are known.
    """

    request: str
    options: tuple[Option, ...]
    able: int
    waiting_weight: int
    better_waits: bool


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a set of assignments breaks; `facts` say by how much."""

    code: str
    request: str | None
    caseworker: str | None
    facts: Facts = field(default_factory=dict)
