"""The best prices of jobs and of cuts over patterns: a linear programme that grows by columns and by cuts.

The programme chooses among the patterns found so far; at its prices each agent is asked for patterns that
would improve it (Dantzig and Wolfe 1960; Savelsbergh 1997). When there are none, cuts that its fractions break
are added, and so on (branch-price-and-cut without the branches: Jepsen, Petersen, Spoorendonk and Pisinger
2008). Each bound is computed in whole numbers from rounded prices and from what no pattern can cost less than,
not taken from the floating-point programme: it holds for all patterns, found or not.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from solver.core import enumeration, glop, separation
from solver.core.cuts import Counted, Cut, fees_of, paid, priced
from solver.core.enumeration import Patterns, Prices
from solver.core.knapsack import NEVER
from solver.core.model import Bools, Ints, Model
from solver.core.program import Floats
from solver.core.stage import Stage, recapped
from solver.limits import Budget

MOST_EACH: Final = 2
"""Patterns that are added for each agent at once."""
NEARLY: Final = 0.01
"""A pattern that would improve the programme by less than so many points is not added: prices are rounded."""
MOST_CUTS: Final = 400
TAIL: Final = 4
SLOWLY: Final = 0.03
"""It ends when so many rounds of cuts together closed less than this part of what is left open."""
FAR_TOO_MUCH: Final = 1e6
"""What it costs the programme, in points, to leave a job out: when no patterns found so far go together."""
ROWS_PER_EFFORT: Final = 1e9
"""Threes of rows looked at that count as one unit of effort."""
TAKEN: Final = 1e-6
"""Of a pattern less than this is as none, and more than 1 less this is all."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Prices, and the bound that they prove, scaled; `stage` has the prices of the tiers before."""

    stage: Stage
    prices: Prices
    bound: int

    def regrets(self, model: Model, patterns: Patterns) -> Ints:
        """Return by how much each pattern lifts the bound, shape (patterns,), scaled."""
        return priced_with_fees(self.stage, model, self.prices, patterns) - self.prices.agents[patterns.agent]

    def with_paid(self, cuts: list[Cut]) -> tuple[list[Cut], "Proven"]:
        """Return those of the cuts that are paid for, and the same prices for them."""
        prices = self.prices
        some = np.flatnonzero(prices.fees.fee)
        kept = [cuts[cut] for cut in some.tolist()]
        fees = fees_of(kept, prices.fees.fee[some], len(prices.jobs) + len(prices.agents))
        return kept, Proven(self.stage, Prices(prices.jobs, prices.agents, fees), self.bound)


@dataclass(slots=True)
class Programme:
    """The linear programme over the patterns found so far.

    Attributes
    ----------
    rows, caps, limits
        GLOP's constraints: each job once, then each agent at most once; what the tiers before may cost; the cuts.
    columns
        GLOP's variables, by pattern.
    agent, arcs, in_rows
        Of each pattern: its agent, its arcs, and its rows.
    known
        Agent and arcs of each pattern.
    members
        For each row the cuts that it is in, and how often it is counted.
    """

    model: Model
    cuts: list[Cut]
    glop: Any
    rows: list[Any]
    caps: list[Any]
    limits: list[Any] = field(default_factory=list)
    columns: list[Any] = field(default_factory=list)
    agent: list[int] = field(default_factory=list)
    arcs: list[Ints] = field(default_factory=list)
    in_rows: list[list[int]] = field(default_factory=list)
    known: set[tuple[int, bytes]] = field(default_factory=set)
    members: list[list[tuple[int, int]]] = field(default_factory=list)

    @property
    def patterns(self) -> Patterns:
        """Return the patterns found so far."""
        start = np.concatenate(([0], np.cumsum([len(arcs) for arcs in self.arcs]))).astype(np.int64)
        return Patterns(np.array(self.agent, np.int64), start, np.concatenate([np.zeros(0, np.int64), *self.arcs]))


