"""The general route: search and proof in turn, tier by tier.

Room that can't be filled is cut away. A greedy choice is improved by search in neighbourhoods; prices of jobs
prove a bound of the first tier that is open; arcs that the bound rules out are dropped, and the few that are
left are searched to the end by an exact solver. Whatever a step finds becomes the start of the next, and
whatever is better is told at once.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from solver.core import core_search, dual, generation, greedy, room_prices, search, tightening
from solver.core.answer import Answer, Evidence
from solver.core.knapsack import columns_of, unit_of
from solver.core.model import WAITS, Bools, Ints, Model, tier_costs
from solver.core.room_prices import RoomPrices
from solver.core.shortlist import shortlist
from solver.core.stage import POINTS, Stage, alive, soft_weights, stage_of, summed_stage
from solver.limits import Budget, Three

FIRST_SEARCH: Final = 0.2
"""Effort of the search before anything is proven."""
HEAT: Final = 0.01
TURN: Final = 0.25
LONGEST: Final = 3.0
"""Part of what is left of the budget that one patient search may take, and the most effort."""
FAR: Final = 8.0
"""The search goes back to the best choice when it strays so many times its heat away."""
NARROW: Final = 3.0
WIDE: Final = 12.0
"""Arcs for each job in the cores that are searched first and second; later ones are twice as wide each."""
FIRST_SLICE: Final = 0.25
FIRST_EFFORT: Final = 4.0
SLICE: Final = 0.4
"""Parts of what is left of the budget that the first and each later search of a core may take."""
MOST_JOBS_AT_FIRST: Final = 600
"""Up to so many jobs, the core is searched before the neighbourhoods."""
PATIENCE: Final = 0.4
"""The search ends when it found nothing for so much effort, or for half of what it took so far."""
SHORT_FEW: Final = 10
SHORT_MANY: Final = 5
"""Arcs of each job that the search looks at, where agents hold few jobs, and where they hold many."""
MOST_WORK_FEW: Final = 400_000_000
MOST_WORK_MANY: Final = 40_000_000
"""Up to so many table entries, knapsacks are looked at."""
MOST_JOBS_GENERATED: Final = 450
"""Up to so many jobs, prices come from column generation."""
ROOM_LOOKS: Final = 1500
MOST_RECOUNTS: Final = 3
ROOM_WORK: Final = 100_000_000
FINE_WORK: Final = 600_000_000
"""Arcs looked at for prices of room; table entries of one climb."""
PRICE_LOOKS: Final = 60


@dataclass(frozen=True, slots=True)
class Priced:
    """A tier as one sum, the costs of the tiers before it that it was made for, and its prices.

    `ascent` can go on; it is None where knapsacks are too large, and the prices of room are all there is.
    """

    caps: tuple[int, ...]
    stage: Stage
    room: RoomPrices
    ascent: dual.Ascent | None

    def regrets(self) -> tuple[int, Ints]:
        """Return the scaled bound, and how much more each arc costs at least: see `dual.regrets_at`."""
        if self.ascent is None:
            return room_prices.regrets_at(self.stage, self.room.room)
        return dual.regrets_at(self.stage, self.ascent.best_prices, alive(self.stage))

    @property
    def prices(self) -> Ints:
        """Return the prices of jobs that prove the best bound, shape (jobs,), scaled."""
        return self.room.jobs if self.ascent is None else self.ascent.best_prices

    @property
    def bound(self) -> int:
        """Return the best bound, scaled."""
        return self.room.bound if self.ascent is None else max(self.room.bound, self.ascent.bound)


@dataclass(slots=True)
class Solving:
    """A solve as it stands.

    Attributes
    ----------
    model
        Tightened: `arcs` holds the number of each of its arcs in the model that was given.
    choice, costs
        The best so far, in the tightened model.
    bounds, evidence
        Per tier, best so far.
    room
        Shape (3, agents): prices per minute of room.
    """

    model: Model
    arcs: Ints
    budget: Budget
    choice: Ints
    costs: Three
    bounds: list[int]
    evidence: list[Evidence]
    room: dual.Floats = field(repr=False)
    priced: dict[int, Priced] = field(default_factory=dict)
    width: float = WIDE
    hunt: search.Search | None = None


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
            _price_roughly(solving)
            _search(solving, FIRST_SEARCH)
        for tier in range(POINTS + 1):
            _approach(solving, tier)
        while not _is_optimal(solving) and not budget.is_over():
            for tier in range(POINTS + 1):
                _approach(solving, tier)
                _finish(solving, tier, budget.part(SLICE))
            solving.width *= 2.0
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
        evidence=[_plain_evidence(tight, tier, bounds) for tier in range(POINTS + 1)],
        room=np.zeros((3, tight.agents)),
    )
    _tell(solving, "greedy")
    return solving


def _plain_evidence(model: Model, tier: int, bounds: Three) -> Evidence:
    """Return prices that prove that jobs without arcs wait: what waiting costs them, and 0 for the others."""
    nowhere = np.diff(model.row_start) == 0
    weights = model.waiting[tier] if tier < POINTS else np.zeros(model.jobs, np.int64)
    return Evidence(bound=bounds[tier], scale=1, jobs=np.where(nowhere, weights, 0), caps=(0,) * tier)


def _tell(solving: Solving, step: str) -> None:
    choice = (
        np.where(solving.choice == WAITS, WAITS, solving.arcs[solving.choice])
        if len(solving.arcs)
        else solving.choice
    )
    bounds = (solving.bounds[0], solving.bounds[1], solving.bounds[2])
    solving.budget.tell(step, choice, costs=solving.costs, bounds=bounds)


def _is_optimal(solving: Solving) -> bool:
    return solving.costs == tuple(solving.bounds)


def _take(solving: Solving, choice: Ints, step: str) -> bool:
    """Keep a choice when it is better, and return whether it was."""
    costs = tier_costs(solving.model, choice)
    better = costs < solving.costs
    if better:
        solving.choice, solving.costs = choice.copy(), costs
        _tell(solving, step)
    return better


# --- prices for the search -------------------------------------------------------------------------------------


def _price_roughly(solving: Solving) -> None:
    """Begin the search, from prices of all tiers in one sum."""
    model = solving.model
    weights = soft_weights(model)
    stage = summed_stage(model, weights)
    target = solving.costs[2] + int(solving.costs[0] * weights[0] + solving.costs[1] * weights[1])
    room = _room_prices(solving, stage, target)
    ascent = None
    if stage.columns.work <= _most_work(model):
        ascent = dual.start(stage, room.jobs)
        dual.climb(stage, ascent, alive(stage), target=target, looks=PRICE_LOOKS, budget=solving.budget)
    _take(solving, greedy.choose(model, solving.room[POINTS]), "greedy")
    _look_along(solving, Priced((), stage, room, ascent))


def _room_prices(solving: Solving, stage: Stage, target: int) -> RoomPrices:
    looks = max(20, min(ROOM_LOOKS, ROOM_WORK // max(1, solving.model.arcs)))
    room = room_prices.climb(stage, alive(stage), target=target, looks=looks, budget=solving.budget)
    solving.room[stage.tier] = room.room / stage.scale / stage.columns.unit
    return room


def _most_work(model: Model) -> int:
    """Return up to how many table entries knapsacks are looked at."""
    return MOST_WORK_FEW if _few(model) else MOST_WORK_MANY


def _look_along(solving: Solving, priced: Priced) -> None:
    """Let the search go on with the arcs of least regret at a tier's prices."""
    model, columns = solving.model, columns_of(solving.model)
    _, regret = priced.regrets()
    short = shortlist(model, columns, regret, solving.choice, SHORT_FEW if _few(model) else SHORT_MANY)
    old, scale = solving.hunt, priced.stage.scale
    solving.hunt = search.begin(
        search.board_of(model, columns, short, soft_weights(model)),
        solving.choice,
        job_price=priced.prices / scale,
        room_price=priced.room.room / scale if old is None else old.seat.room_price,
        seed=solving.budget.seed + (int(old.seeds[0] % np.uint64(1000)) if old else 0),
        size=old.size if old else None,
    )


