"""A linear relaxation that knows how minutes add up: it suggests the prices of the jobs.

Each agent's week is a path over filling levels (arc-flow formulation; Valerio de Carvalho 1999): from
empty, each job of so many minutes is a step up, ordinary ones first; the path ends at a level with that
level's load cost. So the rests that no job fills cost something, which a plain capacity row cannot see.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from solver.core.bounds import SCALE, arcs_by_agent
from solver.core.goal import Goal
from solver.core.greedy import thresholds_of
from solver.core.model import Ints, Model
from solver.limits import Budget

MOST_STEPS_PER_AGENT = 4_000
EFFORT_PER_ITERATION = 1e-4


@dataclass(slots=True)
class _Rows:
    """A linear model that grows: columns with costs, rows with limits, and their entries."""

    costs: list[float]
    low: list[float]
    high: list[float]
    rows: list[Ints]
    columns: list[Ints]
    values: list[NDArray[np.float64]]

    def add_rows(self, count: int, low: float, high: float) -> int:
        """Add rows with the same limits; return the first."""
        self.low.extend([low] * count)
        self.high.extend([high] * count)
        return len(self.low) - count

    def add_columns(self, costs: NDArray[np.float64]) -> Ints:
        """Add columns from 0 up; return their numbers."""
        first = len(self.costs)
        self.costs.extend(costs.tolist())
        return np.arange(first, first + len(costs), dtype=np.int64)

    def fill(self, rows: Ints | int, columns: Ints, values: Ints | NDArray[np.float64] | float) -> None:
        """Add entries."""
        self.columns.append(columns)
        self.rows.append(np.broadcast_to(np.asarray(rows, dtype=np.int64), columns.shape))
        self.values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), columns.shape))


def prices_of(model: Model, goal: Goal, budget: Budget) -> Ints | None:
    """Return prices of the jobs in thousandths, shape (jobs,), for `bounds.bound_of`; None when stopped.

    Caps are left out: they belong into the goal's weights.
    """
    grown = _Rows([], [], [], [], [], [])
    arcs = grown.add_columns(model.cost * float(goal.points))
    waits = grown.add_columns(goal.waits.astype(np.float64))
    grown.add_rows(model.jobs, 1.0, 1.0)
    grown.fill(model.job, arcs, 1.0)
    grown.fill(np.arange(model.jobs), waits, 1.0)
    thresholds, steps = thresholds_of(model)
    for agent, own in enumerate(arcs_by_agent(model)):
        if len(own):
            _add_agent(grown, model, agent, own, load=(thresholds[agent], steps[agent] * goal.points))
    return _solved(grown, model.jobs, budget)


def _add_agent(grown: _Rows, model: Model, agent: int, own: Ints, *, load: tuple[Ints, Ints]) -> None:
    """Add an agent's paths, and the rows that its paths do not hold: pace, and jobs ordinary in part."""
    free, ordinary_free = int(model.free[agent]), int(model.ordinary_free[agent])
    sizes, ordinary = model.effort[own], model.ordinary_effort[own]
    count = model.count[model.job[own]]
    if count.sum() > model.pace[agent]:
        grown.fill(grown.add_rows(1, -np.inf, float(model.pace[agent])), own, count)
    if ((ordinary > 0) & (ordinary < sizes)).any():
        grown.fill(grown.add_rows(1, -np.inf, float(ordinary_free)), own, ordinary)
    whole = ordinary == sizes
    kinds, kind = np.unique(sizes * 2 + ~whole, return_inverse=True)
    jobs = [(int(k) // 2, int(k) % 2 == 0) for k in kinds]
    low = _levels(np.array([0]), [size for size, first in jobs if first], min(free, ordinary_free))
    high = _levels(low, [size for size, first in jobs if not first], free)
    if (len(low) + len(high)) * len(jobs) > MOST_STEPS_PER_AGENT:
        _add_plain_room(grown, model, agent, own, load=load)
        return
    nodes = grown.add_rows(len(low) + len(high), 0.0, 0.0)
    grown.low[nodes] = grown.high[nodes] = -1.0
    of_kind = grown.add_rows(len(jobs), 0.0, 0.0)
    grown.fill(of_kind + kind, own, -1.0)
    for number, (size, first) in enumerate(jobs):
        levels, base = (low, nodes) if first else (high, nodes + len(low))
        _add_steps(grown, levels, size, base=base, kind_row=of_kind + number)
    across = grown.add_columns(np.zeros(len(low)))
    grown.fill(nodes + np.arange(len(low)), across, -1.0)
    grown.fill(nodes + len(low) + np.searchsorted(high, low), across, 1.0)
    ends = grown.add_columns((np.maximum(high[:, None] - load[0], 0) * load[1]).sum(axis=1).astype(np.float64))
    grown.fill(nodes + len(low) + np.arange(len(high)), ends, -1.0)


def _levels(start: Ints, sizes: list[int], most: int) -> Ints:
    """Return every level that sums of the sizes reach from the start levels, up to the most."""
    reached = np.zeros(most + 1, dtype=np.bool_)
    reached[start] = True
    for level in range(most + 1):
        if reached[level]:
            for size in sizes:
                if level + size <= most:
                    reached[level + size] = True
    return np.flatnonzero(reached).astype(np.int64)


def _add_steps(grown: _Rows, levels: Ints, size: int, *, base: int, kind_row: int) -> None:
    """Add a step of this size from each level to the level above it that exists."""
    above = np.searchsorted(levels, levels + size)
    exists = above < len(levels)
    exists[exists] = levels[above[exists]] == (levels + size)[exists]
    steps = grown.add_columns(np.zeros(int(exists.sum())))
    grown.fill(base + np.flatnonzero(exists), steps, -1.0)
    grown.fill(base + above[exists], steps, 1.0)
    grown.fill(kind_row, steps, 1.0)


def _add_plain_room(grown: _Rows, model: Model, agent: int, own: Ints, *, load: tuple[Ints, Ints]) -> None:
    """Add plain capacity rows, where an agent has too many levels for paths."""
    grown.fill(grown.add_rows(1, -np.inf, float(model.free[agent])), own, model.effort[own])
    grown.fill(grown.add_rows(1, -np.inf, float(model.ordinary_free[agent])), own, model.ordinary_effort[own])
    for threshold, slope in zip(*load, strict=True):
        if slope > 0:
            row = grown.add_rows(1, -np.inf, float(threshold))
            grown.fill(row, own, model.effort[own])
            grown.fill(row, grown.add_columns(np.array([float(slope)])), -1.0)


def _solved(grown: _Rows, jobs: int, budget: Budget) -> Ints | None:
    """Return the duals of the first rows in thousandths; None when the clock stopped it."""
    seconds = budget.seconds_left()
    limit = None if seconds is None else timedelta(seconds=seconds)
    answer = mathopt.solve(
        mathopt.Model.from_model_proto(_proto(grown)),
        mathopt.SolverType.GLOP,
        params=mathopt.SolveParameters(time_limit=limit, random_seed=budget.seed),
    )
    budget.spend("relaxation", answer.solve_stats.simplex_iterations * EFFORT_PER_ITERATION)
    if not answer.has_dual_feasible_solution():
        budget.out_of_time()
        return None
    duals = np.fromiter(answer.dual_values().values(), dtype=np.float64, count=len(grown.low))
    return np.rint(duals[:jobs] * SCALE).astype(np.int64)


def _proto(grown: _Rows) -> model_pb2.ModelProto:
    rows, columns, values = (np.concatenate(part) for part in (grown.rows, grown.columns, grown.values))
    order = np.lexsort((columns, rows))
    proto = model_pb2.ModelProto()
    columns_count, costs = len(grown.costs), np.array(grown.costs)
    proto.variables.ids.extend(range(columns_count))
    proto.variables.lower_bounds.extend([0.0] * columns_count)
    proto.variables.upper_bounds.extend([np.inf] * columns_count)
    proto.variables.integers.extend([False] * columns_count)
    some = np.flatnonzero(costs)
    proto.objective.linear_coefficients.ids.extend(some.tolist())
    proto.objective.linear_coefficients.values.extend(costs[some].tolist())
    proto.linear_constraints.ids.extend(range(len(grown.low)))
    proto.linear_constraints.lower_bounds.extend(grown.low)
    proto.linear_constraints.upper_bounds.extend(grown.high)
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(rows[order].tolist())
    matrix.column_ids.extend(columns[order].tolist())
    matrix.coefficients.extend(values[order].tolist())
    return proto
