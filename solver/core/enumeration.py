"""Patterns of agents one by one: all that may be in a better choice, and those that cost least at given prices.

At prices of the jobs, a choice costs at least the bound plus the regrets of its patterns. So a better choice
than the best known has only patterns whose regret is below the gap, and when the prices are good these are
few enough to be written down (Baldacci, Christofides and Mingozzi 2008, who do so for routes of vehicles).
They are found depth-first, along tables that say what the rest of a pattern costs at least. Prices of cuts add
fees to that; with them, too, the cheapest patterns are found in this way.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.core import dual
from solver.core.compiled import compiled
from solver.core.cuts import Counted, Fees, added, count, fees_of
from solver.core.knapsack import Columns, fill
from solver.core.model import WAITS, Bools, Ints, Model, load_costs
from solver.core.stage import Stage, alive
from solver.limits import Budget

MOST_STEPS: Final = 10_000_000
MOST_STEPS_EACH: Final = 100_000
"""Where fees rule out what looks within reach, the search could go on for long: in all, and for each agent."""
ITEMS_EACH: Final = 24
"""Room for so many arcs in a pattern on average."""
MOST_CHEAPER: Final = 200
"""Patterns for each agent, each cheaper than the one before: there are seldom more than ten."""
STEPS_PER_EFFORT: Final = 1e8
HALVINGS: Final = 12
ENOUGH: Final = 0.8
"""Looks between two regrets, and the part of all patterns there is room for that is near enough."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Some patterns, in compressed rows.

    Attributes
    ----------
    agent, start, arc
        Shape (patterns,) and so on: a pattern's agent, and the arcs that it takes, as numbers in the model.
    """

    agent: Ints
    start: Ints
    arc: Ints

    @property
    def owner(self) -> Ints:
        """Return the pattern of each arc, shape of `arc`."""
        return np.repeat(np.arange(len(self.agent)), np.diff(self.start))

    def of(self, some: Ints) -> "Patterns":
        """Return some of the patterns, in the order given."""
        length = np.diff(self.start)[some]
        start = np.concatenate(([0], np.cumsum(length))).astype(np.int64)
        at = np.repeat(self.start[some] - start[:-1], length) + np.arange(start[-1])
        return Patterns(self.agent[some], start, self.arc[at])

    def and_also(self, others: "Patterns") -> "Patterns":
        """Return these patterns and others after them."""
        start = np.concatenate((self.start, self.start[-1] + others.start[1:]))
        return Patterns(np.concatenate((self.agent, others.agent)), start, np.concatenate((self.arc, others.arc)))

    def counted(self, model: Model) -> Counted:
        """Return the rows of the set partition that each is in: jobs first, then agents."""
        start = self.start + np.arange(len(self.agent) + 1)
        row = np.empty(int(start[-1]), np.int64)
        row[start[:-1]] = model.jobs + self.agent
        row[np.arange(len(self.arc)) + self.owner + 1] = model.job[self.arc]
        return Counted(start, row)

    def costs(self, model: Model) -> Ints:
        """Return what each costs in points, shape (patterns,)."""
        size, owner = len(self.agent), self.owner
        minutes = np.bincount(owner, weights=model.effort[self.arc], minlength=size).astype(np.int64)
        arcs = np.bincount(owner, weights=model.cost[self.arc], minlength=size).astype(np.int64)
        return arcs + load_costs(model, self.agent, minutes)


def no_patterns() -> Patterns:
    """Return none."""
    return Patterns(np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64))


def patterns_of(model: Model, choice: Ints) -> Patterns:
    """Return the patterns of a choice, shape (jobs,), one for each agent who has a job."""
    placed = choice[choice != WAITS]
    arc = placed[np.argsort(model.agent[placed], kind="stable")]
    agent, held = np.unique(model.agent[arc], return_counts=True)
    return Patterns(agent, np.concatenate(([0], np.cumsum(held))).astype(np.int64), arc)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of the rows of the set partition, and of cuts over them, scaled.

    Attributes
    ----------
    jobs
        Shape (jobs,); none above the stage's ceiling.
    agents
        Shape (agents,), at most 0: no pattern of an agent costs less at the other prices.
    fees
        Of the cuts.
    """

    jobs: Ints
    agents: Ints
    fees: Fees


