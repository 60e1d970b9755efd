"""What the plain rivals share: the answer's shape, an instance as lists, and the steps of its convex costs."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from benchmarks.instances import Instance
from solver.core.model import Ints

Costs: TypeAlias = tuple[int, int, int]
WAITS: Final = -1


class NotForThis(ValueError):
    """The rival cannot solve this kind of instance."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A choice (shape (jobs,): the arc of each job or -1) with the bounds that are claimed, 0 for none."""

    choice: Ints
    bounds: Costs = (0, 0, 0)


Tell: TypeAlias = Callable[[Solution], None]


@dataclass(frozen=True, slots=True)
class Lists:
    """An instance as plain lists: what somebody who models by loops begins with.

    Attributes
    ----------
    arcs_of_job, arcs_of_agent
        The arcs of each job and agent.
    """

    must_place: bool
    arcs_of_job: Sequence[Sequence[int]]
    arcs_of_agent: Sequence[Sequence[int]]
    job: list[int]
    agent: list[int]
    cost: list[int]
    effort: list[int]
    ordinary_effort: list[int]
    count: list[int]
    overdue: list[int]
    other: list[int]
    free: list[int]
    ordinary_free: list[int]
    pace: list[int]
    steps: list[list[tuple[int, int]]]


def lists_of(instance: Instance) -> Lists:
    """Return an instance as plain lists."""
    model = instance.model
    starts, agents = model.row_start.tolist(), model.agent.tolist()
    arcs_of_agent: list[list[int]] = [[] for _ in range(model.agents)]
    for arc, agent in enumerate(agents):
        arcs_of_agent[agent].append(arc)
    return Lists(
        must_place=instance.must_place,
        arcs_of_job=[range(first, last) for first, last in itertools.pairwise(starts)],
        arcs_of_agent=arcs_of_agent,
        job=model.job.tolist(),
        agent=agents,
        cost=model.cost.tolist(),
        effort=model.effort.tolist(),
        ordinary_effort=model.ordinary_effort.tolist(),
        count=model.count.tolist(),
        overdue=model.waiting[0].tolist(),
        other=model.waiting[1].tolist(),
        free=model.free.tolist(),
        ordinary_free=model.ordinary_free.tolist(),
        pace=model.pace.tolist(),
        steps=[_steps(instance, agent) for agent in range(model.agents)],
    )


def _steps(instance: Instance, agent: int) -> list[tuple[int, int]]:
    """Return an agent's convex cost as (threshold, step): the sum of step x the minutes above threshold."""
    model, steps, at, before = instance.model, [], 0, 0
    for piece in range(int(model.piece_start[agent]), int(model.piece_start[agent + 1])):
        slope = int(model.piece_slope[piece])
        if slope > before:
            steps.append((at, slope - before))
            before = slope
        at += int(model.piece_width[piece])
    return steps


def load_cost(steps: list[tuple[int, int]], minutes: int) -> int:
    """Return the points of so many added minutes."""
    return sum(step * max(0, minutes - threshold) for threshold, step in steps)


def most_points(lists: Lists) -> int:
    """Return a sum that the points of no choice can pass."""
    dearest = sum(max((lists.cost[arc] for arc in arcs), default=0) for arcs in lists.arcs_of_job)
    return dearest + sum(load_cost(steps, free) for steps, free in zip(lists.steps, lists.free, strict=True))


def choice_of(lists: Lists, chosen: list[int]) -> Ints:
    """Return the choice that takes these arcs."""
    choice = np.full(len(lists.arcs_of_job), WAITS, np.int64)
    for arc in chosen:
        choice[lists.job[arc]] = arc
    return choice


def costs_of(lists: Lists, choice: Ints) -> Costs:
    """Return the cost of each tier of a choice that fits."""
    waits = [job for job, arc in enumerate(choice.tolist()) if arc == WAITS]
    taken = [arc for arc in choice.tolist() if arc != WAITS]
    load = [0] * len(lists.free)
    for arc in taken:
        load[lists.agent[arc]] += lists.effort[arc]
    points = sum(lists.cost[arc] for arc in taken)
    points += sum(load_cost(steps, minutes) for steps, minutes in zip(lists.steps, load, strict=True))
    return sum(lists.overdue[job] for job in waits), sum(lists.other[job] for job in waits), points