def _few(model: Model) -> bool:
    """Return whether agents hold few jobs each, so that knapsacks are small and strong."""
    return model.jobs <= search.FEW_JOBS * max(1, int((model.free > 0).sum()))


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
            if _take(solving, hunt.seat.choice, "search") and patient:
                since = 0.0
        elif hunt.above > FAR * heat:
            solving.hunt = hunt = search.back_to(hunt, solving.choice)
        if _is_optimal(solving):
            return


def _heat(solving: Solving) -> float:
    """Return what a neighbourhood may cost more at times: a small part of what may be left to gain."""
    return max(0.5, HEAT * (solving.costs[POINTS] - solving.bounds[POINTS]))


# --- bounds ----------------------------------------------------------------------------------------------------


def _approach(solving: Solving, tier: int) -> None:
    """Bring cost and bound of a tier closer together: price it, search its core, search along its prices."""
    if solving.costs[tier] <= solving.bounds[tier] or solving.budget.is_over():
        return
    first = tier not in solving.priced
    _price(solving, tier)
    if first and solving.model.jobs <= MOST_JOBS_AT_FIRST:
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
    found = core_search.finish(
        priced.stage,
        solving.model,
        solving.choice,
        regret + at,
        most_arcs=max(core_search.SMALL, int(solving.width * solving.model.jobs)),
        floor=solving.bounds[tier],
        budget=budget,
    )
    _take(solving, found.choice, "exact")
    if found.bound > solving.bounds[tier]:
        solving.bounds[tier] = found.bound
        _tell(solving, "exact")
    return found.whole


