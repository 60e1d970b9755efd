"""From a problem to a plan: arrays, a route of the core, and the words' facts."""

from collections.abc import Mapping

from solver.arrays import Arrays, arrays_of
from solver.check import cost
from solver.core import greedy
from solver.core.model import WAITS, Ints
from solver.explain import outcome_of, placements
from solver.limits import Limits, Report, Stop, start
from solver.plan import Plan, Tier
from solver.problem import Problem
from solver.waiting import unplaced

TIERS = ("overdue", "waiting", "points")


def solve(problem: Problem, limits: Limits, *, report: Report | None = None, stop: Stop | None = None) -> Plan:
    """Return the best plan found within the limits, with a proven bound per tier.

    By effort alone, the same problem and limits give the same plan on every run and in every process.
    The plan always passes `violations`. Takes seconds for a city; call it outside any transaction, in a
    process that can be killed.

    Raises
    ------
    ModelError
        When prices and sizes are so large that a sum could pass 2**53.
    """
    # Here and not above: importing OR-Tools takes seconds, and who only ranks never needs it.
    from solver.core import routes

    budget = start(limits, report=report, stop=stop)
    arrays = arrays_of(problem)
    answer = routes.solve(arrays.model, budget)
    assignments = _assignments(problem, arrays, answer.choice)
    return _plan(
        problem,
        arrays,
        assignments,
        bounds=answer.bounds,
        route=answer.route,
        reproducible=not budget.cut_short,
        work={**budget.used, "arcs": float(arrays.model.arcs), "jobs": float(arrays.model.jobs)},
    )


def rank_all(problem: Problem) -> Plan:
    """Return the plan that the ranking alone makes, one request after another; marked as the fallback.

    Needs no OR-Tools and no limits: for when the solver was killed or cannot start. Far from a solved
    round: what cannot be placed at all is all that its bounds know.
    """
    arrays = arrays_of(problem)
    choice = greedy.choose(arrays.model)
    assignments = _assignments(problem, arrays, choice)
    return _plan(
        problem,
        arrays,
        assignments,
        bounds=greedy.plain_bounds(arrays.model),
        route="ranking",
        reproducible=True,
        work={"arcs": float(arrays.model.arcs), "jobs": float(arrays.model.jobs)},
        fallback=True,
    )


def _assignments(problem: Problem, arrays: Arrays, choice: Ints) -> dict[str, str]:
    """Return request key to caseworker key, pins included."""
    chosen = dict(arrays.pins)
    for rows, arc in zip(arrays.jobs, choice.tolist(), strict=True):
        if arc != WAITS:
            worker = problem.caseworkers[int(arrays.model.agent[arc])].key
            chosen.update({problem.requests[row].key: worker for row in rows})
    return chosen


def _plan(
    problem: Problem,
    arrays: Arrays,
    assignments: Mapping[str, str],
    *,
    bounds: tuple[int, int, int],
    route: str,
    reproducible: bool,
    work: Mapping[str, float],
    fallback: bool = False,
) -> Plan:
    outcome = outcome_of(problem, arrays, assignments)
    tiers = _tiers(problem, arrays, assignments, bounds=bounds)
    return Plan(
        placed=placements(outcome),
        unplaced=unplaced(outcome),
        tiers=tiers,
        optimal=all(tier.cost == tier.bound for tier in tiers),
        reproducible=reproducible,
        fallback=fallback,
        route=route,
        work=work,
    )


def _tiers(
    problem: Problem, arrays: Arrays, assignments: Mapping[str, str], *, bounds: tuple[int, int, int]
) -> tuple[Tier, ...]:
    """Return the tiers by the specification's own cost; the points of the pins belong to every bound."""
    costs = cost(problem, assignments)
    given = cost(problem, arrays.pins)[2]
    lower = (bounds[0], bounds[1], bounds[2] + given)
    return tuple(
        Tier(name, paid, bound, (paid - bound) / max(1, paid))
        for name, paid, bound in zip(TIERS, costs, lower, strict=True)
    )
