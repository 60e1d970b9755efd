"""Seeded models for the tests of the core, and every choice of a small one with what it costs."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.random import Generator, default_rng

from solver.core.model import WAITS, Ints, Model

KINDS = ("equal", "coarse", "fine", "zero")
"""Equal efforts; multiples of 30 minutes; no common divisor; some efforts of 0."""


def ints(values: object) -> Ints:
    """Return values as the core wants them."""
    return np.array(values, dtype=np.int64)


def a_small_model(seed: int, kind: str | None = None) -> Model:
    """Return a model small enough to try every choice: up to six jobs and three agents."""
    rng = default_rng(seed)
    jobs, agents = int(rng.integers(1, 7)), int(rng.integers(1, 4))
    return a_model(rng, jobs, agents, kind=kind or KINDS[seed % len(KINDS)])


def a_model(rng: Generator, jobs: int, agents: int, *, kind: str, ratio: float = 1.0) -> Model:
    """Return a random model: households, work that is ordinary in part, convex pieces, pace, all weights.

    `ratio` is what all jobs together ask over all room, about.
    """
    eligible = rng.random((jobs, agents)) < rng.choice((0.5, 0.8, 1.0))
    job, agent = np.nonzero(eligible)
    count = np.ones(jobs, np.int64) if kind == "equal" else rng.choice((1, 1, 1, 2, 3), jobs)
    effort = _efforts(rng, job, kind=kind)
    share = rng.choice((0.0, 1.0) if kind == "equal" else (0.0, 1.0, 0.5), jobs)
    middle = float(np.median(effort)) if len(effort) else 1.0
    free = ints(np.maximum(0, rng.normal(1.0, 0.5, agents) * middle * jobs / agents / ratio))
    piece_start, width, slope = _pieces(rng, free)
    return Model(
        row_start=ints([0, *np.cumsum(eligible.sum(axis=1))]),
        agent=ints(agent),
        cost=rng.integers(0, int(rng.choice((2, 50, 10_000))), len(job)),
        effort=effort,
        ordinary_effort=ints(effort * share[job]),
        count=ints(count),
        waiting=_waiting(rng, jobs),
        free=free,
        ordinary_free=ints(free * rng.choice((0.0, 0.5, 0.8, 1.0, 1.5), agents)),
        pace=rng.choice((0, 1, 2, 3, 2**31), agents, p=(0.04, 0.16, 0.15, 0.15, 0.5))
        * max(1, jobs // 6 // agents),
        piece_start=piece_start,
        piece_width=width,
        piece_slope=slope,
    )


def _efforts(rng: Generator, job: Ints, *, kind: str) -> Ints:
    """Return the effort of each arc: the job's own, with minutes that some pairs add."""
    if kind == "equal":
        return np.full(len(job), int(rng.choice((1, 45, 60))), np.int64)
    some = {"coarse": 30 * rng.integers(1, 9, 400), "fine": rng.integers(1, 97, 400)}.get(kind)
    of_jobs = rng.choice((0, 30, 45, 60), 400) if some is None else some
    extra = rng.choice((0, 0, 0, 30), len(job)) if kind != "fine" else rng.choice((0, 0, 7), len(job))
    return ints(of_jobs[job % 400] + extra)


def _waiting(rng: Generator, jobs: int) -> Ints:
    """Return weights of which each job has one or both, or none; small, many alike, or very large."""
    step, most = [(1, 20), (60, 400), (1, 2), (7, 2**40)][int(rng.integers(4))]
    weights = step * rng.integers(0, most, (2, jobs))
    kept = rng.choice((0, 1, 2, 3), jobs, p=(0.25, 0.6, 0.1, 0.05))
    return ints(weights * np.array([(kept == 0) | (kept == 2), (kept == 1) | (kept == 2)]))