def without_cuts(stage: Stage, model: Model, jobs: Ints) -> Prices:
    """Return prices of jobs, shape (jobs,), scaled, with what agents' best patterns cost, and no cuts."""
    jobs = np.minimum(jobs, stage.ceiling)
    values, _ = dual.regrets_of(stage, jobs, alive(stage))
    return Prices(jobs, values, fees_of([], np.zeros(0, np.int64), model.jobs + model.agents))


def widest(
    stage: Stage, model: Model, prices: Prices, least: Ints, slack: int, most: int, budget: Budget
) -> tuple[Patterns, int] | None:
    """Return the patterns within this regret, or within the largest that has at most so many patterns, and it.

    None when there are too many without any regret.

    Parameters
    ----------
    least
        Shape (arcs,), in the order of the stage's columns, scaled: by how much a choice with that arc costs more
        than these prices prove, as far as that is known otherwise.
    slack
        The largest regret of interest, scaled, at least 0: what a pattern costs at these prices above its agent's.
    """
    looker = _looker(stage, model, prices, most, budget)
    values, regret = dual.regrets_of(stage, prices.jobs, alive(stage))
    above = np.maximum(least, regret + (values - prices.agents)[model.agent[stage.columns.arc]])
    found, within, beyond = looker.within(above, slack), slack, slack
    if found is None:
        within = -1
    for _ in range(HALVINGS):
        if beyond - within <= 1:
            break
        middle = (within + beyond) // 2
        tried = looker.within(above, middle)
        if tried is None:
            beyond = middle
        else:
            found, within = tried, middle
            if len(tried.agent) > ENOUGH * most:
                break
    return None if found is None else (found, within)


def cheapest(stage: Stage, model: Model, prices: Prices, useful: Bools, budget: Budget) -> tuple[Patterns, Ints]:
    """Return patterns that cost less than `prices.agents`, of each agent some, the cheapest of all last.

    With what no pattern of an agent costs less than, shape (agents,), scaled: mostly what that one does.

    Parameters
    ----------
    useful
        Shape (arcs,), in the order of the stage's columns: which may be taken.
    """
    looker = _looker(stage, model, prices, MOST_CHEAPER * model.agents, budget)
    least = prices.agents - 1
    found = looker.found(useful, least, MOST_STEPS_EACH)
    if found is None:
        raise ArithmeticError("no room for a single pattern")
    return found, least + 1


@dataclass(frozen=True, slots=True)
class _Looker:
    """Looks for patterns, in arrays that are made once."""

    stage: Stage
    model: Model
    prices: Prices
    budget: Budget
    agent: Ints
    start: Ints
    taken: Ints
    table: Ints

    def within(self, above: Ints, slack: int) -> Patterns | None:
        """Return all patterns within a regret; None when there are more than there is room for.

        `above` has shape (arcs,), in the order of the columns: the least regret of a choice with each arc.
        """
        return self.found(above <= slack, self.prices.agents + slack, 0)

    def found(self, useful: Bools, dearest: Ints, cheaper: int) -> Patterns | None:
        """Return what `_enumerate` finds."""
        columns, model = self.stage.columns, self.model
        size, steps = _enumerate(
            columns,
            self.stage.cost,
            useful,
            self.prices.jobs,
            self.prices.fees,
            dearest,
            cheaper,
            model.ordinary_effort[columns.arc],
            model.ordinary_free,
            model.count,
            model.pace,
            self.agent,
            self.start,
            self.taken,
            self.table,
        )
        self.budget.spend("patterns", steps / STEPS_PER_EFFORT)
        if size < 0:
            return None
        start = self.start[: size + 1].copy()
        return Patterns(self.agent[:size].copy(), start, columns.arc[self.taken[: start[size]]])


def _looker(stage: Stage, model: Model, prices: Prices, most: int, budget: Budget) -> _Looker:
    columns = stage.columns
    return _Looker(
        stage=stage,
        model=model,
        prices=prices,
        budget=budget,
        agent=np.empty(most, np.int64),
        start=np.zeros(most + 1, np.int64),
        taken=np.empty(most * ITEMS_EACH, np.int64),
        table=np.empty((columns.most_items + 1, columns.most_states), np.int64),
    )


