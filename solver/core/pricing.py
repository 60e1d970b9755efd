"""Good prices for a tier: of room first, from there of jobs, and for small models the best there are."""

from dataclasses import replace
from typing import Final

import numpy as np

from solver.core import core_search, dual, generation, greedy, linear, relaxation, room_prices
from solver.core.answer import Evidence
from solver.core.model import WAITS, Bools, Ints, Model
from solver.core.relaxation import Relaxed
from solver.core.room_prices import RoomPrices
from solver.core.stage import (
    POINTS,
    Stage,
    alive,
    recounted,
    soft_weights,
    stage_of,
    summed_stage,
)
from solver.core.standing import Priced, Solving, few, plain_evidence, take, tell

MOST_WORK_FEW: Final = 400_000_000
MOST_WORK_MANY: Final = 40_000_000
"""Up to so many table entries knapsacks are looked at, where agents hold few jobs, and where they hold many."""
MOST_JOBS_GENERATED: Final = 450
"""Up to so many jobs, prices come from column generation."""
MOST_ARCS_RELAXED: Final = 150_000
"""Up to so many arcs, prices begin at those of the linear relaxation."""
ROOM_LOOKS: Final = 1500
ROOM_WORK: Final = 100_000_000
"""Looks at all arcs for prices of room, and the most arcs looked at."""
ROUGH_LOOKS: Final = 60
FIRST_LOOKS: Final = 200
MOST_LOOKS: Final = 1000
FINE_WORK: Final = 2_000_000_000
"""Looks at all knapsacks: for rough prices, before columns are generated, and in one climb; its table entries."""
PACED_LOOKS: Final = 10
MOST_PACED_LOOKS: Final = 300
PACED_CLIMBS: Final = 2
"""Looks at knapsacks that count new requests, after climbs of so many looks in which they have prices."""
MOST_RECOUNTS: Final = 3
"""How often a tier is priced again because agents passed their pace."""


def rough_prices(solving: Solving) -> Priced:
    """Return prices of all tiers in one sum: for the search, before anything is proven."""
    model = solving.model
    weights = soft_weights(model)
    stage = summed_stage(model, weights)
    target = solving.costs[2] + int(solving.costs[0] * weights[0] + solving.costs[1] * weights[1])
    relaxed = solving.relaxed = _relaxed(solving, POINTS, (), weights)
    room = _room_prices(solving, stage, target, relaxed)
    ascent = None
    if stage.columns.work <= _most_work(model):
        ascent = dual.start(stage, _prices_of(stage, relaxed) if relaxed else room.jobs)
        dual.climb(stage, ascent, alive(stage), target=target, looks=ROUGH_LOOKS, budget=solving.budget)
    return Priced((), stage, room, ascent)


def price(solving: Solving, tier: int) -> None:
    """Price a tier, or price it further, and keep the bound that the prices prove."""
    known, caps = solving.priced.get(tier), solving.costs[:tier]
    if known is None or known.caps != caps:
        plain = greedy.plain_bounds(solving.model)
        solving.bounds[tier], solving.evidence[tier] = plain[tier], plain_evidence(solving.model, tier, plain)
        solving.priced[tier] = known = _first_prices(solving, tier, caps)
    elif known.ascent is not None and not generates(solving.model):
        _climb(solving, known.stage, known.ascent, known.paced)
    if caps != solving.costs[:tier]:  # a better choice came up meanwhile: these bounds are for other caps
        return
    stage = known.stage
    proven = min(stage.rounded_up(known.bound), solving.costs[tier])
    if proven > solving.bounds[tier]:
        solving.bounds[tier] = proven
        solving.evidence[tier] = Evidence(
            bound=proven, scale=stage.scale, jobs=known.prices.copy(), caps=stage.caps
        )
        tell(solving, "prices")


def generates(model: Model) -> bool:
    """Return whether prices come from column generation, so that they are the best there are."""
    return few(model) and model.jobs <= MOST_JOBS_GENERATED