def _pieces(rng: Generator, free: Ints) -> tuple[Ints, Ints, Ints]:
    """Return up to three pieces for each agent, some of no width, slopes rising."""
    numbers = rng.integers(0, 4, len(free))
    slopes = [np.sort(rng.choice((0, 0, 1, 2, 5, 40), number)) for number in numbers]
    widths = [
        rng.integers(0, max(1, int(room) // 2) + 1, number) for room, number in zip(free, numbers, strict=True)
    ]
    start = ints([0, *np.cumsum(numbers)])
    return start, ints(np.concatenate(widths)), ints(np.concatenate(slopes))


@dataclass(frozen=True, slots=True)
class Everything:
    """All choices of a small model that fit, shape (choices, jobs), and what each costs, shape (choices, 3)."""

    choices: Ints
    costs: Ints

    @property
    def least(self) -> tuple[int, ...]:
        """Return the costs of the best choice, tier by tier."""
        return min(tuple(costs) for costs in self.costs.tolist())


def everything(model: Model) -> Everything:
    """Return all choices that fit with their costs: from the definition of the model, by trying each."""
    rows = [(WAITS, *range(*model.row_start[j : j + 2].tolist())) for j in range(model.jobs)]
    every = ints(list(product(*rows)))
    load, ordinary, new = (_sums(model, every, amount) for amount in _amounts(model))
    fitting = (load <= model.free) & (ordinary <= np.where(ordinary > 0, model.ordinary_free, 0))
    good = (fitting & (new <= model.pace)).all(axis=1)
    choices, load = every[good], load[good]
    waits = (choices == WAITS).astype(np.int64)
    points = (np.append(model.cost, 0)[choices]).sum(axis=1) + _load_points(model, load)
    return Everything(choices, np.column_stack((waits @ model.waiting.T, points)))


def _amounts(model: Model) -> tuple[Ints, Ints, Ints]:
    """Return the minutes, ordinary minutes and new requests of each arc."""
    return model.effort, model.ordinary_effort, model.count[model.job]


def _sums(model: Model, choices: Ints, amount: Ints) -> Ints:
    """Return what each agent gets in each choice, shape (choices, agents)."""
    sums = np.zeros((len(choices), model.agents), np.int64)
    for a in range(model.agents):
        sums[:, a] = np.append(np.where(model.agent == a, amount, 0), 0)[choices].sum(axis=1)
    return sums


def _load_points(model: Model, load: Ints) -> Ints:
    """Return the convex costs of each choice's loads: what lies in a piece, at its slope; the last has no end."""
    points = np.zeros(len(load), np.int64)
    for a in range(model.agents):
        first, last = int(model.piece_start[a]), int(model.piece_start[a + 1])
        begin = 0
        for piece in range(first, last):
            end = 2**60 if piece == last - 1 else begin + int(model.piece_width[piece])
            points += np.clip(load[:, a] - begin, 0, end - begin) * model.piece_slope[piece]
            begin = end
    return points


def a_gap_model(seed: int, jobs: int = 60, agents: int = 4) -> Model:
    """Return a model like the public benchmark's type d: dear arcs take little, and nothing should wait.

    Source: Chu and Beasley (1997), type d; the room is a little larger, so that everything can be placed.
    """
    rng = default_rng(seed)
    effort = rng.integers(1, 101, jobs * agents)
    return Model(
        row_start=agents * np.arange(jobs + 1, dtype=np.int64),
        agent=np.tile(np.arange(agents, dtype=np.int64), jobs),
        cost=np.maximum(0, 111 - effort + rng.integers(-10, 11, jobs * agents)),
        effort=effort,
        ordinary_effort=np.zeros(jobs * agents, np.int64),
        count=np.ones(jobs, np.int64),
        waiting=ints([[1] * jobs, [0] * jobs]),
        free=np.full(agents, int(effort.sum()) * 8 // (10 * agents * agents), np.int64),
        ordinary_free=np.zeros(agents, np.int64),
        pace=np.full(agents, jobs, np.int64),
        piece_start=np.zeros(agents + 1, np.int64),
        piece_width=ints([]),
        piece_slope=ints([]),
    )
