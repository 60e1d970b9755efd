"""The end of a proof where agents hold few jobs: the patterns that can still help, and the best set of them.

A linear programme with cuts proves a better bound than prices of jobs alone (`cutting`), and leads to a good
choice (`diving`). HiGHS then chooses one pattern for each agent so that every job is in one, or waits: a set
partition. It is given the patterns of least regret; a choice with any other costs at least the bound and the
least regret left out. A better choice leaves fewer patterns for the next time, and when none is found, more of
them are given.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from ortools.math_opt.python import mathopt

from solver.core import cutting, diving, enumeration, highs
from solver.core.core_search import Finished
from solver.core.cuts import Cut, times_in
from solver.core.cutting import Programme, Proven
from solver.core.dual import regrets_at
from solver.core.enumeration import Patterns, no_patterns, patterns_of
from solver.core.model import WAITS, Ints, Model, fits, tier_costs
from solver.core.program import Rows, built, joined
from solver.core.stage import POINTS, Stage, alive
from solver.limits import Budget

MOST_KNOWN: Final = 1_500
"""Patterns of those that the linear programme chose among, the ones of least regret, that are kept."""
MOST_DIVED: Final = 5.0
"""Effort that a dive may take."""
FIRST: Final = 3_000
MORE: Final = 3
MOST: Final = 27_000
"""Patterns in the first core, how many times as many in one after one that held nothing better, and the most."""
ENTRIES_PER_EFFORT: Final = 1e8
"""Simplex iterations times entries of the matrix that count as one unit of effort."""
PRESOLVED: Final = 4_000
"""HiGHS reduces up to so many patterns beforehand; of more it looks for dominated ones for too long."""


@dataclass(slots=True)
class PatternCore:
    """What is known of the patterns from one step to the next.

    Attributes
    ----------
    patterns
        Those that the last linear programme chose among, by regret.
    caps
        What the tiers before may cost, which it is known for.
    proven
        The prices that proved the best bound.
    most
        How many patterns may be searched next.
    raised
        How often the bound was raised.
    """

    patterns: Patterns = field(default_factory=no_patterns)
    cuts: list[Cut] = field(default_factory=list)
    caps: tuple[int, ...] = ()
    proven: Proven | None = None
    most: int = FIRST
    raised: int = 0


def approach(
    core: PatternCore, stage: Stage, model: Model, choice: Ints, prices: Ints, budget: Budget
) -> Finished:
    """Return a better bound in the tier of points, and a choice from a dive: jobs may wait in it that must not.

    Parameters
    ----------
    core
        What was learned so far; what is learned now is kept there.
    stage
        The tier of points, for the costs that the choice has in the tiers before.
    choice
        The best known, shape (jobs,).
    prices
        Of jobs, shape (jobs,), scaled: where to begin.
    """
    costs = tier_costs(model, choice)
    caps, aim = costs[:POINTS], (costs[POINTS] - stage.step) * stage.scale
    useful = _least(stage, prices) <= aim
    proven, programme = cutting.raise_bound(
        stage,
        model,
        caps,
        core.cuts,
        patterns_of(model, choice).and_also(core.patterns),
        useful=useful,
        aim=aim,
        all_kinds=core.raised > 0,
        budget=budget,
    )
    if proven is None:
        return Finished(choice, 0, whole=False, searched=0)
    found = choice
    if proven.bound <= aim:
        part = budget.part(1.0, MOST_DIVED)
        found = diving.dive(programme, stage, caps, useful=useful, other=core.raised, budget=part)
    _learn(core, caps, proven, programme)
    bound = min(costs[POINTS], stage.rounded_up(proven.bound))
    return Finished(found, bound, whole=not budget.is_over(), searched=0)


def is_flat(stage: Stage, model: Model, prices: Ints, budget: Budget) -> bool:
    """Return whether too many patterns have no regret at prices of jobs alone to tell them apart."""
    plain = enumeration.without_cuts(stage, model, prices)
    nothing = np.zeros(model.arcs, np.int64)
    return enumeration.widest(stage, model, plain, nothing, 0, FIRST, budget) is None


def _learn(core: PatternCore, caps: tuple[int, ...], proven: Proven, programme: Programme) -> None:
    """Keep the patterns of least regret, and the best prices with the cuts that they pay for."""
    if core.proven is None or core.caps != caps or proven.bound >= core.proven.bound:
        core.cuts, core.proven = proven.with_paid(core.cuts)
    else:
        core.cuts = core.cuts[: len(core.proven.prices.fees.fee)]
    regret = core.proven.regrets(programme.model, programme.patterns)
    core.patterns = programme.patterns.of(np.argsort(regret, kind="stable")[:MOST_KNOWN])
    core.caps = caps
    core.raised += 1


def search(core: PatternCore, stage: Stage, model: Model, choice: Ints, prices: Ints, budget: Budget) -> Finished:
    """Return a better choice, or the proof that there is none, or neither; parameters as in `approach`.

    The next search is wider when this one came to its end and found nothing.
    """
    proven, costs = core.proven, tier_costs(model, choice)
    if proven is None:
        return Finished(choice, 0, whole=False, searched=0)
    room = (costs[POINTS] - stage.step) * stage.scale - proven.bound
    least = _least(stage, prices) - proven.bound
    reached = enumeration.widest(proven.stage, model, proven.prices, least, max(0, room), core.most, budget)
    if reached is None:
        core.most = min(MOST, MORE * core.most)
        return Finished(choice, 0, whole=False, searched=0)
    patterns, within = reached
    waits = np.flatnonzero((proven.stage.wait - proven.prices.jobs <= within) | (choice == WAITS))
    found, ended = _best(patterns, patterns_of(model, choice), waits, core.cuts, model, choice, budget)
    cost = tier_costs(model, found)[POINTS]
    if ended and cost == costs[POINTS]:
        core.most = min(MOST, MORE * core.most)
    bound = stage.rounded_up(proven.bound + (within + 1 if ended else 0))
    return Finished(found, min(cost, bound), whole=ended, searched=len(patterns.agent))


def _least(stage: Stage, prices: Ints) -> Ints:
    """Return what a choice with each arc costs at least, shape (arcs,), in the order of the columns, scaled."""
    at, regret = regrets_at(stage, prices, alive(stage))
    return at + regret


def _best(
    few: Patterns, own: Patterns, waits: Ints, cuts: list[Cut], model: Model, choice: Ints, budget: Budget
) -> tuple[Ints, bool]:
    """Return the best choice of a few patterns that costs no more in any tier, and whether it is surely the best.

    Parameters
    ----------
    own
        The patterns of the choice, which are chosen among, too.
    """
    patterns = few.and_also(own)
    count = len(patterns.agent)
    program = _program(patterns, waits, cuts, model, tier_costs(model, choice)[:POINTS])
    variables = list(program.variables())
    hint = np.concatenate((np.arange(count) >= len(few.agent), choice[waits] == WAITS)).astype(np.float64)
    answer = highs.solve(
        program,
        budget,
        pivots_per_effort=ENTRIES_PER_EFFORT / max(1, len(patterns.arc) + count),
        presolve=count <= PRESOLVED,
        start=mathopt.SolutionHint(variable_values=dict(zip(variables, hint.tolist(), strict=True))),
    )
    if not answer.has_primal_feasible_solution():
        return choice, False
    taken = np.array(answer.variable_values(variables[:count])) > 0.5
    found = np.full(model.jobs, WAITS, np.int64)
    arcs = patterns.arc[taken[patterns.owner]]
    found[model.job[arcs]] = arcs
    sound = len(np.unique(model.job[arcs])) == len(arcs) and fits(model, found)
    if not sound or tier_costs(model, found) > tier_costs(model, choice):
        return choice, False
    return found, highs.has_ended(answer)


def _program(
    patterns: Patterns, waits: Ints, cuts: list[Cut], model: Model, caps: tuple[int, ...]
) -> mathopt.Model:
    """Return the set partition: a variable per pattern and job that may wait; rows of jobs, agents and cuts."""
    counted, count = patterns.counted(model), len(patterns.agent)
    rows, waiting = model.jobs + model.agents, count + np.arange(len(waits))
    owner = np.repeat(np.arange(count), np.diff(counted.start))
    parts = [
        Rows(
            np.concatenate((counted.row, waits)),
            np.concatenate((owner, waiting)),
            np.ones(len(owner) + len(waits)),
            np.ones(rows),
        )
    ]
    for cut in cuts:
        times = times_in(cut, counted, rows)
        some = np.flatnonzero(times)
        values = times[some].astype(np.float64)
        parts.append(Rows(np.zeros(len(some), np.int64), some, values, np.array([float(cut.most)])))
    for tier, cap in enumerate(caps):
        weights = model.waiting[tier][waits].astype(np.float64)
        parts.append(Rows(np.zeros(len(waits), np.int64), waiting, weights, np.array([float(cap)])))
    matrix = joined(parts)
    least = np.full(len(matrix.most), -np.inf)
    least[: model.jobs] = 1.0
    costs = np.concatenate((patterns.costs(model), np.zeros(len(waits)))).astype(np.float64)
    return built(matrix, least, np.ones(len(costs)), costs, whole=np.ones(len(costs), np.bool_))
