"""The exact price of another choice: the plan is solved again with one request given to one caseworker.

The extra points that a plan states with its alternatives change one thing and leave the rest: quick, but
often too high, as somebody else might move, or too low, as somebody might have to make room.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from solver.check import cost, violations
from solver.eligibility import barriers, effort_for
from solver.findings import Difference, Forced, Move
from solver.limits import Limits, Three
from solver.pins import Room, honoured_pins, jobs_of
from solver.plan import Barrier, Plan
from solver.problem import Caseworker, Problem, Request
from solver.ranking import rank
from solver.solving import solve

MOST_OTHERS: Final = 5
ROOM: Final = frozenset({"maximum", "target"})
"""What a person may pass over, so that it is no barrier to a forced choice."""

Job = tuple[Request, ...]


def force(problem: Problem, plan: Plan, request_key: str, caseworker_key: str, limits: Limits) -> Forced:
    """Return what it costs when a request goes to a caseworker, and who then moves or waits.

    Exact when proven: everything else is placed anew around the pair, without moves that bring nothing.
    The household goes along. Pins stay, those with this caseworker as far as they still fit beside the
    pair, the heaviest first. Takes as long as a solve; call it in a process that can be killed.

    Parameters
    ----------
    plan
        The plan of this problem to compare with.

    Raises
    ------
    KeyError
        When the problem has no such request or caseworker.
    """
    job = _job_of(problem, request_key)
    worker = _caseworker(problem, caseworker_key)
    forced = Forced(request_key, caseworker_key)
    found = _barriers(problem, job, worker)
    if found:
        return replace(forced, barriers=found)
    if plan.assignments.get(request_key) == caseworker_key:
        same = tuple(Difference(tier.name, 0, tier.bound - tier.cost) for tier in plan.tiers)
        return replace(forced, tiers=same, proven=plan.optimal)
    return _solved_again(problem, plan, job, worker, forced=forced, limits=limits)


def force_each(problem: Problem, plan: Plan, request_key: str, limits: Limits) -> tuple[Forced, ...]:
    """Return the exact price of each of the best five others for one request, in the plan's order.

    For a request that waits these are the five who fit it best, room for the others left aside. The
    limits are for each of them.
    """
    placement = next((item for item in plan.placed if item.request == request_key), None)
    if placement is None:
        others: Iterable[str] = (option.caseworker for option in rank(problem, request_key).options[:MOST_OTHERS])
    else:
        others = (other.caseworker for other in placement.alternatives)
    return tuple(force(problem, plan, request_key, other, limits) for other in others)


def force_now(problem: Problem, request_key: str, caseworker_key: str, limits: Limits) -> Forced:
    """Return what `force` does against the best plan there is; the limits are for each of the two solves.

    That plan is solved from what is shown now, which is seldom far from it.
    """
    shown = {request.key: request.shown for request in problem.requests if request.shown is not None}
    return force(problem, solve(problem, limits, start=shown), request_key, caseworker_key, limits)


def _solved_again(
    problem: Problem, plan: Plan, job: Job, worker: Caseworker, *, forced: Forced, limits: Limits
) -> Forced:
    """Return what follows when a job goes to a caseworker who may take it, room left aside."""
    room, pair = Room(worker, problem.policy), {request.key: worker.key for request in job}
    fits = room.take(job) and not any(barriers(request, worker, problem.policy) for request in job)
    changed = _pinned(problem, job, room) if fits else _as_load(problem, job, worker)
    other = solve(changed, limits, start=plan.assignments)
    assignments = _without_idle_moves(changed, plan.assignments, other.assignments) | pair
    found, paid = cost(problem, other.assignments | pair), cost(problem, assignments)
    return replace(
        forced,
        above_room=not fits,
        tiers=_differences(plan, other, found=found, paid=paid),
        proven=plan.optimal and other.optimal,
        moves=_moves(problem, plan.assignments, assignments, forced.request),
    )


def _job_of(problem: Problem, request_key: str) -> Job:
    """Return a request with all of its household."""
    for job in jobs_of(problem):
        if any(request.key == request_key for request in job):
            return job
    raise KeyError(request_key)


def _caseworker(problem: Problem, key: str) -> Caseworker:
    for worker in problem.caseworkers:
        if worker.key == key:
            return worker
    raise KeyError(key)


def _barriers(problem: Problem, job: Job, worker: Caseworker) -> tuple[Barrier, ...]:
    """Return what is between a job and a caseworker besides room, each barrier once."""
    found = [item for request in job for item in barriers(request, worker, problem.policy)]
    if worker.new_per_week is not None and worker.new_in_week + len(job) > worker.new_per_week:
        found.append(Barrier("pace", {"new_in_week": worker.new_in_week, "most": worker.new_per_week}))
    return tuple(item for i, item in enumerate(found) if item.code not in ROOM and item not in found[:i])


def _pinned(problem: Problem, job: Job, room: Room) -> Problem:
    """Return the problem with a job pinned; `room` is what it leaves the caseworker for other pins."""
    to = room.caseworker.key
    without = _with_pins(problem, dict.fromkeys((request.key for request in job), None))
    held = [key for key, worker in honoured_pins(without).items() if worker == to]
    others = {request.key: other for other in jobs_of(problem) for request in other}
    let_go = {
        request.key
        for other in jobs_of(without)
        if any(request.pinned_to == to for request in other)
        for request in other
    }
    for key in dict.fromkeys(others[key][0].key for key in held):
        if room.take(others[key]):
            let_go -= {request.key for request in others[key]}
    return _with_pins(problem, dict.fromkeys(let_go, None) | {request.key: to for request in job})


def _with_pins(problem: Problem, pins: Mapping[str, str | None]) -> Problem:
    """Return the problem with these pins changed."""
    return replace(
        problem,
        requests=tuple(
            replace(request, pinned_to=pins[request.key]) if request.key in pins else request
            for request in problem.requests
        ),
    )


def _as_load(problem: Problem, job: Job, worker: Caseworker) -> Problem:
    """Return the problem with a job decided on already: it is load, also above the caseworker's room."""
    minutes = sum(effort_for(request, worker, problem.policy) for request in job)
    keys = {request.key for request in job}
    loaded = replace(worker, load_minutes=worker.load_minutes + minutes, new_in_week=worker.new_in_week + len(job))
    return replace(
        problem,
        requests=tuple(request for request in problem.requests if request.key not in keys),
        caseworkers=tuple(loaded if item is worker else item for item in problem.caseworkers),
    )


