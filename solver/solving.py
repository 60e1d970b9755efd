"""From a problem to a plan: arrays, a route of the core, and the words' facts."""

from collections.abc import Callable, Mapping

from solver.arrays import Arrays, arrays_of
from solver.check import cost
from solver.core import greedy
from solver.core.model import WAITS, Ints
from solver.explain import outcome_of, placements
from solver.extra_hours import extra_hours
from solver.limits import Limits, Progress, Stop, Three, start
from solver.plan import Interim, Plan, Tier
from solver.problem import Problem
from solver.waiting import unplaced

TIERS = ("overdue", "waiting", "points")


def solve(
    problem: Problem,
    limits: Limits,
    *,
    report: Callable[[Interim], None] | None = None,
    stop: Stop | None = None,
) -> Plan:
    """Return the best plan found within the limits, with a proven bound per tier.

    By effort alone, the same problem and limits give the same plan on every run and in every process.
    The plan always passes `violations`. Takes seconds for a city; call it outside any transaction, in a
    process that can be killed.

    Parameters
    ----------
    report
        Is told each better plan and each better bound, while it works; `completed` makes a plan of it.
    stop
        Is asked often whether to end now; the best plan so far is returned, marked as not reproducible.

    Raises
    ------
    ModelError
        When prices and sizes are so large that a sum could pass 2**53.
    """
    # Here and not above: importing OR-Tools takes seconds, and who only ranks never needs it.
    from solver.core import routes

    arrays = arrays_of(problem)
    given = cost(problem, arrays.pins)[2]

    def tell(progress: Progress) -> None:
        if report is not None:
            report(_interim(problem, arrays, progress, given=given))

    budget = start(limits, report=tell if report else None, stop=stop)
    answer = routes.solve(arrays.model, budget)
    assignments = _assignments(problem, arrays, answer.choice)
    return _plan(
        problem,
        arrays,
        assignments,
        bounds=_with_pins(answer.bounds, given),
        route=answer.route,
        reproducible=not budget.cut_short,
        work={**budget.used, "arcs": float(arrays.model.arcs), "jobs": float(arrays.model.jobs)},
    )


def completed(problem: Problem, interim: Interim) -> Plan:
    """Return the plan of what a solve had reported last: for when its process had to be ended.

    Needs no OR-Tools. It is marked as not reproducible, and its route is `interrupted`.
    """
    return _plan(
        problem,
        arrays_of(problem),
        interim.assignments,
        bounds=interim.bounds,
        route="interrupted",
        reproducible=False,
        work={},
    )


def rank_all(problem: Problem) -> Plan:
    """Return the plan that the ranking alone makes, one request after another; marked as the fallback.

    Needs no OR-Tools and no limits: for when the solver was killed or cannot start. Far from a solved
    round: what cannot be placed at all is all that its bounds know.
    """
    arrays = arrays_of(problem)
    choice = greedy.choose(arrays.model)
    return _plan(
        problem,
        arrays,
        _assignments(problem, arrays, choice),
        bounds=_with_pins(greedy.plain_bounds(arrays.model), cost(problem, arrays.pins)[2]),
        route="ranking",
        reproducible=True,
        work={"arcs": float(arrays.model.arcs), "jobs": float(arrays.model.jobs)},
        fallback=True,
    )


def _interim(problem: Problem, arrays: Arrays, progress: Progress, *, given: int) -> Interim:
    return Interim(
        seconds=progress.seconds,
        step=progress.step,
        assignments=_assignments(problem, arrays, progress.choice),
        costs=_with_pins(progress.costs, given),
        bounds=_with_pins(progress.bounds, given),
    )


def _with_pins(tiers: Three, points: int) -> Three:
    """Return the tiers with the points that the pins cost anyway."""
    return tiers[0], tiers[1], tiers[2] + points


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
    bounds: Three,
    route: str,
    reproducible: bool,
    work: Mapping[str, float],
    fallback: bool = False,
) -> Plan:
    outcome = outcome_of(problem, arrays, assignments)
    tiers = _tiers(cost(problem, assignments), bounds)
    return Plan(
        placed=placements(outcome),
        unplaced=unplaced(outcome),
        tiers=tiers,
        optimal=all(tier.cost == tier.bound for tier in tiers),
        reproducible=reproducible,
        fallback=fallback,
        route=route,
        work=work,
        extra_hours=extra_hours(outcome, None),
    )


def _tiers(costs: Three, bounds: Three) -> tuple[Tier, ...]:
    """Return the tiers with their gaps; the costs are the specification's own."""
    return tuple(
        Tier(name, paid, bound, (paid - bound) / max(1, paid))
        for name, paid, bound in zip(TIERS, costs, bounds, strict=True)
    )
