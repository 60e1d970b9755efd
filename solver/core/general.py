"""The general route: search and proof in turn, tier by tier.

Room that can't be filled is cut away. A greedy choice is improved by search in neighbourhoods; prices of jobs
prove a bound of the first tier that is open; arcs that the bound rules out are dropped, and the few that are
left are searched to the end by an exact solver. Whatever a step finds becomes the start of the next, and
whatever is better is told at once.
"""

from typing import Final

import numpy as np

from solver.core import core_search, greedy, pricing, search, tightening
from solver.core.answer import Answer
from solver.core.knapsack import columns_of, unit_of
from solver.core.model import WAITS, Ints, Model, tier_costs
from solver.core.shortlist import shortlist
from solver.core.stage import POINTS, soft_weights
from solver.core.standing import Priced, Solving, few, is_optimal, plain_evidence, take, tell
from solver.limits import Budget

FIRST_SEARCH: Final = 0.2
"""Effort of the search before anything is proven."""
HEAT_FEW: Final = 0.01
HEAT_MANY: Final = 0.05
"""What a neighbourhood may cost more at times, as a part of what may be left to gain."""
TURN: Final = 0.4
LONGEST: Final = 8.0
"""Part of what is left of the budget that one patient search may take, and the most effort."""
FAR: Final = 8.0
"""The search goes back to the best choice when it strays so many times its heat away."""
NARROW: Final = 6.0
WIDE: Final = 16.0
WIDER: Final = 1.3
"""Arcs for each job in the cores that are searched first and second, and how much wider each later one is."""
FIRST_SLICE: Final = 0.25
FIRST_EFFORT: Final = 4.0
SLICE_FEW: Final = 0.2
SLICE_MANY: Final = 0.5
"""Parts of what is left of the budget that the first and each later search of a core may take."""
MOST_JOBS_AT_FIRST: Final = 600
"""Up to so many jobs, where agents hold few each, the core is searched before the neighbourhoods; of more
jobs only a narrow one is searched."""
PATIENCE: Final = 0.4
"""The search ends when it found nothing for so much effort, or for half of what it took so far."""
SHORT_FEW: Final = 10
SHORT_MANY: Final = 5
"""Arcs of each job that the search looks at, where agents hold few jobs, and where they hold many."""


def solve(model: Model, budget: Budget, start: Ints | None = None) -> Answer:
    """Return the best choice within the budget, with bounds; efforts must be above 0.

    Parameters
    ----------
    start
        A choice that fits, shape (jobs,), to begin from.
    """
    solving = _begin(model, budget, start)
    if not budget.is_over() and solving.model.arcs:
        if model.arcs > core_search.SMALL:
            rough = pricing.rough_prices(solving)
            take(solving, greedy.choose(solving.model, solving.room[POINTS]), "greedy")
            _look_along(solving, rough)
            _search(solving, FIRST_SEARCH)
        for tier in range(POINTS + 1):
            _approach(solving, tier)
        while not is_optimal(solving) and not budget.is_over():
            for tier in range(POINTS + 1):
                _approach(solving, tier)
                _finish(solving, tier, budget.part(SLICE_FEW if few(solving.model) else SLICE_MANY))
            solving.width *= WIDER
    return _answer(solving)


def _begin(model: Model, budget: Budget, start: Ints | None) -> Solving:
    tight, arcs = tightening.tightened(model, unit_of(model))
    choice = greedy.choose(tight)
    if start is not None:
        position = np.full(model.arcs, WAITS, np.int64)
        position[arcs] = np.arange(len(arcs))
        given = np.where(start == WAITS, WAITS, position[start])
        choice = given if tier_costs(tight, given) <= tier_costs(tight, choice) else choice
    bounds = greedy.plain_bounds(tight)
    solving = Solving(
        model=tight,
        arcs=arcs,
        budget=budget,
        choice=choice,
        costs=tier_costs(tight, choice),
        bounds=list(bounds),
        evidence=[plain_evidence(tight, tier, bounds) for tier in range(POINTS + 1)],
        room=np.zeros((3, tight.agents)),
        width=WIDE if few(tight) else NARROW,
    )
    tell(solving, "greedy")
    return solving


