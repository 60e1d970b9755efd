"""Why a request waits on: counted barriers, or what goes before it in the plan."""

from typing import Final

import numpy as np

from solver.core.model import Bools, Ints
from solver.eligibility import barriers, effort_for, free_minutes
from solver.explain import NOBODY, Outcome, fits, missing_minutes, room_without
from solver.plan import Fact, Facts, Unplaced
from solver.policy import Policy
from solver.problem import Caseworker, Request
from solver.unlocking import Between, cheapest_unlock, number

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
BESIDE_THE_PLAN: Final = (
    "household-together",
    "displaced",
    "pinned-first",
    "pace-taken",
    "does-not-fit-beside",
    "search-ended",
)
"""Reasons of requests that somebody could take, were there no plan."""


def unplaced(outcome: Outcome) -> tuple[Unplaced, ...]:
    """Return every request that waits on, with the reason and what would unlock it, by key."""
    found = []
    for job in np.flatnonzero(outcome.taker == NOBODY).tolist():
        requests = [outcome.problem.requests[row] for row in outcome.jobs[job]]
        between = [_between(outcome, request) for request in requests]
        for i, request in enumerate(requests):
            reason, facts = _reason(outcome, job, request, between[i])
            unlock = cheapest_unlock(outcome, job, own=between[i], others=between[:i] + between[i + 1 :])
            found.append(Unplaced(request.key, reason, facts, unlock))
    return tuple(sorted(found, key=lambda item: item.request))


def _between(outcome: Outcome, request: Request) -> Between:
    problem = outcome.problem
    return [(worker, barriers(request, worker, problem.policy)) for worker in problem.caseworkers]


def _reason(outcome: Outcome, job: int, request: Request, between: Between) -> tuple[str, Facts]:
    """Return why a request waits, with what was counted."""
    able = outcome.eligible[job] & fits(outcome, job, outcome.before)
    if able.any():
        return _beside_the_plan(outcome, job, np.flatnonzero(able))
    if any(not found for _, found in between):
        return "household-together", {"requests": len(outcome.jobs[job])}
    if request.only is not None:
        return REASONS["waits-for-another"], {"able": 0, "only": request.only}
    return _first_that_rules_out_all(request, between, outcome.problem.policy)


def _beside_the_plan(outcome: Outcome, job: int, able: Ints) -> tuple[str, Facts]:
    """Return why a job waits that each of some caseworkers could take, were there no plan.

    `needed` and `largest` are those of whoever lacks least. A job is displaced when somebody could take
    it without the heavier ones that the plan gives them; proposals that stay put go first when somebody
    could take it without those. In any other case several, of whatever weight, take the room together.
    """
    missing = missing_minutes(outcome, job, outcome.left)[able]
    closest = able[np.argmin(missing)]
    needed = int(outcome.effort[job, closest])
    rest = max(0, needed - int(missing.min()))
    facts: dict[str, Fact] = {"able": len(able), "needed": needed, "largest": rest}
    if fits(outcome, job, outcome.left)[able].any():
        return "search-ended", {"able": len(able)}
    if missing.min() == 0:
        return "pace-taken", {"able": len(able)}
    heavier, pinned = _heavier(outcome, job), _pinned(outcome)
    for reason, name, leaving in (("displaced", "heavier", heavier), ("pinned-first", "pinned", pinned)):
        enough = able[fits(outcome, job, room_without(outcome, leaving))[able]]
        if len(enough):
            return reason, {**facts, name: _fewest(outcome, enough, leaving)}
    return "does-not-fit-beside", facts


def _heavier(outcome: Outcome, job: int) -> Bools:
    """Return which jobs weigh more when they wait than this one, shape (jobs,)."""
    overdue, other = outcome.weight.T
    heavier: Bools = (overdue > overdue[job]) | ((overdue == overdue[job]) & (other > other[job]))
    return heavier


def _pinned(outcome: Outcome) -> Bools:
    first = [outcome.problem.requests[job[0]].key for job in outcome.jobs]
    return np.array([key in outcome.pins for key in first], dtype=np.bool_)


def _fewest(outcome: Outcome, workers: Ints, leaving: Bools) -> int:
    """Return how many of the jobs that would leave one of these caseworkers has, at the fewest."""
    taker = outcome.taker[leaving & (outcome.taker != NOBODY)]
    return int(np.bincount(taker, minlength=outcome.effort.shape[1])[workers].min())


def _first_that_rules_out_all(request: Request, between: Between, policy: Policy) -> tuple[str, Facts]:
    """Return the first barrier, in a fixed order, after which nobody is left, with what was counted."""
    left = between
    with_pace: Between = []
    for code in IN_ORDER:
        after = [(worker, found) for worker, found in left if all(barrier.code != code for barrier in found)]
        with_pace = left if code == "maximum" else with_pace
        if not after and left:
            if code in ("maximum", "target"):
                return REASONS[code], _closest(request, [worker for worker, _ in with_pace], policy, code)
            return REASONS[code], _counted(request, code, left)
        left = after
    return REASONS["not-available"], {"able": 0}


def _closest(request: Request, workers: list[Caseworker], policy: Policy, code: str) -> Facts:
    """Return what is needed with whoever lacks least room, and what they have."""
    ordinary = request.ordinary and code == "target"

    def needed_and_free(worker: Caseworker) -> tuple[int, int]:
        to_maximum = free_minutes(worker, ordinary=False, policy=policy)
        free = min(to_maximum, free_minutes(worker, ordinary=ordinary, policy=policy))
        return effort_for(request, worker, policy), max(0, free)

    needed, free = min(map(needed_and_free, workers), key=lambda both: both[0] - both[1])
    return {"able": len(workers), "needed": needed, "largest": free}


def _counted(request: Request, code: str, left: Between) -> Facts:
    """Return the numbers behind a reason, over those who were left before it."""
    hits = [barrier.facts for _, found in left for barrier in found if barrier.code == code]
    facts: dict[str, Fact] = {"able": len(left)}
    if code == "level":
        highest = max(number(hit, "has") for hit in hits)
        facts |= {"topic": request.topic, "needed": request.required_level, "highest": highest}
    if code == "language":
        facts["languages"] = tuple(sorted(request.required_languages))
    if code == "attributes":
        facts["attributes"] = tuple(sorted(request.required_attributes))
    if code == "absent":
        facts["within_days"] = request.start_within_days
    return facts
