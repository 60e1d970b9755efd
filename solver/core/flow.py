"""The route for equal efforts: a minimum-cost flow, proven optimal in milliseconds.

When every arc takes the same minutes, an agent's room is a number of jobs: so many in all, and so many
ordinary ones among them. Which jobs can be placed together then forms a matroid, so the strict tiers need
no large numbers: only the order of the waiting weights matters, and a rank stands in for each weight.
"""

from typing import Any

import numpy as np
from ortools.graph.python import min_cost_flow

from solver.core.answer import Answer
from solver.core.model import WAITS, Ints, Model, tier_costs


def suits(model: Model) -> bool:
    """Return whether all efforts are equal, wholly ordinary or not at all, and each job counts once."""
    if model.arcs == 0:
        return True
    ordinary = model.ordinary_effort > 0
    mixed = np.bincount(model.job[ordinary], minlength=model.jobs)
    whole = (mixed == 0) | (mixed == np.diff(model.row_start))
    return bool(
        (model.effort == model.effort[0]).all()
        and (model.ordinary_effort[ordinary] == model.effort[0]).all()
        and whole.all()
        and (model.count == 1).all()
        and (model.effort[0] > 0)
    )


def solve(model: Model) -> Answer:
    """Return the best choice for a model that `suits`; all bounds equal the costs.

    Nodes: jobs, agents for ordinary work, agents, one sink. Arcs: job to agent; ordinary agent to agent,
    as many as fit below target; agent to sink, one arc per place with the rising price of its minutes;
    job to sink when it waits. Source: design of the tiers, solver page, section 1; the flow itself is
    the cost-scaling push-relabel of OR-Tools (Goldberg).
    """
    choice = np.full(model.jobs, WAITS, dtype=np.int64)
    if model.arcs:
        choice = _chosen(model)
    costs = tier_costs(model, choice)
    return Answer(choice=choice, costs=costs, bounds=costs, route="equal-efforts")


def _chosen(model: Model) -> Ints:
    jobs, agents, job = model.jobs, model.agents, model.job
    effort = int(model.effort[0])
    at_ordinary, at_agent, sink = jobs, jobs + agents, jobs + 2 * agents
    is_ordinary = model.ordinary_effort > 0
    places = np.minimum(model.free // effort, model.pace)
    place_agent, place_cost = _places(model, places, effort)
    waits = _ranked_waiting(model) * (_largest_sum(model, place_cost) + 1)
    flow: Any = min_cost_flow.SimpleMinCostFlow()  # its type stubs know no plain arrays
    ones = np.ones
    to_agent = model.agent + np.where(is_ordinary, at_ordinary, at_agent)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(job, to_agent, ones(model.arcs, np.int64), model.cost)
    everyone = np.arange(agents, dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        everyone + at_ordinary, everyone + at_agent, model.ordinary_free // effort, np.zeros(agents, np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        place_agent + at_agent, np.full(len(place_agent), sink), ones(len(place_agent), np.int64), place_cost
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(jobs, dtype=np.int64), np.full(jobs, sink), ones(jobs, np.int64), waits
    )
    flow.set_nodes_supplies(np.arange(jobs, dtype=np.int64), ones(jobs, np.int64))
    flow.set_node_supply(sink, -jobs)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(
            f"the minimum-cost flow ended with {status.name}; the model is checked, so it must not"
        )
    taken = np.flatnonzero(flow.flows(arcs))
    choice = np.full(jobs, WAITS, dtype=np.int64)
    choice[job[taken]] = taken
    return choice


def _places(model: Model, places: Ints, effort: int) -> tuple[Ints, Ints]:
    """Return the agent and the price of each place; an agent's prices rise from place to place."""
    agents, prices = [], []
    useful = np.minimum(places, np.bincount(model.agent, minlength=model.agents))
    for agent in np.flatnonzero(useful):
        first, last = model.piece_start[agent], model.piece_start[agent + 1]
        edges = np.concatenate(([0], np.cumsum(model.piece_width[first:last])))
        edges[-1] = np.iinfo(np.int64).max // 2
        minutes = np.arange(useful[agent] + 1, dtype=np.int64) * effort
        within = np.clip(minutes[:, None] - edges[None, :-1], 0, np.diff(edges)[None, :])
        prices.append(np.diff((within * model.piece_slope[first:last]).sum(axis=1)))
        agents.append(np.full(useful[agent], agent, dtype=np.int64))
    if not agents:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(agents), np.concatenate(prices)


def _ranked_waiting(model: Model) -> Ints:
    """Return 0, 1, 2 ... in the order of the waiting weights, tier 1 first; equal weights, equal ranks."""
    _, ranks = np.unique(model.waiting.T, axis=0, return_inverse=True)
    some = (model.waiting > 0).any(axis=0)
    ranked: Ints = np.where(some, ranks.reshape(-1) + 1, 0).astype(np.int64)
    return ranked


def _largest_sum(model: Model, place_cost: Ints) -> int:
    """Return a number that the points of no choice can pass."""
    dearest = np.zeros(model.jobs, dtype=np.int64)
    np.maximum.at(dearest, model.job, model.cost)
    return int(dearest.sum()) + int(place_cost.sum())
