"""Room that can never be filled, taken away: it blurs every bound.

Where all efforts are multiples of 30 minutes, 437 free minutes are worth 420; and where somebody's own arcs
take 60 or 150 minutes each, 200 are worth 150.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from solver.core.compiled import compiled
from solver.core.model import Ints, Model, keep_arcs, possible_arcs

MOST_UNITS: Final = 20_000
"""Agents with more units of room than this keep all of it: nothing could be gained."""


def tightened(model: Model, unit: int) -> tuple[Model, Ints]:
    """Return the model with room cut to what efforts can add up to, and only the arcs that fit by themselves.

    Choices and costs stay the same.

    Parameters
    ----------
    unit
        A divisor of all efforts, in minutes.

    Returns
    -------
    The model, and the number of each of its arcs in the one given, shape (arcs left,).
    """
    kept = possible_arcs(model)
    order = np.argsort(model.agent[kept], kind="stable")
    start = np.zeros(model.agents + 1, np.int64)
    np.cumsum(np.bincount(model.agent[kept], minlength=model.agents), out=start[1:])
    free = _reached(start, model.effort[kept][order] // unit, model.free // unit) * unit
    ordinary = _reached(start, model.ordinary_effort[kept][order] // unit, model.ordinary_free // unit) * unit
    tight = replace(keep_arcs(model, kept), free=free, ordinary_free=np.minimum(ordinary, free))
    return tight, np.flatnonzero(kept).astype(np.int64)


@compiled
def _reached(start: Ints, size: Ints, room: Ints) -> Ints:
    """Return the largest sum of each agent's sizes that fits in its room, shape (agents,)."""
    reached = np.zeros(len(room), np.int64)
    for agent in range(len(room)):
        total = 0
        for i in range(start[agent], start[agent + 1]):
            total += size[i]
        most = min(room[agent], total)
        if total <= room[agent] or most > MOST_UNITS:
            reached[agent] = most
            continue
        possible = np.zeros(most + 1, np.bool_)
        possible[0] = True
        for i in range(start[agent], start[agent + 1]):
            if size[i] > 0 and not possible[most]:
                for s in range(most, size[i] - 1, -1):
                    possible[s] |= possible[s - size[i]]
        while not possible[most]:
            most -= 1
        reached[agent] = most
    return reached