def _look_along(solving: Solving, priced: Priced) -> None:
    """Let the search go on with the arcs of least regret at a tier's prices."""
    model, columns = solving.model, columns_of(solving.model)
    _, regret = priced.regrets()
    short = shortlist(model, columns, regret, solving.choice, SHORT_FEW if few(model) else SHORT_MANY)
    old, scale = solving.hunt, priced.stage.scale
    solving.hunt = search.begin(
        search.board_of(model, columns, short, soft_weights(model)),
        solving.choice,
        job_price=priced.prices / scale,
        room_price=priced.room.room / scale if old is None else old.seat.room_price,
        seed=solving.budget.seed + (int(old.seeds[0] % np.uint64(1000)) if old else 0),
        size=old.size if old else None,
    )


def _search(solving: Solving, effort: float, *, patient: bool = False) -> None:
    """Search for some effort; a patient search goes on until it found nothing for that long.

    A patient search accepts worse choices at times, and goes back to the best when it strays too far.
    """
    hunt, spent, since = solving.hunt, 0.0, 0.0
    if hunt is None:
        return
    heat, budget = (_heat(solving), solving.budget.part(TURN, LONGEST)) if patient else (0.0, solving.budget)
    while since < (max(effort, 0.5 * spent) if patient else effort) and not budget.is_over():
        before = budget.used.get("search", 0.0)
        search.improve(hunt, budget, heat)
        used = budget.used["search"] - before
        spent, since = spent + used, since + used
        if hunt.above < -0.5:
            hunt.above = 0.0
            if take(solving, hunt.seat.choice, "search") and patient:
                since = 0.0
        elif hunt.above > FAR * heat:
            solving.hunt = hunt = search.back_to(hunt, solving.choice)
        if is_optimal(solving):
            return


def _heat(solving: Solving) -> float:
    """Return what a neighbourhood may cost more at times: a small part of what may be left to gain."""
    share = HEAT_FEW if few(solving.model) else HEAT_MANY
    return max(0.5, share * (solving.costs[POINTS] - solving.bounds[POINTS]))


def _approach(solving: Solving, tier: int) -> None:
    """Bring cost and bound of a tier closer together: price it, search its core, search along its prices."""
    if solving.costs[tier] <= solving.bounds[tier] or solving.budget.is_over():
        return
    first = tier not in solving.priced
    pricing.price(solving, tier)
    if first and few(solving.model) and solving.model.jobs <= MOST_JOBS_AT_FIRST:
        for solving.width in (NARROW, WIDE):
            if not _finish(solving, tier, solving.budget.part(FIRST_SLICE, FIRST_EFFORT)):
                break
    if solving.costs[tier] > solving.bounds[tier]:
        if tier == POINTS:
            _look_along(solving, solving.priced[tier])
        _search(solving, PATIENCE, patient=True)


def _finish(solving: Solving, tier: int, budget: Budget) -> bool:
    """Search the core of a tier, when the tiers before it are as it was priced for; return whether to its end."""
    priced = solving.priced.get(tier)
    open_now = solving.costs[tier] > solving.bounds[tier] and not budget.is_over()
    if priced is None or priced.caps != solving.costs[:tier] or not open_now:
        return False
    at, regret = priced.regrets()
    if solving.model.jobs > MOST_JOBS_AT_FIRST:
        every = core_search.arcs_left(priced.stage, solving.model, solving.choice, regret + at, solving.model.arcs)
        if int(every.sum()) > NARROW * solving.model.jobs:
            return False
    found = core_search.finish(
        priced.stage,
        solving.model,
        solving.choice,
        regret + at,
        most_arcs=max(core_search.SMALL, int(solving.width * solving.model.jobs)),
        floor=solving.bounds[tier],
        budget=budget,
    )
    take(solving, found.choice, "exact")
    if found.bound > solving.bounds[tier]:
        solving.bounds[tier] = found.bound
        tell(solving, "exact")
    return found.whole


def _answer(solving: Solving) -> Answer:
    choice = solving.choice.copy()
    placed = choice != WAITS
    choice[placed] = solving.arcs[choice[placed]]
    return Answer(
        choice=choice,
        costs=solving.costs,
        bounds=(solving.bounds[0], solving.bounds[1], solving.bounds[2]),
        route="general",
        evidence=tuple(solving.evidence),
        room_prices=solving.room,
    )