def _first_prices(solving: Solving, tier: int, caps: tuple[int, ...]) -> Priced:
    """Return a tier with its first good prices; small ones with the best there are."""
    model, target = solving.model, solving.costs[tier]
    relaxed = None if generates(model) else _relaxed_for(solving, tier, caps)
    weights = soft_weights(model)[:tier] if relaxed is None else relaxed.caps
    stage = stage_of(model, tier, caps, weights)
    room = _room_prices(solving, stage, target, relaxed)
    if stage.columns.work > _most_work(model):
        return Priced(caps, stage, room, None)
    counted = _at_their_pace(model, solving.choice) | solving.hurried
    if counted.any():
        stage = stage_of(model, tier, caps, weights, counted)
    first = _beginning(solving, stage, room, relaxed)
    paced = None
    if relaxed is not None and counted.any():
        light = recounted(stage, model, np.zeros(model.agents, np.bool_))
        paced = light, dual.start_paced(light, first, relaxed.pace * light.scale, model)
    stage, ascent = _first_climb(solving, stage, counted, first, paced)
    return Priced(caps, stage, room, ascent, paced)


def _relaxed_for(solving: Solving, tier: int, caps: tuple[int, ...]) -> Relaxed | None:
    """Return a tier's relaxation; when only what must may wait, that of all tiers in one serves points."""
    rough = solving.relaxed
    if tier < POINTS or rough is None or caps != greedy.plain_bounds(solving.model)[:POINTS]:
        return _relaxed(solving, tier, caps)
    return replace(rough, caps=soft_weights(solving.model))


def _beginning(solving: Solving, stage: Stage, room: RoomPrices, relaxed: Relaxed | None) -> Ints:
    """Return prices of jobs to begin from, shape (jobs,), scaled."""
    if relaxed is not None:
        return _prices_of(stage, relaxed)
    first = _from_waiting(solving, stage, room.jobs)
    counts = bool((stage.columns.layers > 1).any())
    return dual.best_start(stage, first, alive(stage)) if counts and stage.tier < POINTS else first


def _first_climb(
    solving: Solving, stage: Stage, counted: Bools, first: Ints, paced: tuple[Stage, dual.Ascent] | None
) -> tuple[Stage, dual.Ascent]:
    """Return the first good prices, and the stage in which the agents who pass their pace at them are counted.

    Parameters
    ----------
    counted
        Shape (agents,): whose new requests the stage counts.
    paced
        Where prices are looked for first, if given: see `Priced`.
    """
    model, budget, aim = solving.model, solving.budget, (solving.costs[stage.tier] - stage.step) * stage.scale
    for turn in range(1 if generates(model) else MOST_RECOUNTS):
        ascent = dual.start(stage, first)
        if turn and paced is not None:  # its knapsacks count nothing, so they are as before
            target = solving.costs[stage.tier]
            dual.climb(stage, ascent, alive(stage), target=target, looks=PACED_LOOKS, budget=budget)
        else:
            _raise(solving, stage, ascent, paced)
        hurried = dual.hurried(stage, ascent.best_prices, alive(stage), model.count, model.pace) & ~counted
        if budget.is_over() or not hurried.any() or ascent.bound > aim:
            break
        counted, first = counted | hurried, ascent.best_prices
        stage = recounted(stage, model, counted)
    return stage, ascent


def _relaxed(
    solving: Solving, tier: int, caps: tuple[int, ...], weights: tuple[float, float] = (0.0, 0.0)
) -> Relaxed | None:
    """Return a tier's relaxation, and keep the choice that leans on it, if it is better.

    None where agents hold many jobs, where the model is too large, and when there is no time.
    """
    model = solving.model
    some = core_search.SMALL < model.arcs <= MOST_ARCS_RELAXED and few(model) and linear.suits(model)
    found = relaxation.relaxed(model, tier, caps, solving.budget, weights) if some else None
    if found is not None:
        solving.hurried |= found.hurried
        take(solving, greedy.choose(model, lean=found.taken), "relaxation")
    return found