def _price(solving: Solving, tier: int) -> None:
    """Price a tier, or price it further, and keep the bound that the prices prove."""
    known, caps = solving.priced.get(tier), solving.costs[:tier]
    if known is None or known.caps != caps:
        plain = greedy.plain_bounds(solving.model)
        solving.bounds[tier], solving.evidence[tier] = plain[tier], _plain_evidence(solving.model, tier, plain)
        stage = stage_of(solving.model, tier, caps, soft_weights(solving.model)[:tier])
        solving.priced[tier] = known = _first_prices(solving, stage, caps)
    elif known.ascent is not None and not _generates(solving.model):
        _climb(solving, known.stage, known.ascent)
    stage = known.stage
    proven = min(stage.rounded_up(known.bound), solving.costs[tier])
    if proven > solving.bounds[tier]:
        solving.bounds[tier] = proven
        solving.evidence[tier] = Evidence(
            bound=proven, scale=stage.scale, jobs=known.prices.copy(), caps=stage.caps
        )
        _tell(solving, "prices")


def _generates(model: Model) -> bool:
    """Return whether prices come from column generation, so that they are the best there are."""
    return _few(model) and model.jobs <= MOST_JOBS_GENERATED


def _climb(solving: Solving, stage: Stage, ascent: dual.Ascent) -> None:
    """Raise a bound for about a second's work."""
    looks = PRICE_LOOKS if not _few(solving.model) else max(10, FINE_WORK // max(1, stage.columns.work))
    target = solving.costs[stage.tier]
    dual.climb(stage, ascent, alive(stage), target=target, looks=min(500, looks), budget=solving.budget)


def _first_prices(solving: Solving, stage: Stage, caps: tuple[int, ...]) -> Priced:
    """Return a tier with its first good prices; small ones with the best there are."""
    model, budget, target = solving.model, solving.budget, solving.costs[stage.tier]
    room = _room_prices(solving, stage, target)
    if stage.columns.work > _most_work(model):
        return Priced(caps, stage, room, None)
    first, counted = _from_waiting(solving, stage, room.jobs), _at_their_pace(model, solving.choice)
    if counted.any():
        stage = stage_of(model, stage.tier, caps, soft_weights(model)[: stage.tier], counted)
        if stage.tier < POINTS:
            first = dual.best_start(stage, first, alive(stage))
    for _ in range(MOST_RECOUNTS):
        ascent = dual.start(stage, first)
        _raise(solving, stage, ascent)
        hurried = dual.hurried(stage, ascent.best_prices, alive(stage), model.count, model.pace) & ~counted
        if budget.is_over() or not hurried.any() or ascent.bound > (target - stage.step) * stage.scale:
            break
        counted |= hurried
        first = ascent.best_prices
        stage = stage_of(model, stage.tier, caps, soft_weights(model)[: stage.tier], counted)
    return Priced(caps, stage, room, ascent)


def _at_their_pace(model: Model, choice: Ints) -> Bools:
    """Return which agents take no more new requests because of their pace, shape (agents,)."""
    placed = np.flatnonzero(choice != WAITS)
    new = np.bincount(model.agent[choice[placed]], weights=model.count[placed], minlength=model.agents)
    reached: Bools = (new >= model.pace) & (new > 0)
    return reached


def _raise(solving: Solving, stage: Stage, ascent: dual.Ascent) -> None:
    """Raise a first bound; of small models to the best there is."""
    budget, target = solving.budget, solving.costs[stage.tier]
    if not _generates(solving.model):
        _climb(solving, stage, ascent)
        return
    dual.climb(stage, ascent, alive(stage), target=target, looks=200, budget=budget)
    if not budget.is_over():
        made = generation.generate(
            stage, ascent.best_prices, solving.choice, alive(stage), target=target, budget=budget
        )
        ascent.best_prices, ascent.bound = made.prices, made.bound


def _from_waiting(solving: Solving, stage: Stage, prices: Ints) -> Ints:
    """Return prices of points to begin from: those of the tier before, at what its unit is worth here."""
    if stage.tier < POINTS or not stage.caps[-1]:
        return prices
    before = solving.evidence[stage.tier - 1]
    ratio = stage.caps[-1] / before.scale
    jobs = np.minimum(2.0**60, np.minimum(before.jobs.astype(np.float64), 2.0**40) * ratio)
    return np.maximum(prices, jobs.astype(np.int64) + 50 * stage.scale) if before.jobs.any() else prices


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
