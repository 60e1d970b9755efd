"""What everybody solves: a core model, with how it came to be, so that each process can make it again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

import solver
from benchmarks.cities import a_city
from benchmarks.public_files import read_assignment, read_gap
from benchmarks.regions import Region, a_country
from solver.arrays import arrays_of
from solver.core.model import Model

Maker: TypeAlias = Callable[..., Model]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make an instance, small enough to send to another process.

    Attributes
    ----------
    name
        What it is called in results.
    maker, arguments
        A function of this file, and what it is called with.
    must_place
        Whether every job has to be assigned, as in the public files; a rival then leaves out waiting.
    about
        What tells it from its neighbours in a row of the table, such as seed and ratio.
    """

    name: str
    maker: Maker
    arguments: tuple[tuple[str, Any], ...]
    must_place: bool = False
    about: tuple[tuple[str, float], ...] = ()

    def make(self) -> "Instance":
        """Return the instance; the same recipe always gives the same arrays."""
        return Instance(self.name, self.maker(**dict(self.arguments)), self.must_place)


@dataclass(frozen=True, slots=True)
class Instance:
    """A model to solve; `must_place` as in its recipe."""

    name: str
    model: Model
    must_place: bool = False


def city_model(**size: Any) -> Model:
    """Return the arrays of a seeded city; the arguments are those of `a_city`."""
    return arrays_of(a_city(**size)).model


def problem_model(text: str) -> Model:
    """Return the arrays of a stored problem, given as its JSON."""
    return arrays_of(solver.Problem.from_json(text)).model


def country_model(seed: int, regions: int, region: Region) -> Model:
    """Return the arrays of many regions; the arguments are those of `a_country`."""
    return a_country(seed, regions=regions, region=region)


def city(seed: int, *, requests: int, caseworkers: int, ratio: float, equal: bool = False) -> Recipe:
    """Return the recipe of a city; `equal` gives all requests the same effort."""
    size = {"seed": seed, "requests": requests, "caseworkers": caseworkers, "ratio": ratio, "equal": equal}
    kind = "equal" if equal else "general"
    return Recipe(
        name=f"{kind} {requests} × {caseworkers}, demand {ratio:.2g}, seed {seed}",
        maker=city_model,
        arguments=tuple(size.items()),
        about=(("seed", seed), ("ratio", ratio)),
    )


def country(seed: int, *, regions: int, region: Region) -> Recipe:
    """Return the recipe of many regions of one kind, for instances that are too large for a `Problem`."""
    jobs, agents = regions * region.requests, regions * region.caseworkers
    kind = "linked" if region.linked_share else "closed"
    return Recipe(
        name=f"{kind} regions {jobs} × {agents}, demand {region.ratio:.2g}, seed {seed}",
        maker=country_model,
        arguments=(("seed", seed), ("regions", regions), ("region", region)),
        about=(("seed", seed), ("ratio", region.ratio)),
    )


def gap_file(path: str, name: str) -> Recipe:
    """Return the recipe of a public file of the generalised assignment problem."""
    return Recipe(name=name, maker=read_gap, arguments=(("path", path),), must_place=True)


def assignment_file(path: str, name: str) -> Recipe:
    """Return the recipe of a public file of the linear assignment problem."""
    return Recipe(name=name, maker=read_assignment, arguments=(("path", path),), must_place=True)


def warm_up_models() -> tuple[Instance, ...]:
    """Return small models of all kinds, to be solved before any clock starts: they compile what is compiled."""
    return (
        Instance("warm-up, equal", city_model(seed=1, requests=12, caseworkers=4, ratio=1.0, equal=True)),
        Instance("warm-up, few requests each", city_model(seed=1, requests=80, caseworkers=20, ratio=1.1)),
        Instance("warm-up, many requests each", city_model(seed=1, requests=120, caseworkers=8, ratio=1.1)),
    )


def density(model: Model) -> float:
    """Return the share of all pairs that are arcs."""
    return float(model.arcs / max(1, model.jobs * model.agents))


def demand_ratio(model: Model) -> float:
    """Return the demanded minutes over the minutes free below target, by each job's least effort."""
    least = np.full(model.jobs, np.iinfo(np.int64).max)
    np.minimum.at(least, model.job, model.effort)
    asked = int(least[np.diff(model.row_start) > 0].sum())
    return asked / max(1, int(model.ordinary_free.sum()))
