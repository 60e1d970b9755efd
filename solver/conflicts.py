"""Contradictions between what people said: pins, exclusions, a chosen caseworker, households.

Found by deletion: a set of statements that can't all be kept is thinned out one by one, as long as the
rest still can't. What is left is minimal: leaving out any one of it resolves the contradiction.
Source: deletion-based minimal unsatisfiable subsets (Chinneck and Dravnieks 1991, "deletion filter").
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from solver.eligibility import barriers, effort_for, free_minutes
from solver.findings import Conflict, Statement
from solver.pins import Room, honoured_pins, jobs_of
from solver.plan import Barrier
from solver.problem import Caseworker, Problem, Request

Job = tuple[Request, ...]
PINNED, ONLY, NOT_AVAILABLE, HOUSEHOLD = "pinned", "only", "not-available", "household"


def conflicts(problem: Problem) -> tuple[Conflict, ...]:
    """Return every contradiction between statements, in the order of the requests' keys.

    First those about one request or household: its pins, exclusions and chosen caseworkers can't be kept
    together, or not by anybody who could take it. Then pins that don't fit together below what one
    caseworker has: one conflict for each pin that was let go. A pin that has become impossible by itself
    is a conflict of one statement; its barriers say why.
    """
    world = _World(problem)
    jobs = jobs_of(problem)
    found = [conflict for job in jobs for conflict in _within(world, job)]
    known = {statement for conflict in found for statement in conflict.statements}
    held = honoured_pins(problem)
    let_go = [job for job in jobs if any(request.pinned_to for request in job) and job[0].key not in held]
    staying = [job for job in jobs if job[0].key in held]
    found += [_crowded(world, job, staying) for job in let_go if known.isdisjoint(_pins_of(job))]
    return tuple(found)


@dataclass(slots=True)
class _World:
    """A problem with what was looked up about it."""

    problem: Problem
    workers: dict[str, Caseworker] = field(init=False)
    bare: dict[str, Request] = field(init=False)
    between: dict[tuple[str, str], tuple[Barrier, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Exclusions and employment are statements here, so that they are left out of what is looked up.
        self.workers = {worker.key: replace(worker, active=True) for worker in self.problem.caseworkers}
        self.bare = {
            request.key: replace(request, excluded=frozenset(), only=None) for request in self.problem.requests
        }

    def circumstances(self, request: str, worker: str) -> tuple[Barrier, ...]:
        """Return what is between a pair whatever people said."""
        if worker not in self.workers:
            return (Barrier("not-available"),)
        if (request, worker) not in self.between:
            found = barriers(self.bare[request], self.workers[worker], self.problem.policy)
            self.between[request, worker] = found
        return self.between[request, worker]


def _pins_of(job: Job) -> list[Statement]:
    return [Statement(PINNED, request.key, request.pinned_to) for request in job if request.pinned_to is not None]


def _homes_of(job: Job) -> list[Statement]:
    return [Statement(HOUSEHOLD, request.key) for request in job] if len(job) > 1 else []


def _statements_of(world: _World, job: Job) -> list[Statement]:
    """Return all that was said about a job; those that are best kept in a conflict come last."""
    problem = world.problem
    unavailable = [
        Statement(NOT_AVAILABLE, request.key, worker.key)
        for request in job
        for worker in problem.caseworkers
        if worker.key in request.excluded or not worker.active
    ]
    only = [Statement(ONLY, request.key, request.only) for request in job if request.only is not None]
    if not only and not _pins_of(job) and len(job) == 1:
        return []
    return [*unavailable, *_homes_of(job), *only, *_pins_of(job)]


def _within(world: _World, job: Job) -> Iterator[Conflict]:
    """Yield the contradictions about one job: between its pins and what was said, then without any pins."""
    statements = _statements_of(world, job)
    yield from _one_by_one(world, job, statements, all_placed=False)
    without_pins = [statement for statement in statements if statement.kind != PINNED]
    yield from _one_by_one(world, job, without_pins, all_placed=True)


def _one_by_one(world: _World, job: Job, statements: list[Statement], *, all_placed: bool) -> Iterator[Conflict]:
    """Yield one contradiction after another; what is in it besides pins is left out to find the next."""
    while not _can_be_kept(world, [job], statements, all_placed=all_placed):
        core = _thinned(world, [job], statements, all_placed=all_placed)
        # What circumstances alone make impossible is no contradiction, unless a proposal was let go for it.
        if not all_placed or (len(core) > 1 and any(statement.kind != HOUSEHOLD for statement in core)):
            yield _conflict(world, core)
        left_out = [statement for statement in core if statement.kind != PINNED] or core
        statements = [statement for statement in statements if statement not in left_out]


def _crowded(world: _World, job: Job, held: list[Job]) -> Conflict:
    """Return which pins leave no room for one that was let go."""
    to = {request.pinned_to for request in job}
    jobs = [job, *(other for other in held if any(request.pinned_to in to for request in other))]
    # The held ones that weigh least are tried first, so that the pin itself and the heaviest are named.
    statements = [item for other in reversed(jobs) for item in (*_homes_of(other), *_pins_of(other))]
    return _conflict(world, _thinned(world, jobs, statements, all_placed=False))


def _thinned(world: _World, jobs: list[Job], statements: list[Statement], *, all_placed: bool) -> list[Statement]:
    """Return a smallest part of some statements that can't be kept together: none of it can be left out."""
    core = list(statements)
    for statement in statements:
        without = [other for other in core if other != statement]
        if not _can_be_kept(world, jobs, without, all_placed=all_placed):
            core = without
    return core


