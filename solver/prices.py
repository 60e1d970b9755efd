"""What each wish costs for a pair, in points: one function per wish, and what waiting weighs.

Source of every wish: design, section 2, wishes; the prices stand in the policy. A wish that is met costs 0
points and is named all the same. None of them looks at money.
"""

from functools import lru_cache
from typing import Final

from solver.eligibility import effort_for, needs_interpreter
from solver.plan import Fact, Term
from solver.policy import Policy
from solver.problem import HIGHEST_LEVEL, Caseworker, Request, Urgency

TERM_NAMES: Final = (
    "expertise-short",
    "expertise-wasted",
    "specialist",
    "other-topics",
    "continuity",
    "coordinator",
    "preferred-location",
    "preferred-language",
    "interpreter",
    "travel",
    "stability",
    "balance",
)

# What most pairs have in common is one object: rankings are made while somebody is on the phone.
NOT_WISHED: Final = {name: Term(name, 0) for name in TERM_NAMES}
NO_OTHER_TOPICS: Final = Term("other-topics", 0, {"missing": ()})
NO_LANGUAGE: Final = Term("preferred-language", 0, {"languages": ()})
NO_INTERPRETER: Final = Term("interpreter", 0, {"minutes": 0})
NO_TRAVEL: Final = Term("travel", 0, {"minutes": 0})


@lru_cache(maxsize=16_384)
def shared_term(name: str, points: int, *facts: tuple[str, Fact]) -> Term:
    """Return a term with its facts by name; equal terms are one object, so that they are quick to get."""
    return Term(name, points, dict(facts))


def price_of_waiting(request: Request, policy: Policy) -> int:
    """Return what it weighs when this request waits: urgency x days x effort.

    The day on which it came counts as the first, so that a new request weighs something too. The effort
    counts so that heavy requests are not left behind for several light ones.
    """
    urgency = {
        Urgency.CRISIS: policy.crisis_weight,
        Urgency.URGENT: policy.urgent_weight,
        Urgency.NORMAL: policy.normal_weight,
    }[request.urgency]
    return urgency * (request.waiting_days + 1) * request.effort_minutes