@compiled
def _enumerate(  # noqa: C901 (one loop of machine code)
    columns: Columns,
    cost: Ints,
    useful: Bools,
    prices: Ints,
    fees: Fees,
    dearest_of: Ints,
    cheaper: int,
    ordinary: Ints,
    ordinary_free: Ints,
    counts: Ints,
    pace: Ints,
    agent: Ints,
    start: Ints,
    taken: Ints,
    table: Ints,
) -> tuple[int, int]:
    """Write all patterns that cost no more than each agent's dearest may.

    With `cheaper` above 0, only those that cost less than the one written before, in so many steps for each agent;
    the last ones take the place of others when there is no room for all, and `dearest_of` is left at 1 less than
    what no pattern costs less than. What the rest of a pattern costs at least is known without fees: with them it
    costs no less.

    Returns
    -------
    How many, or -1 without room for all; and the steps.
    """
    items, price = np.empty(table.shape[0], np.int64), np.empty(table.shape[0], np.int64)
    chosen, more = np.empty(table.shape[0], np.int64), np.empty(table.shape[0], np.int64)
    weight, jobs = np.zeros(len(fees.fee), np.int64), len(prices)
    found = filled = steps = 0
    for a in range(len(columns.room)):
        number, dearest = 0, dearest_of[a]
        for i in range(columns.start[a], columns.start[a + 1]):
            if useful[i]:
                items[number], price[number] = i, cost[i] - prices[columns.job[i]]
                number += 1
        fill(table, columns, a, items[:number], price)
        width, layers = columns.room[a] + 1, columns.layers[a]
        count(fees, jobs + a, weight, 1)
        k = state = paid = held = hours = new = 0
        on, last = table[0, 0] <= dearest, (steps + cheaper if cheaper else MOST_STEPS)
        while on:
            steps += 1
            if k < number:
                i = items[k]
                step, tick, job = columns.size[i], columns.tick[i], columns.job[i]
                after = state + tick * width + step
                if (
                    state % width + step <= columns.limit[i]
                    and state // width + tick < layers
                    and paid + price[k] + table[k + 1, after] <= dearest
                    and hours + ordinary[i] <= ordinary_free[a]
                    and new + counts[job] <= pace[a]
                ):
                    fee = added(fees, job, weight)
                    if paid + price[k] + fee + table[k + 1, after] <= dearest:
                        count(fees, job, weight, 1)
                        chosen[held], more[held] = k, fee
                        held += 1
                        state = after
                        paid += price[k] + fee
                        hours += ordinary[i]
                        new += counts[job]
                        k += 1
                        continue
                if paid + table[k + 1, state] <= dearest:
                    k += 1
                    continue
            else:
                while found > 0 and cheaper and (found >= len(agent) or filled + held > len(taken)):
                    found -= 1
                    filled = start[found]
                if found >= len(agent) or filled + held > len(taken):
                    return -1, steps
                agent[found] = a
                for q in range(held):
                    taken[filled + q] = items[chosen[q]]
                filled += held
                found += 1
                start[found] = filled
                if cheaper:
                    dearest = paid + table[k, state] - 1
            if steps > last:
                if not cheaper:
                    return -1, steps
                dearest = min(dearest, table[0, 0] - 1)
                while held > 0:
                    held -= 1
                    count(fees, columns.job[items[chosen[held]]], weight, -1)
                break
            on = False
            while held > 0 and not on:  # go back to the last arc taken that can be left out
                held -= 1
                k = chosen[held]
                i = items[k]
                count(fees, columns.job[i], weight, -1)
                state -= columns.tick[i] * width + columns.size[i]
                paid -= price[k] + more[held]
                hours -= ordinary[i]
                new -= counts[columns.job[i]]
                on = paid + table[k + 1, state] <= dearest
                k += 1
        count(fees, jobs + a, weight, -1)
        if cheaper:
            dearest_of[a] = dearest
    return found, steps