def _without_idle_moves(problem: Problem, before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Return a plan in which moves that bring nothing are undone: many plans may be equally good.

    First all moves at once, then those that share no caseworker with others, then one by one: they are
    undone when the plan stays right and costs no more.
    """
    calm = dict(after)
    groups = _groups_of_moves(problem, before, after)
    moved = frozenset(key for group in groups for key in group)
    for group in (moved, *groups, *(frozenset({key}) for key in sorted(moved))):
        if all(calm.get(key) == before.get(key) for key in group):
            continue
        stays = {key: before[key] for key in group if key in before}
        candidate = {key: to for key, to in calm.items() if key not in group} | stays
        if cost(problem, candidate) <= cost(problem, calm) and not violations(problem, candidate):
            calm = candidate
    return calm


def _groups_of_moves(
    problem: Problem, before: Mapping[str, str], after: Mapping[str, str]
) -> list[frozenset[str]]:
    """Return the requests that move, grouped by the caseworkers between whom they do; smallest groups first."""
    groups: list[tuple[set[str], set[str]]] = []
    for request in problem.requests:
        was, becomes = before.get(request.key), after.get(request.key)
        if was != becomes:
            people, keys = {str(to) for to in (was, becomes) if to is not None}, {request.key}
            for linked in [group for group in groups if not people.isdisjoint(group[0])]:
                groups.remove(linked)
                people, keys = people | linked[0], keys | linked[1]
            groups.append((people, keys))
    return sorted((frozenset(keys) for _, keys in groups), key=lambda keys: (len(keys), min(keys)))


def _differences(plan: Plan, other: Plan, *, found: Three, paid: Three) -> tuple[Difference, ...]:
    """Return what each tier costs more.

    `found` is what the other plan costs with the pair in it, `paid` the same without idle moves. What a
    job costs as load instead of in the plan is always the same, so that the bounds rise with it.
    """
    return tuple(
        Difference(before.name, now - before.cost, min(now, with_pair - after.cost + after.bound) - before.cost)
        for before, after, with_pair, now in zip(plan.tiers, other.tiers, found, paid, strict=True)
    )


def _moves(
    problem: Problem, before: Mapping[str, str], after: Mapping[str, str], request_key: str
) -> tuple[Move, ...]:
    """Return every other request for which something changes."""
    keys = [request.key for request in problem.requests if request.key != request_key]
    return tuple(Move(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))
