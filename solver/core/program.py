"""A model as a linear program in the arrays that MathOpt takes: built whole, not term by term.

Variables: one per arc, one per job for its waiting, one per step of an agent's convex cost (the minutes above
a threshold). Rows: every job once; minutes, ordinary minutes and pace of each agent whose arcs could pass
them; the minutes above each threshold; what the tiers before may cost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from solver.core.greedy import thresholds_of
from solver.core.model import Ints, Model
from solver.core.stage import POINTS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a program: entries as row, column and value, and each row's largest sum (the least is open)."""

    row: Ints
    column: Ints
    value: Floats
    most: Floats


def program_of(
    model: Model, tier: int, caps: tuple[int, ...], *, whole: bool, weights: tuple[float, float] = (0.0, 0.0)
) -> mathopt.Model:
    """Return the program that minimises a tier while those before cost at most `caps`.

    Variables 0 to arcs - 1 are the arcs, and the next ones the waiting of each job; the first rows are the
    jobs, and the last the tiers before that are not kept by bounds alone.

    Parameters
    ----------
    tier
        0, 1 or 2.
    caps
        The most that each tier before it may cost.
    whole
        Whether arcs are taken whole; otherwise this is the relaxation.
    weights
        In the tier of points: what a unit of each waiting tier counts beside them.
    """
    places = _places(model)
    load, step, room = _load_rows(model, model.arcs + model.jobs)
    rows = joined([places, *_agent_rows(model), load, *_cap_rows(model, caps)])
    size = model.arcs + model.jobs + len(step)
    costs = np.zeros(size)
    if tier < POINTS:
        costs[model.arcs : model.arcs + model.jobs] = model.waiting[tier]
    else:
        costs[: model.arcs], costs[model.arcs + model.jobs :] = model.cost, step
        costs[model.arcs : model.arcs + model.jobs] = np.array(weights) @ model.waiting
    most = np.ones(size)
    most[model.arcs + model.jobs :] = room
    for before, cap in enumerate(caps):
        if cap == 0:
            most[model.arcs + np.flatnonzero(model.waiting[before])] = 0.0
    least = np.full(len(rows.most), -np.inf)
    least[: model.jobs] = 1.0
    return built(rows, least, most, costs, whole=np.arange(size) < (model.arcs + model.jobs) * whole)


def _places(model: Model) -> Rows:
    """Return the rows of the jobs: each goes along one of its arcs, or waits."""
    jobs, columns = np.arange(model.jobs), np.arange(model.arcs + model.jobs)
    return Rows(np.concatenate((model.job, jobs)), columns, np.ones(len(columns)), np.ones(model.jobs))


def _agent_rows(model: Model) -> list[Rows]:
    """Return the rows that keep agents within minutes, ordinary minutes and pace, where they could pass them."""
    return [
        _numbered(model, amount, rowed, limit)
        for (amount, limit), rowed in zip(_amounts(model), rowed_agents(model), strict=True)
    ]


def rowed_agents(model: Model) -> list[NDArray[np.bool_]]:
    """Return who has a row of minutes, of ordinary minutes, of pace: who could pass them; shape (agents,) each."""
    return [
        np.bincount(model.agent, weights=amount, minlength=model.agents) > limit
        for amount, limit in _amounts(model)
    ]


def _amounts(model: Model) -> list[tuple[Ints, Ints]]:
    """Return what arcs take of minutes, ordinary minutes and new requests, and how much there is of each."""
    counts = model.count[model.job]
    return [(model.effort, model.free), (model.ordinary_effort, model.ordinary_free), (counts, model.pace)]


def _numbered(model: Model, amount: Ints, rowed: NDArray[np.bool_], limit: Ints) -> Rows:
    """Return a row for each agent that has one: the sum of an amount over its arcs."""
    number = np.cumsum(rowed) - 1
    arcs = np.flatnonzero(rowed[model.agent] & (amount > 0))
    return Rows(number[model.agent[arcs]], arcs, amount[arcs].astype(np.float64), limit[rowed].astype(np.float64))


def _load_rows(model: Model, first: int) -> tuple[Rows, Floats, Floats]:
    """Return the rows of the minutes above thresholds, what a minute above each costs, and the most of each.

    Parameters
    ----------
    first
        The number of the first variable of minutes above a threshold.
    """
    thresholds, steps = thresholds_of(model)
    most = np.minimum(model.free, np.bincount(model.agent, weights=model.effort, minlength=model.agents))
    parts: list[Rows] = []
    step: list[Floats] = []
    room: list[Floats] = []
    for piece in range(thresholds.shape[1]):
        threshold = thresholds[:, piece]
        rowed = (steps[:, piece] > 0) & (most > threshold)
        loads = _numbered(model, model.effort, rowed, threshold)
        count = len(loads.most)
        above = first + sum(len(before) for before in step) + np.arange(count)
        parts.append(
            Rows(
                np.concatenate((loads.row, np.arange(count))),
                np.concatenate((loads.column, above)),
                np.concatenate((loads.value, np.full(count, -1.0))),
                loads.most,
            )
        )
        step.append(steps[rowed, piece].astype(np.float64))
        room.append((most - threshold)[rowed].astype(np.float64))
    return joined(parts), np.concatenate(step), np.concatenate(room)


def _cap_rows(model: Model, caps: tuple[int, ...]) -> list[Rows]:
    """Return a row for each tier before that may cost something."""
    rows = []
    for before, cap in enumerate(caps):
        jobs = np.flatnonzero(model.waiting[before])
        if cap > 0 and len(jobs):
            weights = model.waiting[before][jobs].astype(np.float64)
            rows.append(Rows(np.zeros(len(jobs), np.int64), model.arcs + jobs, weights, np.array([float(cap)])))
    return rows


def joined(parts: list[Rows]) -> Rows:
    """Return rows below each other."""
    first = np.cumsum([0, *(len(part.most) for part in parts)])
    row = [part.row + start for part, start in zip(parts, first[:-1], strict=True)]
    return Rows(
        np.concatenate(row),
        np.concatenate([part.column for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.most for part in parts]),
    )


def built(rows: Rows, least: Floats, most: Floats, costs: Floats, *, whole: NDArray[np.bool_]) -> mathopt.Model:
    """Return a program: variables from 0 up to `most`, rows between `least` and their own most."""
    order = np.lexsort((rows.column, rows.row))
    priced = np.flatnonzero(costs)
    program = model_pb2.ModelProto()
    program.variables.ids.extend(range(len(most)))
    program.variables.lower_bounds.extend(np.zeros(len(most)))
    program.variables.upper_bounds.extend(most)
    program.variables.integers.extend(whole)
    program.linear_constraints.ids.extend(range(len(least)))
    program.linear_constraints.lower_bounds.extend(least)
    program.linear_constraints.upper_bounds.extend(rows.most)
    program.linear_constraint_matrix.row_ids.extend(rows.row[order])
    program.linear_constraint_matrix.column_ids.extend(rows.column[order])
    program.linear_constraint_matrix.coefficients.extend(rows.value[order])
    program.objective.linear_coefficients.ids.extend(priced)
    program.objective.linear_coefficients.values.extend(costs[priced])
    return mathopt.Model.from_model_proto(program)
