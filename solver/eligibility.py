"""Who may take a request, and why the others may not: one function per barrier.

Source of every rule: design, section 2, eligibility. These are hard; what is merely wished for stands in
`prices`. A function returns the barrier, or None when there is none.
"""

from collections.abc import Mapping
from typing import Final

from solver.plan import Barrier, Facts
from solver.policy import Policy
from solver.problem import Caseworker, Request

NOT_AVAILABLE: Final = Barrier("not-available")


def needs_interpreter(request: Request, caseworker: Caseworker) -> bool:
    """Return whether an interpreter would come along: none of the required languages is spoken."""
    return bool(request.required_languages) and caseworker.languages.isdisjoint(request.required_languages)


def effort_for(request: Request, caseworker: Caseworker, policy: Policy) -> int:
    """Return the minutes per week of this pair; an interpreter adds the policy's minutes."""
    extra = policy.interpreter_minutes if needs_interpreter(request, caseworker) else 0
    return request.effort_minutes + extra


def free_minutes(caseworker: Caseworker, *, ordinary: bool, policy: Policy) -> int:
    """Return the minutes below the target for ordinary work, else below the maximum; may be negative."""
    to_target = ordinary and policy.ordinary_below_target
    limit = caseworker.target_minutes if to_target else caseworker.maximum_minutes
    return limit - caseworker.load_minutes


def availability(request: Request, caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when they are excluded for this request, or not employed.

    Both read alike, so that neither gives the other away.
    """
    if caseworker.key in request.excluded or not caseworker.active:
        return NOT_AVAILABLE
    return None


def waits_for_another(request: Request, caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when the resident chose to wait for somebody else."""
    if request.only is not None and request.only != caseworker.key:
        return Barrier("waits-for-another", {"only": request.only})
    return None


def level(request: Request, caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when their level for the topic is below the required one."""
    has = caseworker.level_in(request.topic)
    if has < request.required_level:
        return Barrier("level", {"topic": request.topic, "needed": request.required_level, "has": has})
    return None


def language(request: Request, caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when they speak no required language and no interpreter may come along."""
    if needs_interpreter(request, caseworker) and not request.interpreter_allowed:
        return Barrier("language", {"languages": tuple(sorted(request.required_languages))})
    return None


def attributes(request: Request, caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when they lack a required attribute."""
    missing = request.required_attributes - caseworker.attributes
    if missing:
        return Barrier("attributes", {"missing": tuple(sorted(missing))})
    return None


def presence(request: Request, caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when they are not present on a working day by when help must start."""
    first = caseworker.present_from_day
    if first is not None and first <= request.start_within_days:
        return None
    facts: dict[str, int | str | tuple[str, ...]] = {"within_days": request.start_within_days}
    if first is not None:
        facts["present_from_day"] = first
    return Barrier("absent", facts)


def pace(caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when they took on as many new requests in seven days as agreed."""
    most = caseworker.new_per_week
    if most is not None and caseworker.new_in_week >= most:
        return Barrier("pace", {"new_in_week": caseworker.new_in_week, "most": most})
    return None


def load_confirmation(caseworker: Caseworker) -> Barrier | None:
    """Return a barrier when their load was not confirmed as true recently enough."""
    return None if caseworker.load_confirmed else Barrier("load-unconfirmed")


def maximum(request: Request, caseworker: Caseworker, policy: Policy) -> Barrier | None:
    """Return a barrier when the effort does not fit below their maximum."""
    return _room("maximum", request, caseworker, policy=policy, ordinary=False)


def target(request: Request, caseworker: Caseworker, policy: Policy) -> Barrier | None:
    """Return a barrier when ordinary work fits below their maximum but not below their target."""
    if not (request.ordinary and policy.ordinary_below_target) or maximum(request, caseworker, policy):
        return None
    return _room("target", request, caseworker, policy=policy, ordinary=True)


def _room(
    code: str, request: Request, caseworker: Caseworker, *, policy: Policy, ordinary: bool
) -> Barrier | None:
    needed = effort_for(request, caseworker, policy)
    free = free_minutes(caseworker, ordinary=ordinary, policy=policy)
    return Barrier(code, {"needed": needed, "free": max(0, free)}) if needed > free else None


def barriers(request: Request, caseworker: Caseworker, policy: Policy) -> tuple[Barrier, ...]:
    """Return every reason why a round or a recommendation may not propose this pair; empty when it may.

    Looks at this one request beside the caseworker's present load; what else a plan gives them is for
    `violations`.
    """
    return _found(
        *_barriers_apart_from_room(request, caseworker),
        maximum(request, caseworker, policy),
        target(request, caseworker, policy),
    )


def commit_barriers(request: Request, caseworker: Caseworker, policy: Policy) -> tuple[Barrier, ...]:
    """Return every reason why this pair may not be decided on: the maximum is the limit, not the target.

    The target binds what is proposed; people then decide in whatever order they like.
    """
    return _found(*_barriers_apart_from_room(request, caseworker), maximum(request, caseworker, policy))


def _barriers_apart_from_room(request: Request, caseworker: Caseworker) -> tuple[Barrier | None, ...]:
    return (
        availability(request, caseworker),
        waits_for_another(request, caseworker),
        level(request, caseworker),
        language(request, caseworker),
        attributes(request, caseworker),
        presence(request, caseworker),
        pace(caseworker),
        load_confirmation(caseworker),
    )


def _found(*results: Barrier | None) -> tuple[Barrier, ...]:
    return tuple(barrier for barrier in results if barrier is not None)


FACTS_OF_BARRIERS: Final[Mapping[str, Facts]] = {
    "not-available": {},
    "waits-for-another": {"only": "key of a caseworker"},
    "level": {"topic": "code", "needed": "level", "has": "level"},
    "language": {"languages": "codes"},
    "attributes": {"missing": "tags"},
    "absent": {"within_days": "days", "present_from_day": "days, when known"},
    "pace": {"new_in_week": "requests", "most": "requests"},
    "load-unconfirmed": {},
    "maximum": {"needed": "minutes", "free": "minutes"},
    "target": {"needed": "minutes", "free": "minutes"},
}
