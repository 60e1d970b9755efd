"""Why a request waits on, from counted barriers, and the cheapest single change that would place it."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from solver.core.model import Ints
from solver.eligibility import barriers
from solver.explain import NOBODY, Outcome
from solver.plan import Barrier, Fact, Facts, Unlock, Unplaced
from solver.problem import Caseworker, Request

# From what says most about the request to what may be different tomorrow.
IN_ORDER: Final = (
    "not-available",
    "waits-for-another",
    "level",
    "language",
    "attributes",
    "load-unconfirmed",
    "absent",
    "pace",
    "maximum",
    "target",
)
REASONS: Final = {
    "not-available": "nobody-available",
    "waits-for-another": "chosen-one-cannot",
    "level": "no-level",
    "language": "no-language",
    "attributes": "no-attributes",
    "load-unconfirmed": "load-unconfirmed",
    "absent": "nobody-present",
    "pace": "pace-reached",
    "maximum": "no-room",
    "target": "no-room-below-target",
}
# The cheapest first: what asks least of people.
UNLOCKS: Final = {
    "load-unconfirmed": "confirm-load",
    "target": "use-room-above-target",
    "pace": "one-more-this-week",
    "absent": "start-later",
    "language": "allow-interpreter",
    "maximum": "more-minutes",
    "waits-for-another": "no-longer-wait-for-one",
    "attributes": "without-attributes",
    "level": "lower-level",
}


def unplaced(outcome: Outcome) -> tuple[Unplaced, ...]:
    """Return every request that waits on, with the reason and what would unlock it, by key."""
    waits = np.flatnonzero(outcome.taker == NOBODY).tolist()
    rows = [(job, row) for job in waits for row in outcome.jobs[job]]
    found = (_unplaced(outcome, job, outcome.problem.requests[row]) for job, row in rows)
    return tuple(sorted(found, key=lambda item: item.request))


def _unplaced(outcome: Outcome, job: int, request: Request) -> Unplaced:
    policy = outcome.problem.policy
    between = [(worker, barriers(request, worker, policy)) for worker in outcome.problem.caseworkers]
    unlock = _unlock(outcome, job, between)
    able = np.flatnonzero(outcome.eligible[job])
    if len(able):
        reason, facts = _beside_the_plan(outcome, job, able)
    elif any(not found for _, found in between):
        reason, facts = "household-together", {"requests": len(outcome.jobs[job])}
    else:
        reason, facts = _first_that_rules_out_all(request, between)
    return Unplaced(request.key, reason, facts, unlock)


def _beside_the_plan(outcome: Outcome, job: int, able: Ints) -> tuple[str, Facts]:
    """Return why a job that somebody could take alone waits: others went first, or the rests are small."""
    needed = int(outcome.effort[job, able].min())
    ordinary = outcome.ordinary_effort[job].any()
    rest = np.minimum(outcome.ordinary_free, outcome.free)[able] if ordinary else outcome.free[able]
    rest = np.where(outcome.pace[able] >= len(outcome.jobs[job]), rest, 0)
    facts: dict[str, Fact] = {"able": len(able), "needed": needed, "largest": max(0, int(rest.max()))}
    weight = tuple(outcome.weight[job].tolist())
    there = np.flatnonzero(np.isin(outcome.taker, able)).tolist()
    heavier = sum(tuple(outcome.weight[other].tolist()) > weight for other in there)
    pinned = sum(outcome.problem.requests[outcome.jobs[other][0]].key in outcome.pins for other in there)
    if heavier:
        return "displaced", {**facts, "heavier": heavier}
    return ("pinned-first", {**facts, "pinned": pinned}) if pinned else ("does-not-fit-beside", facts)


def _first_that_rules_out_all(
    request: Request, between: list[tuple[Caseworker, tuple[Barrier, ...]]]
) -> tuple[str, Facts]:
    """Return the first barrier, in a fixed order, after which nobody is left, with what was counted."""
    left = between
    for code in IN_ORDER:
        after = [(worker, found) for worker, found in left if all(barrier.code != code for barrier in found)]
        if not after and left:
            return REASONS[code], _counted(request, code, left)
        left = after
    return "nobody-available", {"able": 0}


def _counted(request: Request, code: str, left: list[tuple[Caseworker, tuple[Barrier, ...]]]) -> Facts:
    """Return the numbers behind a reason, over those who were left before it."""
    hits = [barrier.facts for _, found in left for barrier in found if barrier.code == code]
    facts: dict[str, Fact] = {"able": len(left)}
    if code in ("maximum", "target"):
        facts |= {
            "needed": min(_number(f, "needed") for f in hits),
            "largest": max(_number(f, "free") for f in hits),
        }
    if code == "level":
        facts |= {
            "topic": request.topic,
            "needed": request.required_level,
            "highest": max(_number(f, "has") for f in hits),
        }
    if code == "language":
        facts["languages"] = tuple(sorted(request.required_languages))
    if code == "attributes":
        facts["attributes"] = tuple(sorted(request.required_attributes))
    if code == "absent":
        facts["within_days"] = request.start_within_days
    if code == "waits-for-another":
        facts["only"] = str(request.only)
    return facts


def _number(facts: Facts, name: str) -> int:
    value = facts[name]
    return value if isinstance(value, int) else 0


def _unlock(outcome: Outcome, job: int, between: list[tuple[Caseworker, tuple[Barrier, ...]]]) -> Unlock | None:
    """Return the cheapest single change after which the request fits beside the plan; None without one."""
    if len(outcome.jobs[job]) > 1:
        return None
    order = list(UNLOCKS.values())
    changes = [
        change
        for column, (worker, found) in enumerate(between)
        for change in _changes(outcome, job, column, worker=worker, found=found)
    ]
    best = min(changes, key=lambda change: (order.index(change[0].code), change[1]), default=None)
    return best[0] if best else None


def _changes(
    outcome: Outcome, job: int, column: int, *, worker: Caseworker, found: tuple[Barrier, ...]
) -> Iterator[tuple[Unlock, int]]:
    """Yield the single change, with its size, that lets this caseworker take the job beside the plan."""
    effort, free = int(outcome.effort[job, column]), int(outcome.free[column])
    ordinary = int(outcome.ordinary_effort[job, column])
    short = {
        "maximum": effort - free,
        "target": ordinary - int(outcome.ordinary_free[column]) if ordinary else 0,
        "pace": 1 - int(outcome.pace[column]),
    }
    blocking = {code for code, missing in short.items() if missing > 0}
    # Who has too little room below the maximum has too little below the target too: one change for both.
    if {"maximum", "target"} <= blocking:
        blocking -= {"target"}
        short["maximum"] = max(short["maximum"], short["target"])
    others = {barrier.code: barrier for barrier in found if barrier.code not in short}
    codes = blocking | set(others)
    if len(codes) != 1 or not codes <= set(UNLOCKS):
        return
    code = codes.pop()
    size = max(1, short.get(code, 0), _size(others.get(code)))
    facts: dict[str, Fact] = {"caseworker": worker.key, "more": size}
    yield Unlock(UNLOCKS[code], facts), size


def _size(barrier: Barrier | None) -> int:
    """Return how large the change is that takes a barrier away: levels or days; 1 where it has no size."""
    if barrier is None:
        return 0
    if barrier.code == "level":
        return _number(barrier.facts, "needed") - _number(barrier.facts, "has")
    if barrier.code == "absent":
        first = barrier.facts.get("present_from_day")
        return first - _number(barrier.facts, "within_days") if isinstance(first, int) else 10_000
    return 1