def _prices_of(stage: Stage, relaxed: Relaxed) -> Ints:
    """Return a relaxation's prices of jobs as a stage counts them, shape (jobs,)."""
    prices: Ints = np.maximum(relaxed.jobs * stage.scale, 0.0).astype(np.int64)
    return prices


def _raise(solving: Solving, stage: Stage, ascent: dual.Ascent, paced: tuple[Stage, dual.Ascent] | None) -> None:
    """Raise a first bound; of small models to the best there is."""
    budget, target = solving.budget, solving.costs[stage.tier]
    if not generates(solving.model):
        _climb(solving, stage, ascent, paced)
        return
    dual.climb(stage, ascent, alive(stage), target=target, looks=FIRST_LOOKS, budget=budget)
    if not budget.is_over():
        made = generation.generate(
            stage, ascent.best_prices, solving.choice, alive(stage), target=target, budget=budget
        )
        ascent.best_prices, ascent.bound = made.prices, made.bound
        if stage.tier == POINTS:
            solving.patterns.patterns = made.patterns


def _climb(solving: Solving, stage: Stage, ascent: dual.Ascent, paced: tuple[Stage, dual.Ascent] | None) -> None:
    """Raise a bound for about a second's work."""
    target, budget = solving.costs[stage.tier], solving.budget
    looks = min(MOST_LOOKS, max(10, FINE_WORK // max(1, stage.columns.work)))
    if paced is not None:
        light, its = paced
        some = min(MOST_PACED_LOOKS, max(10, FINE_WORK // max(1, light.columns.work)))
        for _ in range(PACED_CLIMBS):
            dual.climb(light, its, alive(light), target=target, looks=some, budget=budget)
        dual.go_on_from(ascent, its.best_prices[: solving.model.jobs])
        looks = min(looks, PACED_LOOKS)
    dual.climb(stage, ascent, alive(stage), target=target, looks=looks, budget=budget)


def _room_prices(solving: Solving, stage: Stage, target: int, relaxed: Relaxed | None) -> RoomPrices:
    """Return prices of room: those of the relaxation, where there is one."""
    if relaxed is not None:
        room = room_prices.given(stage, relaxed.room * stage.columns.unit)
    else:
        looks = max(20, min(ROOM_LOOKS, ROOM_WORK // max(1, solving.model.arcs)))
        room = room_prices.climb(stage, alive(stage), target=target, looks=looks, budget=solving.budget)
    solving.room[stage.tier] = room.room / stage.scale / stage.columns.unit
    return room


def _most_work(model: Model) -> int:
    """Return up to how many table entries knapsacks are looked at."""
    return MOST_WORK_FEW if few(model) else MOST_WORK_MANY


def _at_their_pace(model: Model, choice: Ints) -> Bools:
    """Return which agents take no more new requests because of their pace, shape (agents,)."""
    placed = np.flatnonzero(choice != WAITS)
    new = np.bincount(model.agent[choice[placed]], weights=model.count[placed], minlength=model.agents)
    reached: Bools = (new >= model.pace) & (new > 0)
    return reached


def _from_waiting(solving: Solving, stage: Stage, prices: Ints) -> Ints:
    """Return prices of points to begin from: those of the tier before, at what its unit is worth here."""
    if stage.tier < POINTS or not stage.caps[-1]:
        return prices
    before = solving.evidence[stage.tier - 1]
    ratio = stage.caps[-1] / before.scale
    jobs = np.minimum(2.0**60, np.minimum(before.jobs.astype(np.float64), 2.0**40) * ratio)
    return np.maximum(prices, jobs.astype(np.int64) + 50 * stage.scale) if before.jobs.any() else prices
