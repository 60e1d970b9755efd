"""The best prices of jobs, by column generation: patterns of agents as columns, knapsacks that find new ones.

A linear programme chooses among the patterns found so far (Dantzig and Wolfe 1960; for this problem Savelsbergh
1997); at its prices each agent's knapsack looks for a pattern that would improve it. Its prices jump about at
first, so the knapsacks look at a mixture of them and of the best prices so far (Wentges 1997). It ends when no
pattern improves: the bound is then the best that prices of jobs can prove. GLOP keeps its basis from one
programme to the next. Each bound is computed from whole prices, not taken from the floating-point programme.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from solver.core import glop
from solver.core.enumeration import Patterns
from solver.core.knapsack import NEVER, best_patterns
from solver.core.model import WAITS, Bools, Ints
from solver.core.stage import Stage
from solver.limits import Budget

MIXTURE: Final = 0.6
"""How much of the best prices so far the knapsacks look at."""
FAR_TOO_MUCH: Final = 1e7
"""What it costs the programme, in points, that a job waits which must not: until a pattern takes it."""


@dataclass(slots=True)
class Programme:
    """The linear programme over the patterns found so far.

    Attributes
    ----------
    rows, agents
        GLOP's constraints: every job at least once; every agent at most one pattern.
    known
        What has been added: agent and the positions of its arcs.
    """

    stage: Stage
    glop: Any
    rows: list[Any]
    agents: list[Any]
    known: set[tuple[int, bytes]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Generated:
    """Prices of jobs, shape (jobs,), scaled, with the bound they prove, and the patterns that were found."""

    prices: Ints
    bound: int
    patterns: Patterns


def generate(stage: Stage, prices: Ints, choice: Ints, alive: Bools, *, target: int, budget: Budget) -> Generated:
    """Return the best prices, or the best found within the budget; ends early when they prove the target.

    Parameters
    ----------
    prices
        Shape (jobs,), scaled: where to begin.
    choice
        A choice that fits, shape (jobs,): its patterns are the first columns.
    """
    programme = _programme(stage)
    _add_choice(programme, choice)
    looker = _Looker(stage, alive)
    best = looker.look(np.minimum(prices, stage.ceiling))
    _add_patterns(programme, looker.taken)
    centre = np.minimum(prices, stage.ceiling)
    aim = (target - stage.step) * stage.scale
    while best <= aim and not budget.is_over():
        if not glop.solve(programme.glop, budget):
            break
        now = _prices_of(programme)
        tried = np.minimum((MIXTURE * centre + (1 - MIXTURE) * now).astype(np.int64), stage.ceiling)
        bound = looker.look(tried)
        new = _add_patterns(programme, looker.taken)
        if bound > best:
            best, centre = bound, tried
        if not new:
            bound = looker.look(now)
            new = _add_patterns(programme, looker.taken)
            if bound > best:
                best, centre = bound, now
        if not new:
            break
    return Generated(centre, best, _patterns_of(programme))


def _patterns_of(programme: Programme) -> Patterns:
    """Return the patterns of a programme, in an order that does not depend on how they are kept."""
    known = sorted(programme.known)
    positions = [np.frombuffer(pattern, np.int64) for _, pattern in known]
    start = np.concatenate(([0], np.cumsum([len(some) for some in positions]))).astype(np.int64)
    arc = programme.stage.columns.arc[np.concatenate([np.zeros(0, np.int64), *positions])]
    return Patterns(np.array([agent for agent, _ in known], np.int64), start, arc)


class _Looker:
    """Looks for every agent's best pattern, in arrays that are made once."""

    def __init__(self, stage: Stage, alive: Bools) -> None:
        columns = stage.columns
        self.stage, self.alive = stage, alive
        self.values = np.empty(len(columns.room), np.int64)
        self.taken = np.empty(len(stage.cost), np.bool_)
        self.table = np.empty((columns.most_items + 1, columns.most_states), np.int64)

    def look(self, prices: Ints) -> int:
        """Return the scaled bound at these prices; `taken` then marks the patterns."""
        best_patterns(self.stage.columns, self.stage.cost, self.alive, prices, self.values, self.taken, self.table)
        bound: int = sum(prices.tolist()) + sum(self.values.tolist()) - self.stage.offset
        return bound


def _programme(stage: Stage) -> Programme:
    programme = glop.empty()
    infinity = programme.infinity()
    rows = [programme.Constraint(1.0, infinity) for _ in stage.wait]
    agents = [programme.Constraint(-infinity, 1.0) for _ in stage.columns.room]
    costs = np.where(stage.wait >= NEVER, FAR_TOO_MUCH, stage.wait / stage.scale)
    for row, cost in zip(rows, costs.tolist(), strict=True):
        glop.add(programme, cost, [(row, 1.0)])
    return Programme(stage, programme, rows, agents)


def _add_choice(programme: Programme, choice: Ints) -> None:
    """Add the patterns of a choice."""
    taken = np.zeros(len(choice) and int(programme.stage.columns.start[-1]), np.bool_)
    taken[choice[choice != WAITS]] = True
    _add_patterns(programme, taken[programme.stage.columns.arc])


def _add_patterns(programme: Programme, taken: Bools) -> int:
    """Add every agent's pattern that is not there yet, and return how many were new."""
    columns, positions = programme.stage.columns, np.flatnonzero(taken)
    cuts = np.searchsorted(positions, columns.start)
    new = 0
    for agent in np.flatnonzero(np.diff(cuts)).tolist():
        pattern = positions[cuts[agent] : cuts[agent + 1]]
        key = (agent, pattern.tobytes())
        if key not in programme.known:
            programme.known.add(key)
            _add_pattern(programme, agent, pattern)
            new += 1
    return new


def _add_pattern(programme: Programme, agent: int, pattern: Ints) -> None:
    stage, columns = programme.stage, programme.stage.columns
    load = columns.end_start[agent] + columns.size[pattern].sum()
    cost = (stage.cost[pattern].sum() + columns.end_cost[load]) / stage.scale
    rows = [programme.agents[agent], *(programme.rows[job] for job in columns.job[pattern].tolist())]
    glop.add(programme.glop, float(cost), [(row, 1.0) for row in rows])


def _prices_of(programme: Programme) -> Ints:
    """Return the programme's prices of jobs, scaled and cut to whole numbers."""
    prices = np.array([row.dual_value() for row in programme.rows]) * programme.stage.scale
    whole: Ints = np.minimum(np.maximum(prices, 0.0).astype(np.int64), programme.stage.ceiling)
    return whole
