"""The outcome of a scenario beside today's: counted from the problems and who takes what, plan against plan."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from solver.eligibility import effort_for
from solver.plan import Plan
from solver.prices import TERM_NAMES, load_price, pair_terms, price_of_waiting
from solver.problem import Caseworker, Problem, Request

Pairs: TypeAlias = list[tuple[Request, Caseworker]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan does for a group of requests.

    Attributes
    ----------
    placed, waiting
        Requests that can start, and that wait on.
    overdue_waiting
        Of those that wait, how many are overdue.
    waiting_weight
        What it weighs that they wait: urgency x days x effort.
    placed_minutes, waiting_minutes
        Work per week that starts, and that waits; with interpreters where they come along.
    """

    placed: int
    waiting: int
    overdue_waiting: int
    waiting_weight: int
    placed_minutes: int
    waiting_minutes: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What one wish costs in a plan: its points, and how many placed requests it concerns."""

    points: int
    requests: int


@dataclass(frozen=True, slots=True)
class WishCompared:
    """A wish today and in the scenario; the name is that of its term."""

    name: str
    today: Wish
    then: Wish


@dataclass(frozen=True, slots=True)
class GroupCompared:
    """The requests of one district or topic, today and in the scenario; None: district not known."""

    code: str | None
    today: Outcome
    then: Outcome


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of a scenario beside today's.

    Attributes
    ----------
    wishes
        In the order of the terms.
    districts, topics
        By code, what is not known last.
    starts, waits
        Keys of requests that start in the scenario and wait today; and the other way round.
    moves
        How many start in both, with another caseworker.
    today_optimal, then_optimal
        Whether either plan is proven to be the best.
    """

    today: Outcome
    then: Outcome
    wishes: tuple[WishCompared, ...]
    districts: tuple[GroupCompared, ...]
    topics: tuple[GroupCompared, ...]
    starts: tuple[str, ...]
    waits: tuple[str, ...]
    moves: int
    today_optimal: bool
    then_optimal: bool


def compared(today: tuple[Problem, Plan], then: tuple[Problem, Plan]) -> Comparison:
    """Return the outcome of a scenario beside today's; both problems have the same requests.

    Takes from the plans only who takes what, and whether it is proven: everything else is counted here.
    """
    before, after = today[1].assignments, then[1].assignments
    return Comparison(
        today=_outcome(today[0], before, today[0].requests),
        then=_outcome(then[0], after, then[0].requests),
        wishes=_wishes(_costs(today[0], before), _costs(then[0], after)),
        districts=_groups(today[0], then[0], before, after, by=lambda request: request.district),
        topics=_groups(today[0], then[0], before, after, by=lambda request: request.topic),
        starts=tuple(sorted(after.keys() - before.keys())),
        waits=tuple(sorted(before.keys() - after.keys())),
        moves=sum(before[key] != after[key] for key in before.keys() & after.keys()),
        today_optimal=today[1].optimal,
        then_optimal=then[1].optimal,
    )


def _outcome(problem: Problem, assignments: Mapping[str, str], requests: Sequence[Request]) -> Outcome:
    """Count what a plan does for some requests of a problem."""
    pairs = _pairs(problem, assignments, requests)
    waits = [request for request in requests if request.key not in assignments]
    return Outcome(
        placed=len(pairs),
        waiting=len(waits),
        overdue_waiting=sum(request.overdue for request in waits),
        waiting_weight=sum(price_of_waiting(request, problem.policy) for request in waits),
        placed_minutes=sum(effort_for(*pair, problem.policy) for pair in pairs),
        waiting_minutes=sum(request.effort_minutes for request in waits),
    )


def _pairs(problem: Problem, assignments: Mapping[str, str], requests: Sequence[Request]) -> Pairs:
    workers = {worker.key: worker for worker in problem.caseworkers}
    return [(item, workers[assignments[item.key]]) for item in requests if item.key in assignments]


def _groups(
    today: Problem,
    then: Problem,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    by: Callable[[Request], str | None],
) -> tuple[GroupCompared, ...]:
    """Return the outcomes per district or topic, by code; what is not known last."""
    groups: dict[str | None, tuple[list[Request], list[Request]]] = defaultdict(lambda: ([], []))
    for side, problem in enumerate((today, then)):
        for request in problem.requests:
            groups[by(request)][side].append(request)
    return tuple(
        GroupCompared(code, _outcome(today, before, here), _outcome(then, after, there))
        for code, (here, there) in sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or ""))
    )


def _wishes(today: Mapping[str, Wish], then: Mapping[str, Wish]) -> tuple[WishCompared, ...]:
    return tuple(WishCompared(name, today[name], then[name]) for name in TERM_NAMES)


def _costs(problem: Problem, assignments: Mapping[str, str]) -> dict[str, Wish]:
    """Return what each wish costs in a plan; together these are the points of the specification."""
    points, requests = Counter[str](), Counter[str]()
    added, taken = Counter[str](), Counter[str]()
    for request, worker in _pairs(problem, assignments, problem.requests):
        minutes = problem.travel_minutes(request, worker)
        for term in pair_terms(request, worker, problem.policy, travel_minutes=minutes):
            points[term.name] += term.points
            requests[term.name] += term.points > 0
        added[worker.key] += effort_for(request, worker, problem.policy)
        taken[worker.key] += 1
    for worker in problem.caseworkers:
        more = load_price(worker, worker.load_minutes + added[worker.key], problem.policy)
        more -= load_price(worker, worker.load_minutes, problem.policy)
        points["balance"] += more
        requests["balance"] += taken[worker.key] if more > 0 else 0
    return {name: Wish(points[name], requests[name]) for name in TERM_NAMES}
