"""The prices of a plan, in whole points, and the few rules that a policy may set.

One point is worth what the policy says; the only fixed meaning is that one minute above target costs one
point at the first breakpoint by default, so 60 points weigh as much as one hour of work above target.
There is no price for money, and none may be added: help is never given to whom it is cheapest to help.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

from solver.canonical import MalformedError, from_plain, to_plain


class PolicyError(MalformedError):
    """A policy outside its ranges; `faults` names every field, its value and its range."""

    code = "invalid-policy"


def _whole(default: int, most: int, *, unit: str, meaning: str, source: str, least: int = 0) -> int:
    """Return a documented dataclass field for a whole number from `least` to `most`."""
    about = {"least": least, "most": most, "unit": unit, "meaning": meaning, "source": source}
    value: int = field(default=default, metadata=about)
    return value


DESIGN: Final = "design, section 2: wishes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Prices and rules of one policy version.

    Every field carries its meaning, unit, range and source in its metadata; `described` lists them. The
    ranges keep every sum within 64 bits, up to 100,000 requests.

    Raises
    ------
    PolicyError
        When a value lies outside its range; all faults at once.
    """

    crisis_weight: int = _whole(
        50,
        1_000,
        least=1,
        unit="times a normal request",
        meaning="what a day of waiting weighs for a crisis",
        source=DESIGN,
    )
    urgent_weight: int = _whole(
        10,
        1_000,
        least=1,
        unit="times a normal request",
        meaning="what a day of waiting weighs when urgent",
        source=DESIGN,
    )
    normal_weight: int = _whole(
        1,
        1_000,
        least=1,
        unit="times a normal request",
        meaning="what a day of waiting weighs otherwise",
        source=DESIGN,
    )
    ordinary_below_target: bool = field(
        default=True,
        metadata={
            "unit": "yes or no",
            "meaning": "whether work that is neither crisis, urgent nor overdue stays below the target",
            "source": "design, section 2: eligibility",
        },
    )
    interpreter_minutes: int = _whole(
        30,
        600,
        unit="minutes per week",
        meaning="extra effort when an interpreter comes along",
        source="design, section 2: eligibility",
    )
    interpreter_points: int = _whole(
        40, 10_000, unit="points", meaning="an interpreter is needed with this caseworker", source=DESIGN
    )
    short_level_points: int = _whole(
        120,
        10_000,
        unit="points per level",
        meaning="below the level that was asked before it was lowered",
        source=DESIGN,
    )
    wasted_level_points: int = _whole(
        20, 10_000, unit="points per level", meaning="more expertise than is asked", source=DESIGN
    )
    wasted_specialist_points: int = _whole(
        60, 10_000, unit="points", meaning="a specialist takes what needs no specialist", source=DESIGN
    )
    other_topic_points: int = _whole(
        15,
        10_000,
        unit="points per topic",
        meaning="no expertise in another topic of the request",
        source=DESIGN,
    )
    continuity_points: int = _whole(
        80, 10_000, unit="points", meaning="somebody else than the earlier caseworker", source=DESIGN
    )
    coordinator_points: int = _whole(
        150, 10_000, unit="points", meaning="somebody else than the household's coordinator", source=DESIGN
    )
    preferred_location_points: int = _whole(
        30, 10_000, unit="points", meaning="another location than the resident prefers", source=DESIGN
    )
    preferred_language_points: int = _whole(
        40, 10_000, unit="points", meaning="speaks none of the preferred languages", source=DESIGN
    )
    district_weight: int = _whole(
        1,
        100,
        unit="points per minute of travel",
        meaning="how much the own district counts: 0 is fully pooled, 100 is own district first",
        source=DESIGN,
    )
    unknown_travel_minutes: int = _whole(
        20,
        240,
        unit="minutes",
        meaning="travel between a district and another location that is not known",
        source=DESIGN,
    )
    stability_points: int = _whole(
        60, 10_000, unit="points", meaning="a proposal that people see now changes", source=DESIGN
    )
    load_prices: tuple[tuple[int, int], ...] = field(
        default=((100, 1), (115, 2)),
        metadata={
            "unit": "(percent of target, points per minute above it), each on top of those before",
            "meaning": "what load above a share of the target costs; rising, so the sum is convex",
            "source": "solver: f_w is convex, piecewise linear, 0 below target",
            "least": (0, 0),
            "most": (200, 100),
            "most_items": 6,
        },
    )

    def __post_init__(self) -> None:
        faults = [*_outside(self), *_load_price_faults(self.load_prices)]
        if faults:
            raise PolicyError(faults)

    def to_json(self) -> dict[str, Any]:
        """Return the policy as a JSON object, one member per field."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_json(cls, content: object) -> "Policy":
        """Return the policy of a JSON object; fields that are missing have their default.

        Raises
        ------
        MalformedError
            When a field is unknown, of the wrong kind, or outside its range (`PolicyError`).
        """
        return from_plain(cls, content)


def described() -> dict[str, dict[str, Any]]:
    """Return for every field of a policy its meaning, unit, range, default and source."""
    return {item.name: {**item.metadata, "default": item.default} for item in fields(Policy)}


def _outside(policy: Policy) -> list[str]:
    """Return a fault for every value that lies outside its range."""
    faults = []
    for item in fields(policy):
        value, about = getattr(policy, item.name), item.metadata
        if item.type is bool and type(value) is not bool:
            faults.append(f"{item.name} is {value!r}; it must be true or false")
        if item.type is int and not (type(value) is int and about["least"] <= value <= about["most"]):
            wanted = f"a whole number from {about['least']} to {about['most']}"
            faults.append(f"{item.name} is {value!r}; it must be {wanted}")
    return faults


def _load_price_faults(prices: tuple[tuple[int, int], ...]) -> list[str]:
    """Return what is wrong with the prices of load: at most six, rising, within range."""
    faults = []
    if len(prices) > 6:
        faults.append(f"load_prices has {len(prices)} items; at most 6 are possible")
    for percent, points in prices:
        if not (0 <= percent <= 200 and 0 <= points <= 100):
            faults.append(
                f"load_prices has ({percent}, {points}); percent goes from 0 to 200, points from 0 to 100"
            )
    shares = [percent for percent, _ in prices]
    if shares != sorted(set(shares)):
        faults.append(f"load_prices has the percentages {shares}; each must be higher than the one before")
    return faults
