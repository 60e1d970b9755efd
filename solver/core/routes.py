"""Which route solves a model: a readable rule, by what was measured."""

from typing import Final

import numpy as np

from solver.core import components, flow, general, unpriced
from solver.core.answer import Answer
from solver.core.components import Component
from solver.core.knapsack import unit_of
from solver.core.model import WAITS, Ints, Model
from solver.limits import Budget, Limits, Progress, Report
from solver.limits import start as start_budget

MOST_UNITS: Final = 50_000_000
"""Loads in more units than this would need too much memory."""


def solve(model: Model, budget: Budget, start: Ints | None = None) -> Answer:
    """Return the best choice within the budget, with bounds; each better one is told to the budget.

    Parts that share no agent are solved one after another, the largest first, each with its share of what
    is left.

    Parameters
    ----------
    start
        A choice that fits, shape (jobs,), to begin from.
    """
    parts = components.components(model)
    if len(parts) <= 1:
        return solve_part(model, budget, start)
    answers = [unpriced.answer(part.model) for part in parts]
    for number, part in enumerate(parts):
        left = sum(other.model.arcs for other in parts[number:])
        own = budget.part((part.model.arcs + 1) / (left + 1))
        own.report = _reporting(model, parts, answers, number, budget)
        given = None if start is None else _inside(part, start, model.arcs)
        answers[number] = solve_part(part.model, own, given)
    return components.merged(model, list(zip(parts, answers, strict=True)))


def solve_part(model: Model, budget: Budget, start: Ints | None = None) -> Answer:
    """Return the best choice for a model whose jobs belong together.

    Equal efforts are a minimum-cost flow, whatever the size. Efforts of 0, which no room limits, and
    room of too many units for tables are for the exact route. All else takes the general route.
    """
    if flow.suits(model):
        answer = flow.solve(model)
        budget.tell(answer.route, answer.choice, costs=answer.costs, bounds=answer.bounds)
        return answer
    if int(model.effort.min()) == 0 or _units(model) > MOST_UNITS:
        return unpriced.solve(model, budget)
    return general.solve(model, budget, start)


def _units(model: Model) -> float:
    """Return in how many units of load all room that could be filled is counted."""
    asked = np.bincount(model.agent, weights=model.effort, minlength=model.agents)
    return float(np.minimum(asked, model.free).sum() / unit_of(model))


def solve_apart(part: Component, limits: Limits) -> Answer:
    """Return the answer for one part of a model: for who solves parts side by side.

    Plain data in and out, so that it can be sent to another process, or be a job in a queue of several
    machines; `components.merged` then puts the answers together.
    """
    return solve_part(part.model, start_budget(limits))


def _reporting(
    model: Model, parts: list[Component], answers: list[Answer], number: int, budget: Budget
) -> Report | None:
    """Return what tells the whole budget of a better part."""

    def told(progress: Progress) -> None:
        now = list(answers)
        now[number] = Answer(choice=progress.choice, costs=progress.costs, bounds=progress.bounds, route="")
        whole = components.merged(model, list(zip(parts, now, strict=True)))
        budget.tell(progress.step, whole.choice, costs=whole.costs, bounds=whole.bounds)

    return told if budget.report is not None else None


def _inside(part: Component, start: Ints, arcs: int) -> Ints:
    """Return a choice of the whole model as one of a part."""
    position = np.full(arcs, WAITS, np.int64)
    position[part.arcs] = np.arange(len(part.arcs))
    own = start[part.jobs]
    return np.where(own == WAITS, WAITS, position[own])
