"""The general route: search and proof in turn, tier by tier.

Room that can't be filled is cut away. A greedy choice is improved by search in neighbourhoods; prices of jobs
prove a bound of the first tier that is open, and cuts over patterns a better one; of the patterns and arcs that
the bound does not rule out, those that promise most are searched to the end by an exact solver, then more of
them. Whatever a step finds becomes the start of the next, and whatever is better is told at once.
"""

from typing import Final

import numpy as np

from solver.core import core_search, greedy, linear, pattern_core, pricing, search, tightening
from solver.core.answer import Answer
from solver.core.core_search import Finished
from solver.core.knapsack import columns_of, unit_of
from solver.core.model import WAITS, Ints, Model, tier_costs
from solver.core.shortlist import shortlist
from solver.core.stage import POINTS, soft_weights
from solver.core.standing import Priced, Solving, few, is_optimal, plain_evidence, take, tell
from solver.limits import Budget

FIRST_SEARCH: Final = 0.1
SECOND_SEARCH: Final = 0.15
LARGE_SEARCH: Final = 1.0
POLISH: Final = 0.1
"""Effort of the search before anything is priced, before the first core of a tier is searched (in small and in
large models), and from where a dive through patterns ended."""
HEAT_FEW: Final = 0.01
HEAT_MANY: Final = 0.05
"""What a neighbourhood may cost more at times, as a part of what may be left to gain."""
TURN: Final = 0.4
LONGEST: Final = 8.0
"""Part of what is left of the budget that one patient search may take, and the most effort."""
FAR: Final = 8.0
"""The search goes back to the best choice when it strays so many times its heat away."""
NARROW_FEW: Final = 3.0
NARROW_MANY: Final = 1.5
WIDER_FEW: Final = 2.5
WIDER_MANY: Final = 1.4
NARROWER: Final = 0.8
"""Arcs for each job in the core that is searched first; how much wider each later one is, and how much narrower
when there was no time for one."""
SMALLEST_CORE: Final = 200
"""A core has at least so many arcs, when so many can help."""
SLICE_FEW: Final = 0.6
SLICE_MANY: Final = 0.35
SLICE_FLAT: Final = 0.06
SLICE_BOUND: Final = 0.4
SLICE_PATTERNS: Final = 0.6
"""Parts of what is left of the budget that one search of a core of arcs may take, where agents hold few jobs or
many, and before patterns that are much alike; a better bound from patterns; one search of a core of patterns."""
MOST_SMALL_JOBS: Final = 600
"""Up to so many jobs, where agents hold few each, cores are searched before the neighbourhoods in all tiers; with
more jobs in the points only."""
PATIENCE: Final = 0.4
MORE_PATIENT: Final = 1.5
"""The search ends when it found nothing for so much effort at first, for so many times as much each time that all
tiers were tried, or for half of what it took so far."""
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
    solving = begin(model, budget, start)
    if not budget.is_over() and solving.model.arcs:
        if model.arcs > core_search.SMALL:
            rough = pricing.rough_prices(solving)
            solving.promise = rough.regrets()[1]
            take(solving, greedy.choose(solving.model, solving.room[POINTS]), "greedy")
            _look_along(solving, rough)
            _search(solving, FIRST_SEARCH)
        while True:
            for tier in range(POINTS + 1):
                _approach(solving, tier)
            if is_optimal(solving) or budget.is_over():
                break
            solving.patience *= MORE_PATIENT
    return _answer(solving)


def begin(model: Model, budget: Budget, start: Ints | None = None) -> Solving:
    """Return a solve that stands at its beginning: room tightened, and a choice; see `solve`."""
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
        hurried=np.zeros(tight.agents, np.bool_),
        width=[NARROW_FEW if few(tight) else NARROW_MANY] * 3,
        patience=PATIENCE,
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


def _search_from(solving: Solving, choice: Ints, effort: float) -> None:
    """Search for some effort from a choice that may not be the best so far."""
    if solving.hunt is not None:
        solving.hunt = search.back_to(solving.hunt, choice)
        _search(solving, effort)
        solving.hunt = search.back_to(solving.hunt, solving.choice)


def _heat(solving: Solving) -> float:
    """Return what a neighbourhood may cost more at times: a small part of what may be left to gain."""
    share = HEAT_FEW if few(solving.model) else HEAT_MANY
    return max(0.5, share * (solving.costs[POINTS] - solving.bounds[POINTS]))


