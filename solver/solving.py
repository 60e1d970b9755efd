"""From a problem to a plan: arrays, a route of the core, and the words' facts."""

from collections.abc import Callable, Mapping

import numpy as np

from solver.arrays import Arrays, arrays_of
from solver.check import cost
from solver.core import greedy
from solver.core.answer import Answer
from solver.core.model import WAITS, Ints, fits
from solver.explain import outcome_of, placements
from solver.extra_hours import extra_hours
from solver.limits import Limits, Progress, Stop, Three
from solver.limits import start as budget_of
from solver.plan import CapacityPrices, Interim, Plan, Proof, Tier
from solver.problem import Problem
from solver.waiting import unplaced

TIERS = ("overdue", "waiting", "points")


def make_ready() -> None:
    """Make or load the machine code of all the solver's loops, so that no later answer waits for it.

    Some 20 seconds once on a machine, and about two in each later process.
    """
    # Here and not above: importing OR-Tools takes seconds, and who only ranks never needs it.
    from solver.core import ready

    ready.make_ready()


def solve(
    problem: Problem,
    limits: Limits,
    *,
    report: Callable[[Interim], None] | None = None,
    stop: Stop | None = None,
    start: Mapping[str, str] | None = None,
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
    start
        Request key to caseworker key: a plan to begin from, as far as it still fits. It is only left for a
        better one.

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

    budget = budget_of(limits, report=tell if report else None, stop=stop)
    answer = routes.solve(arrays.model, budget, None if start is None else _choice_of(problem, arrays, start))
    assignments = _assignments(problem, arrays, answer.choice)
    return _plan(
        problem,
        arrays,
        assignments,
        bounds=_with_pins(answer.bounds, given),
        route=answer.route,
        reproducible=not budget.cut_short,
        work={**budget.used, "arcs": float(arrays.model.arcs), "jobs": float(arrays.model.jobs)},
        prices=_prices(problem, answer),
        proofs=_proofs(problem, arrays, answer),
    )


def _choice_of(problem: Problem, arrays: Arrays, assignments: Mapping[str, str]) -> Ints:
    """Return assignments as a choice of arcs, as far as they fit together, shape (jobs,)."""
    model, column = arrays.model, {worker.key: i for i, worker in enumerate(problem.caseworkers)}
    choice = np.full(model.jobs, WAITS, np.int64)
    for job, rows in enumerate(arrays.jobs):
        takers = {assignments.get(problem.requests[row].key) for row in rows}
        agent = column.get(takers.pop() or "", WAITS) if len(takers) == 1 else WAITS
        first, last = int(model.row_start[job]), int(model.row_start[job + 1])
        arc = first + int(np.searchsorted(model.agent[first:last], agent))
        if agent != WAITS and arc < last and model.agent[arc] == agent:
            choice[job] = arc
            choice[job] = arc if fits(model, choice) else WAITS
    return choice


def _prices(problem: Problem, answer: Answer) -> CapacityPrices | None:
    """Return what a minute of everybody's room is worth in each tier; nobody is named whose room is worth none."""
    if answer.room_prices is None:
        return None
    keys = [worker.key for worker in problem.caseworkers]
    overdue, waiting, points = (
        {key: round(price, 6) for key, price in zip(keys, tier.tolist(), strict=True) if price > 0}
        for tier in answer.room_prices
    )
    return CapacityPrices(overdue, waiting, points)


def _proofs(problem: Problem, arrays: Arrays, answer: Answer) -> tuple[Proof, ...]:
    """Return what proves the bounds, by the keys of the requests."""
    firsts = [problem.requests[rows[0]].key for rows in arrays.jobs]
    return tuple(
        Proof(
            bound=one.bound,
            scale=one.scale,
            requests=dict(zip(firsts, one.jobs.tolist(), strict=True)),
            caps=one.caps,
            searched=bound > one.bound,
        )
        for one, bound in zip(answer.evidence, answer.bounds, strict=False)
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
    prices: CapacityPrices | None = None,
    proofs: tuple[Proof, ...] = (),
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
        extra_hours=extra_hours(outcome, prices),
        prices=prices,
        proofs=proofs,
    )


def _tiers(costs: Three, bounds: Three) -> tuple[Tier, ...]:
    """Return the tiers with their gaps; the costs are the specification's own."""
    return tuple(
        Tier(name, paid, bound, (paid - bound) / max(1, paid))
        for name, paid, bound in zip(TIERS, costs, bounds, strict=True)
    )
