"""Seeded core models of any size, as arrays: regions that are closed, or linked by a few arcs.

A region looks like a city of `benchmarks.cities`; inside it everything is drawn in NumPy, so that 100,000
jobs and 10,000 agents take seconds. Axis 0 = jobs, axis 1 = agents.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from solver.core.model import Ints, Model

Table = NDArray[np.int64]

TOPIC_SHARES: Final = (0.42, 0.13, 0.13, 0.07, 0.06, 0.19)
LEVEL_SHARES: Final = (0.30, 0.35, 0.25, 0.10)
ASKED_SHARES: Final = (0.05, 0.55, 0.30, 0.10)
EFFORTS: Final = (60, 120, 180, 240)
EFFORT_SHARES: Final = (5 / 14, 4 / 14, 3 / 14, 2 / 14)
EQUAL_EFFORT: Final = 120
URGENCY_WEIGHTS: Final = (1, 10, 50)
URGENCY_SHARES: Final = (0.88, 0.11, 0.01)
INTERPRETER_MINUTES: Final = 30
TARGETS: Final = (720, 960, 1200, 1440)
SLOPES: Final = (0, 1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What every region of a country is like.

    Attributes
    ----------
    requests, caseworkers
        How many there are in each region.
    ratio
        Demanded minutes over the minutes that are free below target.
    equal
        Whether every request takes the same minutes.
    able_share
        How many of those who have the level may take a request: presence, languages, attributes.
    linked_share
        How many requests may also go to the first caseworkers of the next region; 0 closes the regions.
    links
        How many caseworkers of the next region those are.
    """

    requests: int
    caseworkers: int
    ratio: float = 1.0
    equal: bool = False
    able_share: float = 1.0
    linked_share: float = 0.0
    links: int = 3


@dataclass(frozen=True, slots=True)
class _Staff:
    """All agents of a country: their levels, shape (agents, topics); the others have shape (agents,)."""

    levels: Ints
    location: Ints
    speaks: Ints
    free: Ints
    ordinary_free: Ints
    pace: Ints


@dataclass(frozen=True, slots=True)
class _Jobs:
    """The jobs of one region, shape (jobs,) each."""

    topic: Ints
    asked: Ints
    effort: Ints
    urgency: Ints
    overdue: Ints
    days: Ints
    language: Ints
    district: Ints
    linked: Ints


