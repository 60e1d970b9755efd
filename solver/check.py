"""The specification: judges any set of assignments, without any solver.

A plan is right when `violations` finds nothing, and better than another when `cost` is lower, compared
tier by tier.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from solver.eligibility import barriers, effort_for
from solver.pins import honoured_pins
from solver.plan import Term, Violation
from solver.prices import load_price, pair_terms, price_of_waiting
from solver.problem import Caseworker, Problem, Request

Pairs: TypeAlias = list[tuple[Request, Caseworker]]


def violations(problem: Problem, assignments: Mapping[str, str]) -> list[Violation]:
    """Return every rule that these assignments (request key to caseworker key) break; empty when right."""
    found = list(_unknown(problem, assignments))
    pairs = _pairs(problem, assignments)
    found.extend(_not_eligible(problem, pairs))
    taken: dict[str, Pairs] = defaultdict(list)
    for request, caseworker in pairs:
        taken[caseworker.key].append((request, caseworker))
    for pairs_of_one in taken.values():
        found.extend(_too_much(problem, pairs_of_one))
    found.extend(_split_households(problem.requests, assignments))
    found.extend(_moved_pins(honoured_pins(problem), assignments))
    return found


def cost(problem: Problem, assignments: Mapping[str, str]) -> tuple[int, int, int]:
    """Return the cost of each tier: overdue that waits, other that waits, points.

    The points are the terms of every pair plus what the added load costs above the target.
    """
    policy = problem.policy
    waits = [request for request in problem.requests if request.key not in assignments]
    overdue = sum(price_of_waiting(request, policy) for request in waits if request.overdue)
    other = sum(price_of_waiting(request, policy) for request in waits if not request.overdue)
    pairs = _pairs(problem, assignments)
    points = sum(term.points for pair in pairs for term in _terms(problem, *pair))
    return overdue, other, points + _balance(problem, pairs)


def _terms(problem: Problem, request: Request, caseworker: Caseworker) -> tuple[Term, ...]:
    minutes = problem.travel_minutes(request, caseworker)
    return pair_terms(request, caseworker, problem.policy, travel_minutes=minutes)


def _balance(problem: Problem, pairs: Pairs) -> int:
    """Return what the load above target costs more than before the plan."""
    added: dict[str, int] = defaultdict(int)
    for request, caseworker in pairs:
        added[caseworker.key] += effort_for(request, caseworker, problem.policy)
    return sum(
        load_price(worker, worker.load_minutes + added[worker.key], problem.policy)
        - load_price(worker, worker.load_minutes, problem.policy)
        for worker in problem.caseworkers
        if worker.key in added
    )


def _pairs(problem: Problem, assignments: Mapping[str, str]) -> Pairs:
    """Return the known requests with their known caseworkers, in the order of the requests."""
    workers = {worker.key: worker for worker in problem.caseworkers}
    chosen = ((request, workers.get(assignments.get(request.key, ""))) for request in problem.requests)
    return [(request, worker) for request, worker in chosen if worker is not None]


def _unknown(problem: Problem, assignments: Mapping[str, str]) -> Iterator[Violation]:
    requests = {request.key for request in problem.requests}
    workers = {worker.key for worker in problem.caseworkers}
    for request, worker in sorted(assignments.items()):
        if request not in requests:
            yield Violation("unknown-request", request, worker)
        if worker not in workers:
            yield Violation("unknown-caseworker", request, worker)


def _not_eligible(problem: Problem, pairs: Pairs) -> Iterator[Violation]:
    for request, worker in pairs:
        for barrier in barriers(request, worker, problem.policy):
            yield Violation(barrier.code, request.key, worker.key, barrier.facts)


def _too_much(problem: Problem, pairs: Pairs) -> Iterator[Violation]:
    """Yield what one caseworker takes too much of: minutes, ordinary minutes, new requests."""
    worker, policy = pairs[0][1], problem.policy
    efforts = [(effort_for(request, worker, policy), request.ordinary) for request, _ in pairs]
    total = worker.load_minutes + sum(effort for effort, _ in efforts)
    if total > worker.maximum_minutes:
        facts = {"load": total, "maximum": worker.maximum_minutes}
        yield Violation("over-maximum", None, worker.key, facts)
    ordinary = worker.load_minutes + sum(effort for effort, is_ordinary in efforts if is_ordinary)
    some = any(is_ordinary for _, is_ordinary in efforts)
    if policy.ordinary_below_target and some and ordinary > worker.target_minutes:
        facts = {"load": ordinary, "target": worker.target_minutes}
        yield Violation("over-target", None, worker.key, facts)
    new = worker.new_in_week + len(pairs)
    if worker.new_per_week is not None and new > worker.new_per_week:
        facts = {"new_in_week": new, "most": worker.new_per_week}
        yield Violation("over-pace", None, worker.key, facts)


def _split_households(requests: tuple[Request, ...], assignments: Mapping[str, str]) -> Iterator[Violation]:
    """Yield each household whose requests do not all go to one caseworker, or all wait."""
    homes: dict[str, set[str | None]] = defaultdict(set)
    first: dict[str, str] = {}
    for request in requests:
        if request.household is not None:
            homes[request.household].add(assignments.get(request.key))
            first.setdefault(request.household, request.key)
    for household, workers in homes.items():
        if len(workers) > 1:
            yield Violation("household-split", first[household], None, {"household": household})


def _moved_pins(pins: Mapping[str, str], assignments: Mapping[str, str]) -> Iterator[Violation]:
    for request, worker in pins.items():
        if assignments.get(request) != worker:
            yield Violation("pin-moved", request, worker)