def _can_be_kept(world: _World, jobs: list[Job], statements: list[Statement], *, all_placed: bool) -> bool:
    """Return whether some jobs can be given to people so that every statement is kept.

    Each pin holds and leaves room for the others. With `all_placed`, whoever has somebody when nobody is
    chosen and no household counts must have somebody all the same.
    """
    said = frozenset(statements)
    rooms: dict[str, list[Job]] = defaultdict(list)
    for group in _groups(jobs, said):
        pins = {pin.caseworker for pin in _pins_of(group) if pin in said}
        if len(pins) > 1:
            return False
        if pins:
            (to,) = pins
            rooms[str(to)].append(group)
        elif all_placed and not _has_somebody(world, group, said):
            return False
    return all(_takes(world, to, groups, said) for to, groups in rooms.items())


def _groups(jobs: list[Job], said: frozenset[Statement]) -> Iterator[Job]:
    """Yield the requests as they go together when only these statements count."""
    for job in jobs:
        together = tuple(request for request in job if Statement(HOUSEHOLD, request.key) in said)
        if together:
            yield together
        for request in job:
            if request not in together:
                yield (request,)


def _takes(world: _World, to: str, groups: list[Job], said: frozenset[Statement]) -> bool:
    """Return whether a caseworker may take some groups, and has the room for them together."""
    if not all(_may_take(world, request, to, said) for group in groups for request in group):
        return False
    room = Room(world.workers[to], world.problem.policy)
    return all(room.take(group) for group in groups)


def _may_take(world: _World, request: Request, to: str, said: frozenset[Statement]) -> bool:
    if Statement(NOT_AVAILABLE, request.key, to) in said or world.circumstances(request.key, to):
        return False
    return request.only in (None, to) or Statement(ONLY, request.key, request.only) not in said


def _has_somebody(world: _World, group: Job, said: frozenset[Statement]) -> bool:
    """Return whether somebody may take a group, or one of it has nobody anyway."""
    if any(_takes(world, to, [group], said) for to in world.workers):
        return True
    return not all(_could_start(world, request) for request in group)


def _could_start(world: _World, request: Request) -> bool:
    """Return whether somebody could take a request were nobody chosen and did no household count."""
    return any(
        worker.active and worker.key not in request.excluded and not world.circumstances(request.key, worker.key)
        for worker in world.problem.caseworkers
    )


def _conflict(world: _World, core: Iterable[Statement]) -> Conflict:
    """Return a conflict in the order in which people read it, with what else is in the way."""
    order = (PINNED, ONLY, HOUSEHOLD, NOT_AVAILABLE)
    statements = sorted(core, key=lambda item: (order.index(item.kind), item.request, item.caseworker or ""))
    return Conflict(tuple(statements), _in_the_way(world, statements))


def _in_the_way(world: _World, statements: list[Statement]) -> tuple[Barrier, ...]:
    """Return the barriers between pinned requests and their one caseworker, or else what room is lacking."""
    pinned = {str(statement.caseworker) for statement in statements if statement.kind == PINNED}
    if len(pinned) != 1 or any(statement.kind in (ONLY, NOT_AVAILABLE) for statement in statements):
        return ()
    (to,) = pinned
    keys = list(dict.fromkeys(statement.request for statement in statements))
    found = [barrier for key in keys for barrier in world.circumstances(key, to)]
    if not found:
        return (_lack_of_room(world, keys, world.workers[to]),)
    return tuple(barrier for i, barrier in enumerate(found) if barrier not in found[:i])


def _lack_of_room(world: _World, keys: list[str], worker: Caseworker) -> Barrier:
    """Return what some requests need together that a caseworker does not have."""
    policy, requests = world.problem.policy, [world.bare[key] for key in keys]
    efforts = {request.key: effort_for(request, worker, policy) for request in requests}
    ordinary = sum(efforts[request.key] for request in requests if request.ordinary)
    needs = (
        ("maximum", sum(efforts.values()), free_minutes(worker, ordinary=False, policy=policy)),
        ("target", ordinary, free_minutes(worker, ordinary=True, policy=policy)),
    )
    for code, needed, free in needs:
        if needed > max(0, free):
            return Barrier(code, {"needed": needed, "free": max(0, free)})
    return Barrier("pace", {"new_in_week": worker.new_in_week, "most": worker.new_per_week or 0})