def _approach(solving: Solving, tier: int) -> None:
    """Bring cost and bound of a tier closer together: price it, search its core, search along its prices."""
    if solving.costs[tier] <= solving.bounds[tier] or solving.budget.is_over():
        return
    first, quickly = tier not in solving.priced, _is_searched_at_once(solving.model, tier)
    pricing.price(solving, tier)
    finishing = not first or quickly
    if finishing and _is_flat(solving, tier):
        _look_and_search(solving, tier, SECOND_SEARCH)
        _finish_arcs(solving, tier, SLICE_FLAT)
    by_patterns = finishing and _finish_patterns(solving, tier)
    if first and solving.model.arcs > core_search.SMALL:
        _look_and_search(solving, tier, SECOND_SEARCH if _is_small(solving.model) else LARGE_SEARCH)
    if finishing and not by_patterns:
        _finish_arcs(solving, tier, SLICE_FEW if quickly else SLICE_MANY)
    _look_and_search(solving, tier, solving.patience, patient=True)


def _look_and_search(solving: Solving, tier: int, effort: float, *, patient: bool = False) -> None:
    """Search for some effort along a tier's prices, as long as it is not proven; along those of points only."""
    if solving.costs[tier] > solving.bounds[tier]:
        if tier == POINTS:
            _look_along(solving, solving.priced[tier])
        _search(solving, effort, patient=patient)


def _is_searched_at_once(model: Model, tier: int) -> bool:
    """Return whether cores are searched before the neighbourhoods are, and for longer."""
    return few(model) and (tier == POINTS or _is_small(model))


def _is_small(model: Model) -> bool:
    return model.jobs <= MOST_SMALL_JOBS


def _finish_arcs(solving: Solving, tier: int, share: float) -> None:
    """Search the arcs of a tier that can still help, more and more, as long as each search comes to its end.

    Parameters
    ----------
    share
        Part of what is left of the budget that each search may take.
    """
    priced = solving.priced[tier]
    while _open(solving, priced):
        at, regret = priced.regrets()
        found = core_search.finish(
            priced.stage,
            solving.model,
            solving.choice,
            regret + at,
            most_arcs=max(SMALLEST_CORE, int(solving.width[tier] * solving.model.jobs)),
            floor=solving.bounds[tier],
            budget=solving.budget.part(share),
            promise=solving.promise,
        )
        _widen(solving, tier, found)
        if not _keep(solving, tier, found):
            break


def _widen(solving: Solving, tier: int, found: Finished) -> None:
    """Let the next core of a tier be wider than one that was searched to its end, narrower than one that was not.

    One that was not searched at all was too narrow.
    """
    wide = max(solving.width[tier], found.searched / solving.model.jobs)
    wider = WIDER_FEW if few(solving.model) else WIDER_MANY
    ended = found.whole or not found.searched
    solving.width[tier] = wider * wide if ended else NARROWER * solving.width[tier]


def _open(solving: Solving, priced: Priced) -> bool:
    """Return whether a tier is not proven yet, and the tiers before it are as it was priced for."""
    tier = priced.stage.tier
    open_now = solving.costs[tier] > solving.bounds[tier] and not solving.budget.is_over()
    return open_now and priced.caps == solving.costs[:tier]


def _keep(solving: Solving, tier: int, found: Finished) -> bool:
    """Keep what the search of a core found and proved; return whether it came to its end.

    A bound holds for what the tiers before cost at most when it was proven: not when one of them costs more now.
    """
    caps = solving.costs[:tier]
    take(solving, found.choice, "exact")
    holds = all(now <= cap for now, cap in zip(solving.costs[:tier], caps, strict=True))
    if holds and found.bound > solving.bounds[tier]:
        solving.bounds[tier] = found.bound
        tell(solving, "exact")
    return found.whole


def _suits_patterns(solving: Solving, tier: int) -> bool:
    """Return whether a tier can be searched by patterns."""
    model = solving.model
    priced = solving.priced[tier].ascent is not None
    return tier == POINTS and priced and pricing.generates(model) and linear.suits(model)


def _is_flat(solving: Solving, tier: int) -> bool:
    """Return whether a tier could be searched by patterns, but too many are alike: arcs come first then."""
    priced, open_now = solving.priced[tier], solving.costs[tier] > solving.bounds[tier]
    if not open_now or not _suits_patterns(solving, tier):
        return False
    return pattern_core.is_flat(priced.stage, solving.model, priced.prices, solving.budget)


def _finish_patterns(solving: Solving, tier: int) -> bool:
    """Raise the bound of points by patterns, and search those that can still help, where agents hold few jobs.

    Return whether there were few enough to be searched.
    """
    priced, model, searched = solving.priced[tier], solving.model, False
    if not _suits_patterns(solving, tier):
        return False
    while _open(solving, priced):
        parts = (solving.patterns, priced.stage, model)
        budget = solving.budget.part(SLICE_BOUND)
        found = pattern_core.approach(*parts, solving.choice, priced.prices, budget)
        going = _keep(solving, tier, found)
        _look_along(solving, priced)
        _search_from(solving, found.choice, POLISH)
        if not going or not _open(solving, priced):
            break
        budget = solving.budget.part(SLICE_PATTERNS)
        found = pattern_core.search(*parts, solving.choice, priced.prices, budget)
        searched = found.searched > 0
        if not _keep(solving, tier, found):
            break
    return searched


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