def raise_bound(
    stage: Stage,
    model: Model,
    caps: tuple[int, ...],
    cuts: list[Cut],
    first: Patterns,
    *,
    useful: Bools,
    aim: int,
    all_kinds: bool,
    budget: Budget,
) -> tuple[Proven | None, Programme]:
    """Return the prices that prove most, and the last programme; `cuts` grows.

    None when nothing could be proven within the budget.

    Parameters
    ----------
    stage
        The tier of points.
    caps
        The most that each tier before it may cost.
    first
        Patterns to begin with, those of some choice that keeps the caps among them.
    useful
        Shape (arcs,), in the order of the stage's columns: those that can be in a better choice.
    aim
        Scaled: the most that a better choice could cost.
    all_kinds
        Whether cuts of four and five rows are looked for, too.
    """
    programme = _programme(stage, model, caps, cuts)
    add_patterns(programme, first)
    best: Proven | None = None
    dual, bounds = False, [0]
    while glop.solve(programme.glop, budget, dual=dual):
        now, prices = prices_of(programme, stage, caps)
        cheaper, agents = enumeration.cheapest(now, model, prices, useful, budget)
        proven = _proven(now, Prices(prices.jobs, agents, prices.fees), cuts)
        if best is None or proven.bound > best.bound:
            best = proven
        if best.bound > aim or budget.is_over():
            break
        some = cheapest_of_each(now, model, prices, cheaper)
        dual = not add_patterns(programme, some)
        if not dual:
            continue
        bounds.append(best.bound)
        if len(bounds) > TAIL and best.bound - bounds[-1 - TAIL] < SLOWLY * (aim - best.bound):
            break
        if not _add_broken(programme, all_kinds, budget):
            break
    return best, programme


def priced_with_fees(stage: Stage, model: Model, prices: Prices, patterns: Patterns) -> Ints:
    """Return what patterns cost at prices of their jobs, with fees, shape (patterns,), scaled."""
    rows = np.concatenate((prices.jobs, np.zeros(model.agents, np.int64)))
    return priced(patterns.costs(model) * stage.scale, patterns.counted(model), rows, prices.fees)


def _proven(stage: Stage, prices: Prices, cuts: list[Cut]) -> Proven:
    """Return what prices prove when no pattern costs less than its agent's price."""
    bound = sum(prices.jobs.tolist()) + sum(prices.agents.tolist())
    return Proven(stage, prices, bound - paid(cuts, prices.fees.fee) - stage.offset)


def cheapest_of_each(stage: Stage, model: Model, prices: Prices, patterns: Patterns) -> Patterns:
    """Return of each agent the last few patterns, the cheapest ones, that would improve the programme."""
    cost = priced_with_fees(stage, model, prices, patterns)
    beyond = np.searchsorted(patterns.agent, patterns.agent, side="right")
    last = beyond - np.arange(len(beyond)) <= MOST_EACH
    return patterns.of(np.flatnonzero(last & (cost < prices.agents[patterns.agent] - NEARLY * stage.scale)))


def _programme(stage: Stage, model: Model, caps: tuple[int, ...], cuts: list[Cut]) -> Programme:
    """Return the programme without patterns, with what may wait, and with the cuts so far."""
    empty = glop.empty()
    infinity = empty.infinity()
    rows = [empty.Constraint(1.0, 1.0) for _ in range(model.jobs)]
    rows += [empty.Constraint(-infinity, 1.0) for _ in range(model.agents)]
    limits = [empty.Constraint(-infinity, float(cap)) for cap in caps]
    programme = Programme(model, cuts, empty, rows, limits, members=[[] for _ in rows])
    for row in rows[: model.jobs]:
        glop.add(empty, FAR_TOO_MUCH, [(row, 1.0)])
    for job in np.flatnonzero(stage.wait < NEVER).tolist():
        weights = [(limit, float(model.waiting[before][job])) for before, limit in enumerate(limits)]
        glop.add(empty, 0.0, [(rows[job], 1.0), *weights])
    for cut in cuts:
        _add_cut(programme, cut)
    return programme


