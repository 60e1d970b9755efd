"""Prices of jobs that prove a bound: the Lagrangian dual over the agents' knapsacks.

Every job gets a price; each agent then takes its best pattern. The prices of all jobs, plus what the
patterns cost at these prices, is a lower bound on the cost of every choice, for any prices that are at most
what waiting costs. The best such bound equals that of column generation with knapsack pricing, and is much
stronger than the linear relaxation where an agent takes few jobs: it sees that rests of room are lost.
It is raised by a deflected subgradient method with Polyak's step towards the cost of the best known choice
(Fisher 1981; Camerini, Fratta and Maffioli 1975). All bounds are exact: prices are whole numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.core.compiled import compiled
from solver.core.knapsack import NEVER, Columns, best_patterns, regrets
from solver.core.level import aim_anew
from solver.core.model import Bools, Ints, Model
from solver.core.stage import Stage
from solver.limits import Budget

Floats = NDArray[np.float64]
WORK_PER_EFFORT = 2_000_000_000
"""Table entries that count as a unit of effort; about a second of one core."""
MOST_PACE_PRICE = 2.0**40
TOO_LARGE = 2.0**61
"""Sums beyond this are not counted on in 64 bits."""
RESTART = 0.05
"""How far above the best bound a climb aims again, as a part of what is missing."""
STARTS = 12
AT_ONCE = 150_000_000
"""Table entries between two looks at the clock."""


PATIENCE, NEARER = 20.0, 0.9
"""After so many looks without a better bound a climb aims nearer by this factor."""


@dataclass(slots=True)
class Ascent:
    """Where the search for prices stands; arrays change in place.

    Attributes
    ----------
    prices, best_prices
        Shape (jobs,), scaled: where it looks now, and where the best bound was. With paces, shape
        (jobs + agents,): then what a new request costs each agent.
    bound
        The best bound, scaled.
    paces, counts
        Shape (agents,) and (jobs,): new requests that each agent has room for, and that each job is; none where
        new requests have no prices.
    """

    prices: Floats
    best_prices: Ints
    bound: int
    direction: Floats
    paces: Ints
    counts: Ints
    level: float = 0.0
    since: int = 0
    lately: float = -np.inf


def start(stage: Stage, prices: Ints) -> Ascent:
    """Return an ascent that begins at these prices, shape (jobs,), scaled."""
    first = np.minimum(prices, stage.ceiling)
    return Ascent(
        prices=first.astype(np.float64),
        best_prices=first,
        bound=-NEVER,
        direction=np.zeros(len(first)),
        paces=np.zeros(0, np.int64),
        counts=np.zeros(0, np.int64),
    )


def start_paced(stage: Stage, prices: Ints, pace_prices: Floats, model: Model) -> Ascent:
    """Return an ascent in which new requests have prices, for a stage whose knapsacks don't count them.

    Parameters
    ----------
    pace_prices
        Shape (agents,), scaled, at least 0: where to begin.
    """
    first = np.concatenate((np.minimum(prices, stage.ceiling), np.rint(pace_prices).astype(np.int64)))
    return Ascent(
        prices=first.astype(np.float64),
        best_prices=first,
        bound=-NEVER,
        direction=np.zeros(len(first)),
        paces=np.minimum(model.pace, model.jobs * int(model.count.max(initial=1))),
        counts=model.count,
    )


def go_on_from(ascent: Ascent, prices: Ints) -> None:
    """Let an ascent look from other prices on, shape (jobs,), scaled; its best bound stays."""
    ascent.prices[:] = prices
    ascent.direction[:] = 0.0
    ascent.level, ascent.since, ascent.lately = 0.0, 0, -np.inf


def best_start(stage: Stage, prices: Ints, alive: Bools) -> Ints:
    """Return prices to begin from, shape (jobs,), scaled: the given ones, or one price for all that is better.

    One price for all, or what waiting costs where that is less, is good where the number of new requests
    is what agents run out of; it is looked for among the quantiles of what waiting costs.
    """
    ordinary = stage.wait[stage.wait < NEVER]
    levels = np.quantile(ordinary, np.linspace(0.02, 0.5, STARTS)) if len(ordinary) else np.zeros(0)
    tried = [prices, *(np.minimum(stage.wait, int(level)) for level in levels)]
    bounds = [bound_at(stage, one, alive) for one in tried]
    return tried[int(np.argmax(bounds))]


def climb(stage: Stage, ascent: Ascent, alive: Bools, *, target: int, looks: int, budget: Budget) -> None:
    """Raise the bound by at most so many looks at all agents, or until it proves the target.

    Parameters
    ----------
    target
        The unscaled cost of the best known choice; the bound is good enough above target - step.
    """
    columns = stage.columns
    table = np.empty((columns.most_items + 1, columns.most_states), np.int64)
    aim = min(NEVER, (target - stage.step) * stage.scale)
    ceiling = stage.ceiling
    work = max(1, columns.work)
    done = 0
    ascent.level = max(ascent.level, RESTART * (aim - max(ascent.bound, 0)), 1.0)
    while done < looks and ascent.bound <= aim and not budget.is_over():
        some = min(looks - done, max(1, AT_ONCE // work))
        state = np.array([ascent.level, float(ascent.since), ascent.lately])
        ascent.bound, made = _climb(
            columns,
            stage.cost,
            alive,
            ceiling,
            stage.offset,
            aim,
            ascent.prices,
            ascent.best_prices,
            ascent.direction,
            ascent.paces,
            ascent.counts,
            state,
            ascent.bound,
            some,
            table,
        )
        ascent.level, ascent.since, ascent.lately = state[0], int(state[1]), state[2]
        budget.spend("prices", made * work / WORK_PER_EFFORT)
        done += some


def bound_at(stage: Stage, prices: Ints, alive: Bools) -> int:
    """Return the scaled bound that prices prove, exactly; prices above what waiting costs are lowered to it."""
    columns = stage.columns
    table = np.empty((columns.most_items + 1, columns.most_states), np.int64)
    prices = np.minimum(prices, stage.ceiling)
    values, taken = np.empty(len(columns.room), np.int64), np.empty(len(stage.cost), np.bool_)
    best_patterns(columns, stage.cost, alive, prices, values, taken, table)
    return _total(prices, values) - stage.offset


def hurried(stage: Stage, prices: Ints, alive: Bools, count: Ints, pace: Ints) -> Bools:
    """Return which agents' best patterns at these prices pass their pace, shape (agents,).

    Parameters
    ----------
    count, pace
        Shapes (jobs,) and (agents,): new requests of each job, and the most of each agent.
    """
    columns = stage.columns
    table = np.empty((columns.most_items + 1, columns.most_states), np.int64)
    values, taken = np.empty(len(columns.room), np.int64), np.empty(len(stage.cost), np.bool_)
    best_patterns(columns, stage.cost, alive, np.minimum(prices, stage.ceiling), values, taken, table)
    agent = np.repeat(np.arange(len(pace)), np.diff(columns.start))
    new = np.bincount(agent[taken], weights=count[columns.job[taken]], minlength=len(pace))
    passed: Bools = new > pace
    return passed


def regrets_at(stage: Stage, prices: Ints, alive: Bools) -> tuple[int, Ints]:
    """Return the scaled bound at these prices, and how much more each arc costs when it must be taken.

    Shape (arcs,), in the order of the columns: any choice with the arc costs at least bound + regret.
    """
    prices = np.minimum(prices, stage.ceiling)
    values, regret = regrets_of(stage, prices, alive)
    return _total(prices, values) - stage.offset, regret


def regrets_of(stage: Stage, prices: Ints, alive: Bools) -> tuple[Ints, Ints]:
    """Return what each agent's best pattern costs, shape (agents,), and its arcs' regrets as in `regrets_at`.

    Parameters
    ----------
    prices
        Shape (jobs,), scaled: none above the ceiling.
    """
    columns = stage.columns
    table = np.empty((columns.most_items + 1, columns.most_states), np.int64)
    forth = np.empty(columns.most_states, np.int64)
    values, regret = np.empty(len(columns.room), np.int64), np.empty(len(stage.cost), np.int64)
    regrets(columns, stage.cost, alive, prices, values, regret, table, forth)
    return values, regret


def _total(prices: Ints, values: Ints) -> int:
    """Return the sum of all prices and values, in whole numbers of any size."""
    total: int = sum(prices.tolist()) + sum(values.tolist())
    return total


@compiled
def _climb(  # noqa: C901 (one loop of machine code)
    columns: Columns,
    cost: Ints,
    alive: Bools,
    wait: Ints,
    offset: int,
    aim: int,
    prices: Floats,
    best_prices: Ints,
    direction: Floats,
    paces: Ints,
    counts: Ints,
    state: Floats,
    bound: int,
    looks: int,
    table: Ints,
) -> tuple[int, int]:
    """Look so many times, and return the best bound and how often it looked."""
    jobs, arcs, size = len(wait), len(cost), len(prices)
    whole, values = np.empty(size, np.int64), np.empty(len(columns.room), np.int64)
    taken, slope, paid = np.empty(arcs, np.bool_), np.empty(size), cost.copy()
    highest, made = wait.max() if jobs else 0, 0
    for _ in range(looks):
        made += 1
        for j in range(jobs):
            # Large prices round up as floats; above what waiting costs they would prove too much.
            whole[j] = min(np.int64(np.floor(prices[j])), wait[j])
            slope[j] = 1.0
        for a in range(len(paces)):
            whole[jobs + a], slope[jobs + a] = np.int64(prices[jobs + a]), -float(paces[a])
            for i in range(columns.start[a], columns.start[a + 1]):
                paid[i] = cost[i] + whole[jobs + a] * counts[columns.job[i]]
        best_patterns(columns, paid, alive, whole, values, taken, table)
        now = whole[:jobs].sum() + values.sum() - offset
        for a in range(len(paces)):
            now -= whole[jobs + a] * paces[a]
        if -values.astype(np.float64).sum() > TOO_LARGE:
            now = -NEVER
        for i in range(arcs):
            if taken[i]:
                slope[columns.job[i]] -= 1.0
        for a in range(len(paces)):
            for i in range(columns.start[a], columns.start[a + 1]):
                if taken[i]:
                    slope[jobs + a] += counts[columns.job[i]]
            if slope[jobs + a] < 0.0 and whole[jobs + a] == 0:
                slope[jobs + a] = 0.0
        if now > bound:
            bound = now
            best_prices[:] = whole
        aim_anew(state, float(now), PATIENCE, NEARER)
        if bound > aim:
            break
        length = 0.0
        for j in range(jobs):
            if slope[j] > 0.0 and whole[j] >= wait[j]:
                slope[j] = 0.0
        for j in range(size):
            direction[j] = 0.65 * slope[j] + 0.35 * direction[j]
            length += direction[j] * direction[j]
        if length < 1e-9:
            break
        pace = (state[2] + max(state[0], 1.0) - float(now)) / length
        for j in range(jobs):
            prices[j] = max(-float(highest), min(float(wait[j]), prices[j] + pace * direction[j]))
        for k in range(jobs, size):
            prices[k] = min(MOST_PACE_PRICE, max(0.0, prices[k] + pace * direction[k]))
    return bound, made