def a_country(seed: int, *, regions: int, region: Region) -> Model:
    """Return the model of so many regions of one kind; the same seed gives the same arrays."""
    jobs = [_jobs(np.random.default_rng((seed, 1, number)), region) for number in range(regions)]
    staff = _staff(np.random.default_rng((seed, 0)), region, [int(one.effort.sum()) for one in jobs])
    rows = [
        _arcs(np.random.default_rng((seed, 2, number)), region, one, staff=staff, number=number)
        for number, one in enumerate(jobs)
    ]
    counts, agent, cost, effort, ordinary = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    piece_width = np.stack((staff.ordinary_free, (staff.free - staff.ordinary_free) // 2, staff.free), axis=1)
    agents = regions * region.caseworkers
    return Model(
        row_start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        agent=agent,
        cost=cost,
        effort=effort,
        ordinary_effort=ordinary,
        count=np.ones(regions * region.requests, np.int64),
        waiting=np.concatenate([_waiting(one) for one in jobs], axis=1),
        free=staff.free,
        ordinary_free=staff.ordinary_free,
        pace=staff.pace,
        piece_start=np.arange(agents + 1, dtype=np.int64) * len(SLOPES),
        piece_width=piece_width.ravel(),
        piece_slope=np.tile(np.array(SLOPES, np.int64), agents),
    )


def _jobs(rng: np.random.Generator, region: Region) -> _Jobs:
    size = region.requests
    effort = rng.choice(EFFORTS, size, p=EFFORT_SHARES)
    return _Jobs(
        topic=rng.choice(len(TOPIC_SHARES), size, p=TOPIC_SHARES),
        asked=rng.choice(4, size, p=ASKED_SHARES),
        effort=np.full(size, EQUAL_EFFORT) if region.equal else effort,
        urgency=rng.choice(URGENCY_WEIGHTS, size, p=URGENCY_SHARES),
        overdue=(rng.random(size) < 0.1).astype(np.int64),
        days=np.minimum(60, rng.exponential(12, size)).astype(np.int64),
        language=np.where(rng.random(size) < 0.15, rng.integers(0, 3, size), -1),
        district=rng.integers(0, 6, size),
        linked=(rng.random(size) < region.linked_share).astype(np.int64),
    )


def _staff(rng: np.random.Generator, region: Region, demand: list[int]) -> _Staff:
    """Return everybody; each region's room below target is its demand over the ratio."""
    regions, each = len(demand), region.caseworkers
    share = rng.uniform(0.2, 1.8, (regions, each))
    share *= (np.array(demand) / region.ratio / share.sum(axis=1))[:, None]
    room = np.rint(share).astype(np.int64).ravel()
    target = np.maximum(rng.choice(TARGETS, regions * each), room)
    return _Staff(
        levels=rng.choice(4, (regions * each, len(TOPIC_SHARES)), p=LEVEL_SHARES),
        location=rng.integers(0, 6, regions * each),
        speaks=(rng.random((regions * each, 3)) < 0.2).astype(np.int64),
        free=room + target * 15 // 100,
        ordinary_free=room,
        pace=rng.choice((10, 12, 15), regions * each),
    )


def _arcs(
    rng: np.random.Generator, region: Region, jobs: _Jobs, *, staff: _Staff, number: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return the arcs of one region: how many each job has, then agent, cost, effort, ordinary effort."""
    own = region.caseworkers
    agents = np.arange(number * own, min((number + 1) * own + region.links, len(staff.free)))
    ordinary = (jobs.urgency == 1) & (jobs.overdue == 0)
    interpreter = _interpreter(jobs, staff.speaks[agents])
    minutes = jobs.effort[:, None] + interpreter * (0 if region.equal else INTERPRETER_MINUTES)
    levels = staff.levels[agents][:, jobs.topic].T
    able = (levels >= jobs.asked[:, None]) & (rng.random(minutes.shape) < region.able_share)
    able &= minutes <= np.where(ordinary[:, None], staff.ordinary_free[agents], staff.free[agents])
    able[:, own:] &= jobs.linked[:, None] == 1
    job, column = np.nonzero(able)
    cost = _points(jobs, levels, staff.location[agents]) + 40 * interpreter
    effort = minutes[job, column]
    return able.sum(axis=1), agents[column], cost[job, column], effort, effort * ordinary[job]


def _interpreter(jobs: _Jobs, speaks: Table) -> Table:
    """Return 1 where a job asks for a language that the agent does not speak."""
    spoken = speaks[:, np.maximum(jobs.language, 0)].T
    needed: Table = ((jobs.language >= 0)[:, None] & (spoken == 0)).astype(np.int64)
    return needed


def _points(jobs: _Jobs, levels: Table, location: Ints) -> Table:
    """Return the price of each pair: expertise wasted, specialists, travel; as the default policy has it."""
    apart = np.abs(jobs.district[:, None] - location)
    wasted = 20 * np.maximum(levels - jobs.asked[:, None], 0)
    specialist = 60 * ((levels == 3) & (jobs.asked < 3)[:, None])
    points: Table = wasted + specialist + np.where(apart > 0, 5 + 3 * apart, 0)
    return points


def _waiting(jobs: _Jobs) -> Ints:
    """Return what each job weighs when it waits, shape (2, jobs): urgency x days x effort."""
    weight = jobs.urgency * (jobs.days + 1) * jobs.effort
    return np.stack((weight * jobs.overdue, weight * (1 - jobs.overdue)))
