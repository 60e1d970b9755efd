"""The judge: whether a choice is right and what it costs, in plain Python and apart from the solver.

It shares nothing with the solver but the arrays: a fault in the solver's own counting cannot hide here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from benchmarks.instances import Instance

Costs: TypeAlias = tuple[int, int, int]
WAITS = -1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge found: every rule that a choice breaks, and the cost of each tier."""

    faults: tuple[str, ...]
    costs: Costs


def judge(instance: Instance, choice: Sequence[int]) -> Verdict:
    """Return what is wrong with a choice (the arc of each job, -1 when it waits) and what it costs.

    The costs of a choice that has a fault mean nothing: they are 0.
    """
    faults = _wrong_arcs(instance, choice)
    if faults:
        return Verdict(tuple(faults), (0, 0, 0))
    taken = _taken(instance, choice)
    faults = [fault for agent, used in sorted(taken.items()) for fault in _too_much(instance, agent, used)]
    return Verdict(tuple(faults), (0, 0, 0) if faults else _costs(instance, choice, taken))


@dataclass(slots=True)
class _Used:
    """What one agent takes: minutes, ordinary minutes, new requests."""

    minutes: int = 0
    ordinary: int = 0
    new: int = 0


def _wrong_arcs(instance: Instance, choice: Sequence[int]) -> list[str]:
    """Return the jobs whose arc is not their own; a choice of another length is the only fault told."""
    model = instance.model
    if len(choice) != model.jobs:
        return [f"{len(choice)} choices for {model.jobs} jobs"]
    starts = model.row_start.tolist()
    faults = []
    for job, arc in enumerate(choice):
        if arc != WAITS and not starts[job] <= arc < starts[job + 1]:
            faults.append(f"job {job}: arc {arc} is not one of its own, {starts[job]} to {starts[job + 1] - 1}")
    return faults


def _taken(instance: Instance, choice: Sequence[int]) -> dict[int, _Used]:
    model = instance.model
    taken: dict[int, _Used] = defaultdict(_Used)
    agents, efforts, counts = _lists(model.agent, model.effort, model.count)
    (ordinary,) = _lists(model.ordinary_effort)
    for job, arc in enumerate(choice):
        if arc != WAITS:
            used = taken[agents[arc]]
            used.minutes += efforts[arc]
            used.ordinary += ordinary[arc]
            used.new += counts[job]
    return taken


def _too_much(instance: Instance, agent: int, used: _Used) -> list[str]:
    model = instance.model
    free, ordinary, pace = (int(room[agent]) for room in (model.free, model.ordinary_free, model.pace))
    faults = []
    if used.minutes > free:
        faults.append(f"agent {agent}: {used.minutes} minutes where {free} are free")
    if used.ordinary > max(0, ordinary) and used.ordinary > 0:
        faults.append(f"agent {agent}: {used.ordinary} ordinary minutes where {ordinary} are free")
    if used.new > pace:
        faults.append(f"agent {agent}: {used.new} new requests where {pace} are possible")
    return faults


def _costs(instance: Instance, choice: Sequence[int], taken: dict[int, _Used]) -> Costs:
    model = instance.model
    overdue, other = _lists(*model.waiting)
    (cost,) = _lists(model.cost)
    waits = [job for job, arc in enumerate(choice) if arc == WAITS]
    points = sum(cost[arc] for arc in choice if arc != WAITS)
    points += sum(load_cost(instance, agent, used.minutes) for agent, used in taken.items())
    return sum(overdue[job] for job in waits), sum(other[job] for job in waits), points


def load_cost(instance: Instance, agent: int, minutes: int) -> int:
    """Return the points of so many added minutes, piece by piece; the last piece has no end."""
    model = instance.model
    first, last = int(model.piece_start[agent]), int(model.piece_start[agent + 1])
    total, left = 0, minutes
    for piece in range(first, last):
        here = left if piece == last - 1 else min(left, int(model.piece_width[piece]))
        total += here * int(model.piece_slope[piece])
        left -= here
    return total


def _lists(*arrays: Any) -> list[list[int]]:
    return [array.tolist() for array in arrays]
