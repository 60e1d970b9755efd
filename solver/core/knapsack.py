"""What one agent would best take at given prices of the jobs: a knapsack, by dynamic programming.

An agent's part of a choice is a pattern: a set of its arcs that fits within its room. At prices of the
jobs, an arc is worth its job's price less its own cost; the best pattern and its worth come from a table
over items and loads (Bellman; Martello and Toth 1990, chapter 2). Loads are counted in units of the
greatest common divisor of all efforts, so that a city's tables have a few dozen columns. Three rules hold
exactly: ordinary items come first and may fill only the ordinary room; all items together fill the room;
and, where the pace could bind, a second index counts new requests. A job that is ordinary in part counts
as not ordinary here: a relaxation, so that bounds stay bounds.

All numbers are int64, so that bounds are exact. A table has shape (items + 1, states); the state of s units
and c new requests is c * (room + 1) + s.
"""

from typing import Final, NamedTuple

import numpy as np

from solver.core.compiled import compiled
from solver.core.model import Bools, Ints, Model, load_costs

NEVER: Final = 2**62
"""More than anything can cost."""
MOST_COUNTED: Final = 1_000
"""The new requests of agents who may take more than this are not counted: a relaxation."""


class Columns(NamedTuple):
    """The arcs of a model by agent, ordinary ones first, with what their knapsacks need.

    Attributes
    ----------
    unit
        Minutes in a unit of load: the greatest common divisor of all efforts.
    start, arc
        Compressed rows: agent a has the arcs arc[start[a]:start[a + 1]].
    job, size, limit, tick
        Shape (arcs,), in the order of `arc`: its job; its units; the most units that may be there once it
        is added; the new requests that it counts, 0 where the pace can't bind.
    room, layers
        Shape (agents,): units; 1 + new requests to count, or 1.
    end_start, end_cost
        Compressed rows: the convex cost of each load from 0 to room[a] units.
    """

    unit: int
    start: Ints
    arc: Ints
    job: Ints
    size: Ints
    limit: Ints
    tick: Ints
    room: Ints
    layers: Ints
    end_start: Ints
    end_cost: Ints

    @property
    def work(self) -> int:
        """Return how many table entries one look at all agents fills."""
        items = np.diff(self.start).astype(np.float64)
        return int((items * (self.room + 1) * self.layers).sum())

    @property
    def most_items(self) -> int:
        """Return the largest number of arcs of an agent."""
        return int(np.diff(self.start).max(initial=0))

    @property
    def most_states(self) -> int:
        """Return the largest number of states of an agent."""
        return int(((self.room + 1) * self.layers).max(initial=1))