def expertise_short(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price each level below what was asked before the level was lowered after a long wait."""
    asked, has = asked_level(request), caseworker.level_in(request.topic)
    points = max(0, asked - has) * policy.short_level_points
    return shared_term("expertise-short", points, ("topic", request.topic), ("asked", asked), ("has", has))


def expertise_wasted(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price each level above what was asked: that expertise may be needed elsewhere."""
    asked, has = asked_level(request), caseworker.level_in(request.topic)
    points = max(0, has - asked) * policy.wasted_level_points
    return shared_term("expertise-wasted", points, ("topic", request.topic), ("asked", asked), ("has", has))


def specialist(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price a specialist on what needs none: they stay free for what only they can do."""
    is_specialist = caseworker.level_in(request.topic) == HIGHEST_LEVEL
    wasted = is_specialist and asked_level(request) < HIGHEST_LEVEL
    points = policy.wasted_specialist_points if wasted else 0
    return shared_term("specialist", points, ("topic", request.topic))


def other_topics(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price each other topic of the request in which they have no level."""
    if not request.other_topics:
        return NO_OTHER_TOPICS
    missing = tuple(sorted(topic for topic in request.other_topics if caseworker.level_in(topic) == 0))
    return shared_term("other-topics", len(missing) * policy.other_topic_points, ("missing", missing))


def continuity(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price somebody else than the caseworker who helped before."""
    return _expected("continuity", request.previous_caseworker, caseworker.key, policy.continuity_points)


def coordinator(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price somebody else than the household's coordinator."""
    return _expected("coordinator", request.coordinator, caseworker.key, policy.coordinator_points)


def preferred_location(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price another location than the resident prefers."""
    wanted, points = request.preferred_location, policy.preferred_location_points
    return _expected("preferred-location", wanted, caseworker.location, points)


def preferred_language(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price a caseworker who speaks none of the preferred languages."""
    wanted = request.preferred_languages
    if not wanted:
        return NO_LANGUAGE
    points = policy.preferred_language_points if caseworker.languages.isdisjoint(wanted) else 0
    return shared_term("preferred-language", points, ("languages", tuple(sorted(wanted))))


def interpreter(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price an interpreter who has to come along."""
    if not needs_interpreter(request, caseworker):
        return NO_INTERPRETER
    return shared_term("interpreter", policy.interpreter_points, ("minutes", policy.interpreter_minutes))


def travel(request: Request, caseworker: Caseworker, policy: Policy, *, minutes: int | None) -> Term:
    """Price the way from the resident's district to the caseworker's location.

    `minutes` is the known travel time, None when it is not known. One setting, the district weight,
    goes from fully pooled to own district first.
    """
    if not is_cross_district(request, caseworker):
        return NO_TRAVEL
    way = policy.unknown_travel_minutes if minutes is None else minutes
    facts = ("minutes", way), ("district", str(request.district)), ("location", caseworker.location)
    return shared_term("travel", policy.district_weight * way, *facts)


def stability(request: Request, caseworker: Caseworker, policy: Policy) -> Term:
    """Price a change of the proposal that people see now."""
    return _expected("stability", request.shown, caseworker.key, policy.stability_points)


def balance(caseworker: Caseworker, policy: Policy, *, before_minutes: int, added_minutes: int) -> Term:
    """Price the load that this request adds above the target, given the load before it."""
    after = before_minutes + added_minutes
    points = load_price(caseworker, after, policy) - load_price(caseworker, before_minutes, policy)
    return balance_term(points, load=after, target=caseworker.target_minutes)


def balance_term(points: int, *, load: int, target: int) -> Term:
    """Return the term of the balance when its points are known: the load becomes so many minutes."""
    return shared_term("balance", points, ("load", load), ("target", target))


def load_price(caseworker: Caseworker, minutes: int, policy: Policy) -> int:
    """Return the points of a weekly load: convex, piecewise linear, by share of the target."""
    return sum(
        points * max(0, minutes - breakpoint_minutes(caseworker, percent))
        for percent, points in policy.load_prices
    )


def breakpoint_minutes(caseworker: Caseworker, percent: int) -> int:
    """Return the load from which on a price counts: a share of the target, rounded up to the minute."""
    return -(-caseworker.target_minutes * percent // 100)


def pair_terms(
    request: Request, caseworker: Caseworker, policy: Policy, *, travel_minutes: int | None
) -> tuple[Term, ...]:
    """Return every term of a pair except the balance, in the order of `TERM_NAMES`."""
    return (
        expertise_short(request, caseworker, policy),
        expertise_wasted(request, caseworker, policy),
        specialist(request, caseworker, policy),
        other_topics(request, caseworker, policy),
        continuity(request, caseworker, policy),
        coordinator(request, caseworker, policy),
        preferred_location(request, caseworker, policy),
        preferred_language(request, caseworker, policy),
        interpreter(request, caseworker, policy),
        travel(request, caseworker, policy, minutes=travel_minutes),
        stability(request, caseworker, policy),
    )


def all_terms(
    request: Request,
    caseworker: Caseworker,
    policy: Policy,
    *,
    travel_minutes: int | None,
    before_minutes: int,
) -> tuple[Term, ...]:
    """Return every term of a pair, the balance last, given the caseworker's load before this request."""
    added = effort_for(request, caseworker, policy)
    return (
        *pair_terms(request, caseworker, policy, travel_minutes=travel_minutes),
        balance(caseworker, policy, before_minutes=before_minutes, added_minutes=added),
    )


def asked_level(request: Request) -> int:
    """Return the level that was asked at first, before it was lowered."""
    return request.required_level if request.asked_level is None else request.asked_level


def is_cross_district(request: Request, caseworker: Caseworker) -> bool:
    """Return whether the caseworker works from another location than the resident's district."""
    return request.district is not None and request.district != caseworker.location


def _expected(name: str, wanted: str | None, got: str, points: int) -> Term:
    """Return the term of a wish for one particular caseworker or location."""
    if wanted is None:
        return NOT_WISHED[name]
    return shared_term(name, points if wanted != got else 0, ("wanted", wanted))
