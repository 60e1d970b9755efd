"""Parts of a model that share nothing: each can be solved by itself, by another process or machine.

Jobs and agents that arcs connect belong together. Each tier's cost is the sum over the parts, and the parts
don't touch, so the best choice of the whole, tier by tier, is the best of each part. Who calls decides where
they are solved: `concurrent.futures`, or jobs in a queue, with the same three functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from solver.core.answer import Answer, Evidence
from solver.core.compiled import compiled
from solver.core.model import WAITS, Bools, Ints, Model
from solver.limits import Three

TIERS: Final = 3


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a model as a model of its own, and the numbers of its jobs, agents and arcs in the whole."""

    model: Model
    jobs: Ints
    agents: Ints
    arcs: Ints


def components(model: Model) -> list[Component]:
    """Return the parts of a model that share no agent, the largest first; jobs without arcs go with it."""
    if not model.arcs:
        everything = np.ones(model.jobs, np.bool_), np.ones(model.agents, np.bool_)
        return [_component(model, *everything)] if model.jobs else []
    label = _labels(model.row_start, model.agent, model.agents)
    able = np.diff(model.row_start) > 0
    job_label = label[model.agent[np.minimum(model.row_start[:-1], model.arcs - 1)]]
    names, sizes = np.unique(job_label[able], return_counts=True)
    order = names[np.argsort(-sizes, kind="stable")]
    job_label[~able] = order[0]
    return [_component(model, job_label == name, label == name) for name in order]


def merged(model: Model, parts: Sequence[tuple[Component, Answer]]) -> Answer:
    """Return the answer for the whole model, from an answer for each of its parts."""
    choice = np.full(model.jobs, WAITS, np.int64)
    room = np.zeros((TIERS, model.agents))
    costs, bounds = np.zeros(TIERS, np.int64), np.zeros(TIERS, np.int64)
    for part, answer in parts:
        placed = answer.choice != WAITS
        choice[part.jobs[placed]] = part.arcs[answer.choice[placed]]
        costs += np.array(answer.costs)
        bounds += np.array(answer.bounds)
        if answer.room_prices is not None:
            room[:, part.agents] = answer.room_prices
    return Answer(
        choice=choice,
        costs=_three(costs),
        bounds=_three(bounds),
        route="components" if len(parts) > 1 else parts[0][1].route,
        evidence=_merged_evidence(model, parts),
        room_prices=room,
    )


def _three(values: Ints) -> Three:
    return int(values[0]), int(values[1]), int(values[2])


def _merged_evidence(model: Model, parts: Sequence[tuple[Component, Answer]]) -> tuple[Evidence, ...]:
    """Return one set of prices per tier when the parts' can stand beside each other: of one scale and caps."""
    found = []
    for tier in range(TIERS):
        own = [answer.evidence[tier] for _, answer in parts if answer.evidence]
        if len(own) != len(parts) or len({(one.scale, one.caps) for one in own}) > 1:
            return ()
        jobs = np.zeros(model.jobs, np.int64)
        for (part, _), one in zip(parts, own, strict=True):
            jobs[part.jobs] = one.jobs
        found.append(replace(own[0], bound=sum(one.bound for one in own), jobs=jobs))
    return tuple(found)


@compiled
def _labels(row_start: Ints, agent: Ints, agents: int) -> Ints:
    """Return for each agent the smallest agent that it is connected with (union-find with halving)."""
    parent = np.arange(agents)
    for job in range(len(row_start) - 1):
        for arc in range(row_start[job] + 1, row_start[job + 1]):
            a, b = agent[row_start[job]], agent[arc]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            parent[max(a, b)] = min(a, b)
    for a in range(agents):
        parent[a] = parent[parent[a]]
    return parent


def _component(model: Model, in_jobs: Bools, in_agents: Bools) -> Component:
    jobs, agents = np.flatnonzero(in_jobs), np.flatnonzero(in_agents)
    arcs = np.flatnonzero(in_jobs[model.job])
    position = np.cumsum(in_agents) - 1
    starts = np.concatenate(([0], np.cumsum(np.diff(model.row_start)[jobs]))).astype(np.int64)
    pieces = np.flatnonzero(np.repeat(in_agents, np.diff(model.piece_start)))
    piece_start = np.concatenate(([0], np.cumsum(np.diff(model.piece_start)[agents]))).astype(np.int64)
    part = Model(
        row_start=starts,
        agent=position[model.agent[arcs]].astype(np.int64),
        cost=model.cost[arcs],
        effort=model.effort[arcs],
        ordinary_effort=model.ordinary_effort[arcs],
        count=model.count[jobs],
        waiting=model.waiting[:, jobs],
        free=model.free[agents],
        ordinary_free=model.ordinary_free[agents],
        pace=model.pace[agents],
        piece_start=piece_start,
        piece_width=model.piece_width[pieces],
        piece_slope=model.piece_slope[pieces],
    )
    return Component(part, jobs, agents, arcs)