def columns_of(model: Model, counted: Bools | None = None) -> Columns:
    """Return a model's arcs by agent; efforts must be above 0, and each arc must fit by itself.

    Parameters
    ----------
    counted
        Shape (agents,): whose new requests are counted; nobody's when left out, which is a relaxation.
    """
    unit = unit_of(model)
    whole = model.ordinary_effort == model.effort
    arc = np.lexsort((~whole, model.agent)).astype(np.int64)
    agent, job = model.agent[arc], model.job[arc]
    start = np.zeros(model.agents + 1, np.int64)
    np.cumsum(np.bincount(agent, minlength=model.agents), out=start[1:])
    room = model.free // unit
    ordinary_room = np.minimum(model.ordinary_free // unit, room)
    layers = np.ones(model.agents, np.int64)
    if counted is not None:
        some = counted & (model.pace <= MOST_COUNTED)
        layers[some] += model.pace[some]
    end_start = np.concatenate(([0], np.cumsum(room + 1))).astype(np.int64)
    return Columns(
        unit=unit,
        start=start,
        arc=arc,
        job=job,
        size=model.effort[arc] // unit,
        limit=np.where(whole[arc], ordinary_room[agent], room[agent]),
        tick=np.where(layers[agent] > 1, model.count[job], 0),
        room=room,
        layers=layers,
        end_start=end_start,
        end_cost=_end_costs(model, end_start, unit),
    )


def unit_of(model: Model) -> int:
    """Return the greatest common divisor of all efforts in minutes; 1 without any."""
    return max(1, int(np.gcd(np.gcd.reduce(model.effort), np.gcd.reduce(model.ordinary_effort))))


def _end_costs(model: Model, end_start: Ints, unit: int) -> Ints:
    """Return the convex cost of every load of every agent, in compressed rows."""
    agent = np.repeat(np.arange(model.agents), np.diff(end_start))
    minutes = (np.arange(int(end_start[-1])) - end_start[agent]) * unit
    return load_costs(model, agent, minutes)


@compiled
def fill(table: Ints, columns: Columns, agent: int, items: Ints, price: Ints) -> int:
    """Fill an agent's table from its last item back, and return what its best pattern costs.

    Parameters
    ----------
    table
        Result, shape (items + 1, states) or larger: the least cost from this item and state on.
    items
        Positions in the columns, ordinary ones first.
    price
        Shape (items,) or longer: cost less price of the job; negative when it is worth taking.
    """
    width, layers, count = columns.room[agent] + 1, columns.layers[agent], len(items)
    first = columns.end_start[agent]
    for c in range(layers):
        for s in range(width):
            table[count, c * width + s] = columns.end_cost[first + s]
    for k in range(count - 1, -1, -1):
        i = items[k]
        step, most, tick, paid = columns.size[i], columns.limit[i], columns.tick[i], price[k]
        shift = tick * width + step
        for c in range(layers):
            base = c * width
            last = most - step if c + tick < layers else -1
            for s in range(width):
                best = table[k + 1, base + s]
                if s <= last:
                    best = min(best, table[k + 1, base + s + shift] + paid)
                table[k, base + s] = best
    least: int = table[0, 0]
    return least


@compiled
def trace(table: Ints, columns: Columns, agent: int, items: Ints, taken: Bools) -> None:
    """Mark in `taken`, by position, the best pattern of a filled table; of equals the one with fewer items."""
    width, state = columns.room[agent] + 1, 0
    for k in range(len(items)):
        i = items[k]
        taken[i] = table[k, state] < table[k + 1, state]
        if taken[i]:
            state += columns.tick[i] * width + columns.size[i]


@compiled
def best_patterns(
    columns: Columns, cost: Ints, alive: Bools, prices: Ints, values: Ints, taken: Bools, table: Ints
) -> None:
    """Write every agent's least cost in `values` and its best pattern in `taken`, both at these prices.

    `cost`, `alive` and `taken` are in the order of the columns, shape (arcs,). Arcs that would add to the
    cost are left out beforehand: loads cost nothing less when they grow.
    """
    items, price = np.empty(table.shape[0], np.int64), np.empty(table.shape[0], np.int64)
    for a in range(len(columns.room)):
        count = 0
        for i in range(columns.start[a], columns.start[a + 1]):
            taken[i] = False
            paid = cost[i] - prices[columns.job[i]]
            if alive[i] and paid < 0:
                items[count], price[count] = i, paid
                count += 1
        values[a] = fill(table, columns, a, items[:count], price)
        trace(table, columns, a, items[:count], taken)


@compiled
def regrets(
    columns: Columns, cost: Ints, alive: Bools, prices: Ints, values: Ints, regret: Ints, table: Ints, forth: Ints
) -> None:
    """Write what it costs each agent more when it must take an arc: `regret`, shape (arcs,).

    The least cost of a pattern with the arc less that of any pattern (`values`), from a table forth and a
    table back (Posta, Ferland and Michelon 2012, section 3.2). Arcs that are not alive get `NEVER`.
    """
    items, price = np.empty(table.shape[0], np.int64), np.empty(table.shape[0], np.int64)
    for a in range(len(columns.room)):
        count = 0
        for i in range(columns.start[a], columns.start[a + 1]):
            regret[i] = NEVER
            if alive[i]:
                items[count], price[count] = i, cost[i] - prices[columns.job[i]]
                count += 1
        values[a] = fill(table, columns, a, items[:count], price)
        width, layers = columns.room[a] + 1, columns.layers[a]
        forth[: width * layers] = NEVER
        forth[0] = 0
        for k in range(count):
            i = items[k]
            step, tick, most = columns.size[i], columns.tick[i], columns.limit[i]
            shift, least = tick * width + step, NEVER
            for c in range(layers - 1 - tick, -1, -1):
                for s in range(most - step, -1, -1):
                    state = c * width + s
                    if forth[state] < NEVER:
                        here = forth[state] + price[k]
                        least = min(least, here + table[k + 1, state + shift])
                        forth[state + shift] = min(forth[state + shift], here)
            if least < NEVER:
                regret[i] = least - values[a]
