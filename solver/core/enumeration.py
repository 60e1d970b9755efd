"""Every pattern of every agent that may be in a better choice: all whose regret is within what is left to gain.

At prices of the jobs, a choice costs at least the bound plus the regrets of its patterns. So a better choice
than the best known has only patterns whose regret is below the gap, and when the prices are good these are
few enough to be written down (Baldacci, Christofides and Mingozzi 2008, who do so for routes of vehicles).
They are found depth-first, along tables that say what the rest of a pattern costs at least.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.core.compiled import compiled
from solver.core.dual import regrets_at
from solver.core.knapsack import Columns, fill
from solver.core.model import Bools, Ints, Model
from solver.core.stage import Stage, alive

ITEMS_EACH: Final = 24
"""Room for so many arcs in a pattern on average."""
HALVINGS: Final = 12


@dataclass(frozen=True, slots=True)
class Patterns:
    """All patterns within some regret.

    Attributes
    ----------
    slack
        The regret, scaled: every choice with another pattern costs more than bound + slack.
    agent, start, arc
        Shape (patterns,), compressed rows: a pattern's agent, and the arcs that it takes, as numbers in the
        model.
    """

    slack: int
    agent: Ints
    start: Ints
    arc: Ints

    @property
    def owner(self) -> Ints:
        """Return the pattern of each arc, shape of `arc`."""
        return np.repeat(np.arange(len(self.agent)), np.diff(self.start))


def widest(stage: Stage, model: Model, prices: Ints, slack: int, most: int) -> Patterns | None:
    """Return the patterns within this regret, or within the largest that has at most so many patterns.

    None when there are too many without any regret.

    Parameters
    ----------
    prices
        Of jobs, shape (jobs,), scaled.
    slack
        The largest regret of interest, scaled, at least 0.
    """
    _, regret = regrets_at(stage, prices, alive(stage))
    found = _within(stage, model, prices, regret, slack, most)
    least, beyond = -1, slack
    for _ in range(HALVINGS):
        if beyond - least <= 1 or (found is not None and least < 0):
            break
        middle = (least + beyond) // 2
        tried = _within(stage, model, prices, regret, middle, most)
        if tried is None:
            beyond = middle
        else:
            found, least = tried, middle
            if len(tried.agent) > 0.8 * most:
                break
    return found


def _within(stage: Stage, model: Model, prices: Ints, regret: Ints, slack: int, most: int) -> Patterns | None:
    """Return all patterns within a regret; None when there are more than so many."""
    columns = stage.columns
    table = np.empty((columns.most_items + 1, columns.most_states), np.int64)
    agent, start = np.empty(most, np.int64), np.zeros(most + 1, np.int64)
    taken = np.empty(most * ITEMS_EACH, np.int64)
    found = _enumerate(
        columns, stage.cost, regret <= slack, np.minimum(prices, stage.ceiling), slack, agent, start, taken, table
    )
    if found < 0:
        return None
    arc = columns.arc[taken[: start[found]]]
    return _that_fit(model, Patterns(slack, agent[:found], start[: found + 1], arc))


def _that_fit(model: Model, patterns: Patterns) -> Patterns:
    """Return the patterns that keep ordinary minutes and pace, which knapsacks count in part only."""
    owner, count = patterns.owner, len(patterns.agent)
    ordinary = np.bincount(owner, weights=model.ordinary_effort[patterns.arc], minlength=count)
    new = np.bincount(owner, weights=model.count[model.job[patterns.arc]], minlength=count)
    fit = (ordinary <= model.ordinary_free[patterns.agent]) & (new <= model.pace[patterns.agent])
    if fit.all():
        return patterns
    lengths = np.diff(patterns.start)[fit]
    start = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return Patterns(patterns.slack, patterns.agent[fit], start, patterns.arc[fit[owner]])


@compiled
def _enumerate(  # noqa: C901 (one loop of machine code)
    columns: Columns,
    cost: Ints,
    useful: Bools,
    prices: Ints,
    slack: int,
    agent: Ints,
    start: Ints,
    taken: Ints,
    table: Ints,
) -> int:
    """Write all patterns within the slack, and return how many; -1 when there is no room for all."""
    items, price = np.empty(table.shape[0], np.int64), np.empty(table.shape[0], np.int64)
    chosen = np.empty(table.shape[0], np.int64)
    found = filled = 0
    for a in range(len(columns.room)):
        count = 0
        for i in range(columns.start[a], columns.start[a + 1]):
            if useful[i]:
                items[count], price[count] = i, cost[i] - prices[columns.job[i]]
                count += 1
        dearest = fill(table, columns, a, items[:count], price) + slack
        width, layers = columns.room[a] + 1, columns.layers[a]
        k = state = paid = held = 0
        while True:
            if k < count:
                i = items[k]
                step, tick = columns.size[i], columns.tick[i]
                room = state % width + step <= columns.limit[i] and state // width + tick < layers
                if room and paid + price[k] + table[k + 1, state + tick * width + step] <= dearest:
                    chosen[held] = k
                    held += 1
                    state += tick * width + step
                    paid += price[k]
                    k += 1
                    continue
                if paid + table[k + 1, state] <= dearest:
                    k += 1
                    continue
            else:
                if found >= len(agent) or filled + held > len(taken):
                    return -1
                agent[found] = a
                for q in range(held):
                    taken[filled + q] = items[chosen[q]]
                filled += held
                found += 1
                start[found] = filled
            on = False
            while held > 0 and not on:  # go back to the last arc taken that can be left out
                held -= 1
                k = chosen[held]
                state -= columns.tick[items[k]] * width + columns.size[items[k]]
                paid -= price[k]
                on = paid + table[k + 1, state] <= dearest
                k += 1
            if not on:
                break
    return found