def add_patterns(programme: Programme, patterns: Patterns) -> int:
    """Add the patterns that are not there yet, and return how many those were."""
    costs, start, agents = (
        patterns.costs(programme.model).tolist(),
        patterns.start.tolist(),
        patterns.agent.tolist(),
    )
    before = len(programme.known)
    for number, (agent, cost) in enumerate(zip(agents, costs, strict=True)):
        arcs = np.sort(patterns.arc[start[number] : start[number + 1]])
        if (agent, arcs.tobytes()) not in programme.known:
            programme.known.add((agent, arcs.tobytes()))
            _add_pattern(programme, agent, arcs, float(cost))
    return len(programme.known) - before


def _add_pattern(programme: Programme, agent: int, arcs: Ints, cost: float) -> None:
    model = programme.model
    rows = [*model.job[arcs].tolist(), model.jobs + agent]
    times: dict[int, int] = {}
    for row in rows:
        for cut, some in programme.members[row]:
            times[cut] = times.get(cut, 0) + some
    in_cuts = [(programme.limits[cut], float(t // programme.cuts[cut].divisor)) for cut, t in times.items()]
    column = glop.add(programme.glop, cost, [*((programme.rows[row], 1.0) for row in rows), *in_cuts])
    programme.columns.append(column)
    programme.agent.append(agent)
    programme.arcs.append(arcs)
    programme.in_rows.append(rows)


def _add_cut(programme: Programme, cut: Cut) -> None:
    number, limit = len(programme.limits), programme.glop.Constraint(-programme.glop.infinity(), float(cut.most))
    programme.limits.append(limit)
    times = dict(zip(cut.rows, cut.times, strict=True))
    for row, some in times.items():
        programme.members[row].append((number, some))
    for column, rows in zip(programme.columns, programme.in_rows, strict=True):
        counted = sum(times.get(row, 0) for row in rows) // cut.divisor
        if counted:
            limit.SetCoefficient(column, float(counted))


def prices_of(programme: Programme, stage: Stage, caps: tuple[int, ...]) -> tuple[Stage, Prices]:
    """Return the stage with the programme's prices of the caps, and its other prices in whole numbers."""
    jobs = programme.model.jobs
    duals = np.array([row.dual_value() for row in programme.rows]) * stage.scale
    fees = np.array([-limit.dual_value() for limit in programme.limits]) * stage.scale
    cap_prices = tuple(max(0.0, -limit.dual_value()) for limit in programme.caps)
    stage = recapped(stage, programme.model, caps, cap_prices)
    whole = np.minimum(np.rint(duals[:jobs]).astype(np.int64), stage.ceiling)
    agents = np.minimum(np.floor(duals[jobs:]), 0.0).astype(np.int64)
    fee = np.maximum(np.rint(fees), 0.0).astype(np.int64)
    return stage, Prices(whole, agents, fees_of(programme.cuts, fee, len(programme.rows)))


def _add_broken(programme: Programme, all_kinds: bool, budget: Budget) -> int:
    """Add the cuts that the programme's choice breaks most; return how many."""
    rows, cuts = len(programme.rows), programme.cuts
    if len(cuts) >= MOST_CUTS:
        return 0
    share: Floats = np.array([column.solution_value() for column in programme.columns])
    taken = np.flatnonzero((share > TAKEN) & (share < 1.0 - TAKEN))
    counted = _counted([programme.in_rows[at] for at in taken.tolist()])
    new = separation.broken(counted, share[taken], rows, cuts, all_kinds=all_kinds)
    budget.spend("cuts", rows**3 / 6 / ROWS_PER_EFFORT)
    for cut in new:
        cuts.append(cut)
        _add_cut(programme, cut)
    return len(new)


def _counted(in_rows: list[list[int]]) -> Counted:
    start = np.concatenate(([0], np.cumsum([len(rows) for rows in in_rows]))).astype(np.int64)
    return Counted(start, np.array([row for rows in in_rows for row in rows], np.int64))
