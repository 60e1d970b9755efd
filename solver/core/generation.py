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
from ortools.linear_solver import pywraplp

from solver.core.knapsack import NEVER, best_patterns
from solver.core.model import WAITS, Bools, Ints
from solver.core.stage import Stage
from solver.limits import Budget

MIXTURE: Final = 0.6
"""How much of the best prices so far the knapsacks look at."""
FAR_TOO_MUCH: Final = 1e7
"""What it costs the programme, in points, that a job waits which must not: until a pattern takes it."""
PIVOTS_PER_EFFORT: Final = 8_000.0


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
    """Prices of jobs, shape (jobs,), scaled, with the bound they prove."""

    prices: Ints
    bound: int


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
        if not _solve(programme, budget):
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
    return Generated(centre, best)


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
    glop: Any = pywraplp.Solver.CreateSolver("GLOP")  # type: ignore[no-untyped-call]
    infinity = glop.infinity()
    goal = glop.Objective()
    goal.SetMinimization()
    rows = [glop.Constraint(1.0, infinity) for _ in stage.wait]
    agents = [glop.Constraint(-infinity, 1.0) for _ in stage.columns.room]
    costs = np.where(stage.wait >= NEVER, FAR_TOO_MUCH, stage.wait / stage.scale)
    for row, cost in zip(rows, costs.tolist(), strict=True):
        waits = glop.NumVar(0.0, infinity, "")
        row.SetCoefficient(waits, 1.0)
        goal.SetCoefficient(waits, cost)
    return Programme(stage, glop, rows, agents)


def _solve(programme: Programme, budget: Budget) -> bool:
    """Solve the programme; return whether it has prices to read.

    It has none when it was interrupted, or when its numbers lie too far apart for floating point.
    """
    glop, seconds = programme.glop, budget.seconds_left()
    if seconds is not None:
        glop.SetTimeLimit(max(1, int(seconds * 1000)))
    with budget.interrupting(glop.InterruptSolve):
        status = glop.Solve(_PARAMETERS)
    budget.spend("columns", 1.0 / PIVOTS_PER_EFFORT * (len(programme.rows) + glop.iterations()))
    return bool(status == glop.OPTIMAL)


def _parameters() -> Any:
    parameters: Any = pywraplp.MPSolverParameters()
    parameters.SetIntegerParam(parameters.PRESOLVE, parameters.PRESOLVE_OFF)
    parameters.SetIntegerParam(parameters.INCREMENTALITY, parameters.INCREMENTALITY_ON)
    return parameters


_PARAMETERS: Final = _parameters()


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
    variable = programme.glop.NumVar(0.0, programme.glop.infinity(), "")
    programme.agents[agent].SetCoefficient(variable, 1.0)
    programme.glop.Objective().SetCoefficient(variable, float(cost))
    for job in columns.job[pattern].tolist():
        programme.rows[job].SetCoefficient(variable, 1.0)


def _prices_of(programme: Programme) -> Ints:
    """Return the programme's prices of jobs, scaled and cut to whole numbers."""
    prices = np.array([row.dual_value() for row in programme.rows]) * programme.stage.scale
    whole: Ints = np.minimum(np.maximum(prices, 0.0).astype(np.int64), programme.stage.ceiling)
    return whole
