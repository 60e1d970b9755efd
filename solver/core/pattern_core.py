"""The end of a proof where agents hold few jobs: all patterns that can still help, and the best set of them.

The patterns whose regret is within the gap are written down, and HiGHS chooses one for each agent so that
every job is in one, or waits: a set partition. Its relaxation is as strong as the prices of jobs, which is
much stronger than that of the arcs, and cuts among patterns that share jobs lift it further. When there are
too many patterns, those of least regret are searched first; a better choice leaves fewer for the next search.
"""

from typing import Final

import numpy as np
from ortools.math_opt.python import mathopt

from solver.core import dual, enumeration, highs
from solver.core.core_search import Finished
from solver.core.enumeration import Patterns
from solver.core.model import WAITS, Ints, Model, fits, load_costs, tier_costs
from solver.core.program import Rows, built, joined
from solver.core.stage import POINTS, Stage, alive
from solver.limits import Budget

ENTRIES_PER_EFFORT: Final = 1e8
"""Simplex iterations times entries of the matrix that count as one unit of effort."""
PRESOLVED: Final = 3_000
"""HiGHS reduces up to so many patterns beforehand; of more it looks for dominated ones for too long."""


def finish(
    stage: Stage, model: Model, choice: Ints, prices: Ints, *, most: int, budget: Budget
) -> Finished | None:
    """Return a better choice in the tier of points, or the proof that there is none, or neither.

    None when more patterns than `most` have no regret at all.

    Parameters
    ----------
    stage
        The tier of points, for the costs that the choice has in the tiers before.
    choice
        The best known, shape (jobs,).
    prices
        Of jobs, shape (jobs,), scaled.
    most
        The most patterns to search.
    """
    costs, bound = tier_costs(model, choice), dual.bound_at(stage, prices, alive(stage))
    gap = (costs[POINTS] - stage.step) * stage.scale - bound
    if gap < 0:
        return Finished(choice, costs[POINTS], whole=True, searched=0)
    patterns = enumeration.widest(stage, model, prices, gap, most)
    if patterns is None:
        return None
    outside = costs[POINTS] if patterns.slack >= gap else stage.rounded_up(bound + patterns.slack + 1)
    waits = np.flatnonzero(stage.wait - np.minimum(prices, stage.ceiling) <= patterns.slack)
    found, ended = _best(model, _with_own(model, patterns, choice), waits, choice, budget)
    best = tier_costs(model, found)[POINTS]
    return Finished(found, min(best, outside) if ended else 0, whole=ended, searched=len(patterns.agent))


def _with_own(model: Model, patterns: Patterns, choice: Ints) -> Patterns:
    """Return the patterns with those of a choice added: somewhere to begin."""
    placed = choice[choice != WAITS]
    arc = placed[np.argsort(model.agent[placed], kind="stable")]
    agent, held = np.unique(model.agent[arc], return_counts=True)
    return Patterns(
        patterns.slack,
        np.concatenate((patterns.agent, agent)),
        np.concatenate((patterns.start, patterns.start[-1] + np.cumsum(held))),
        np.concatenate((patterns.arc, arc)),
    )


def _best(model: Model, patterns: Patterns, waits: Ints, choice: Ints, budget: Budget) -> tuple[Ints, bool]:
    """Return the best choice of patterns that costs no more in any tier, and whether it is surely the best.

    Parameters
    ----------
    waits
        The jobs that may wait; those that wait in the choice are added.
    """
    waits = np.union1d(waits, np.flatnonzero(choice == WAITS))
    program = _program(model, patterns, waits, tier_costs(model, choice)[:POINTS])
    count = len(patterns.agent)
    own = np.zeros(count + len(waits))
    own[count - len(np.unique(model.agent[choice[choice != WAITS]])) : count] = 1.0
    own[count:] = choice[waits] == WAITS
    variables = list(program.variables())
    answer = highs.solve(
        program,
        budget,
        pivots_per_effort=ENTRIES_PER_EFFORT / max(1, len(patterns.arc) + count),
        presolve=count <= PRESOLVED,
        start=mathopt.SolutionHint(variable_values=dict(zip(variables, own.tolist(), strict=True))),
    )
    if not answer.has_primal_feasible_solution():
        return choice, False
    chosen = np.array(answer.variable_values(variables[:count])) > 0.5
    found = np.full(model.jobs, WAITS, np.int64)
    arcs = patterns.arc[chosen[patterns.owner]]
    found[model.job[arcs]] = arcs
    sound = len(np.unique(model.job[arcs])) == len(arcs) and fits(model, found)
    if not sound or tier_costs(model, found) > tier_costs(model, choice):
        return choice, False
    return found, highs.has_ended(answer)


def _program(model: Model, patterns: Patterns, waits: Ints, caps: tuple[int, ...]) -> mathopt.Model:
    """Return the set partition: a variable per pattern and per job that may wait; a row per job and agent."""
    count = len(patterns.agent)
    waiting = count + np.arange(len(waits))
    in_one = Rows(
        np.concatenate((model.job[patterns.arc], waits)),
        np.concatenate((patterns.owner, waiting)),
        np.ones(len(patterns.arc) + len(waits)),
        np.ones(model.jobs),
    )
    one_each = Rows(patterns.agent, np.arange(count), np.ones(count), np.ones(model.agents))
    kept = [
        Rows(
            np.zeros(len(waits), np.int64),
            waiting,
            model.waiting[tier][waits].astype(np.float64),
            np.array([float(cap)]),
        )
        for tier, cap in enumerate(caps)
    ]
    rows = joined([in_one, one_each, *kept])
    least = np.full(len(rows.most), -np.inf)
    least[: model.jobs] = 1.0
    costs = np.concatenate((_costs(model, patterns), np.zeros(len(waits)))).astype(np.float64)
    return built(rows, least, np.ones(len(costs)), costs, whole=np.ones(len(costs), np.bool_))


def _costs(model: Model, patterns: Patterns) -> Ints:
    """Return what each pattern costs in points, shape (patterns,)."""
    count, owner = len(patterns.agent), patterns.owner
    minutes = np.bincount(owner, weights=model.effort[patterns.arc], minlength=count).astype(np.int64)
    arcs = np.bincount(owner, weights=model.cost[patterns.arc], minlength=count).astype(np.int64)
    return arcs + load_costs(model, patterns.agent, minutes)
