"""The arrays of an assignment model, what makes them right, and what a choice of arcs costs.

Jobs are assigned to agents along arcs, at most one arc each; a job without an arc waits. Arcs are kept as
compressed rows (CSR): the arcs of job j are row_start[j] to row_start[j + 1].
"""

from dataclasses import dataclass, fields, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver.core.compiled import compiled

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

WAITS: Final = -1
LARGEST_SUM: Final = 2**53


class ModelError(ValueError):
    """Arrays that are no assignment model; `faults` names every fault at once."""

    code = "invalid-model"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An assignment model; every array is int64 and nothing in it is negative.

    Attributes
    ----------
    row_start
        Shape (jobs + 1,): where each job's arcs begin; the last is the number of arcs.
    agent, cost, effort, ordinary_effort
        Shape (arcs,): to whom the arc goes; points; minutes; minutes of ordinary work among them.
        Within a job the agents rise.
    count
        Shape (jobs,): how many new requests a job is, at least 1.
    waiting
        Shape (2, jobs): what it weighs in tier 1 and in tier 2 when the job waits.
    free, ordinary_free, pace
        Shape (agents,): minutes, minutes of ordinary work, and new requests there is room for.
    piece_start, piece_width, piece_slope
        The convex cost of an agent's added minutes, as pieces in compressed rows by agent: so many
        minutes at so many points each, slopes rising. Minutes beyond the last piece cost what it costs.
    """

    row_start: Ints
    agent: Ints
    cost: Ints
    effort: Ints
    ordinary_effort: Ints
    count: Ints
    waiting: Ints
    free: Ints
    ordinary_free: Ints
    pace: Ints
    piece_start: Ints
    piece_width: Ints
    piece_slope: Ints

    @property
    def jobs(self) -> int:
        """Return the number of jobs."""
        return len(self.count)

    @property
    def agents(self) -> int:
        """Return the number of agents."""
        return len(self.free)

    @property
    def arcs(self) -> int:
        """Return the number of arcs."""
        return len(self.agent)

    @property
    def job(self) -> Ints:
        """Return the job of each arc, shape (arcs,)."""
        return np.repeat(np.arange(self.jobs, dtype=np.int64), np.diff(self.row_start))


def keep_arcs(model: Model, kept: Bools) -> Model:
    """Return the model with only the arcs that are kept, shape (arcs,); jobs and agents stay."""
    job = model.job[kept]
    row_start = np.zeros(model.jobs + 1, dtype=np.int64)
    np.cumsum(np.bincount(job, minlength=model.jobs), out=row_start[1:])
    return replace(
        model,
        row_start=row_start,
        agent=model.agent[kept],
        cost=model.cost[kept],
        effort=model.effort[kept],
        ordinary_effort=model.ordinary_effort[kept],
    )


def possible_arcs(model: Model) -> Bools:
    """Return which arcs fit by themselves, shape (arcs,)."""
    agent = model.agent
    fits: Bools = (
        (model.effort <= model.free[agent])
        & ((model.ordinary_effort == 0) | (model.ordinary_effort <= model.ordinary_free[agent]))
        & (model.count[model.job] <= model.pace[agent])
    )
    return fits


def tier_costs(model: Model, choice: Ints) -> tuple[int, int, int]:
    """Return the cost of each tier of a choice: shape (jobs,), the arc of each job or `WAITS`."""
    waits, arcs = choice == WAITS, choice[choice != WAITS]
    added = np.bincount(model.agent[arcs], weights=model.effort[arcs], minlength=model.agents)
    everybody = np.arange(model.agents, dtype=np.int64)
    points = int(model.cost[arcs].sum()) + int(load_costs(model, everybody, added.astype(np.int64)).sum())
    return int(model.waiting[0, waits].sum()), int(model.waiting[1, waits].sum()), points


def load_costs(model: Model, agent: Ints, minutes: Ints) -> Ints:
    """Return what added minutes cost their agents in points; all three of one shape, (loads,)."""
    return _load_costs(model.piece_start, model.piece_width, model.piece_slope, agent, minutes)


@compiled
def _load_costs(start: Ints, width: Ints, slope: Ints, agent: Ints, minutes: Ints) -> Ints:
    costs = np.zeros(len(agent), np.int64)
    for i in range(len(agent)):
        costs[i] = load_cost(start, width, slope, agent[i], minutes[i])
    return costs


@compiled
def load_cost(start: Ints, width: Ints, slope: Ints, agent: int, minutes: int) -> int:
    """Return what one agent's added minutes cost; minutes beyond the last piece cost what it costs."""
    cost, left, last = 0, minutes, start[agent + 1] - 1
    for piece in range(start[agent], start[agent + 1]):
        part = left if piece == last else min(left, width[piece])
        cost += part * slope[piece]
        left -= part
    return cost


def fits(model: Model, choice: Ints) -> bool:
    """Return whether a choice keeps within every agent's room and uses every job's own arcs."""
    arcs = choice[choice != WAITS]
    job = np.flatnonzero(choice != WAITS)
    own = (arcs >= model.row_start[job]) & (arcs < model.row_start[job + 1])
    agent = model.agent[arcs]

    def used(amount: Ints) -> Ints:
        return np.bincount(agent, weights=amount, minlength=model.agents).astype(np.int64)

    ordinary = used(model.ordinary_effort[arcs])
    return bool(
        own.all()
        and (used(model.effort[arcs]) <= model.free).all()
        and ((ordinary == 0) | (ordinary <= model.ordinary_free)).all()
        and (used(model.count[job]) <= model.pace).all()
    )


def checked(model: Model) -> Model:
    """Return the model when its arrays are right; arrays that lie scattered or are read-only as copies.

    Raises
    ------
    ModelError
        When types, shapes, order, signs or sums are wrong. Sums stay below 2**53, so that neither 64-bit
        integers nor the double-precision numbers of a linear solver can blur them.
    """
    for look in (_type_faults, _shape_faults, _content_faults):
        faults = look(model)
        if faults:
            raise ModelError(faults)
    arrays = {item.name: getattr(model, item.name) for item in fields(model)}
    kinds = {name: array.flags for name, array in arrays.items()}
    copied = {name: arrays[name].copy() for name, flags in kinds.items() if not (flags.carray and flags.writeable)}
    return replace(model, **copied) if copied else model


def _type_faults(model: Model) -> list[str]:
    """Return which arrays are none, or of another type or number of axes."""
    faults = []
    for item in fields(model):
        array: object = getattr(model, item.name)
        axes = 2 if item.name == "waiting" else 1
        if not isinstance(array, np.ndarray):
            faults.append(f"{item.name} is a {type(array).__name__}; it must be an array")
        elif array.dtype != np.int64 or array.ndim != axes:
            faults.append(f"{item.name} is {array.dtype} {array.shape}; it must be int64 with {axes} axes")
    return faults


def _shape_faults(model: Model) -> list[str]:
    """Return which arrays have another shape than they must have, or negative numbers."""
    jobs, agents, arcs, pieces = model.jobs, model.agents, model.arcs, len(model.piece_width)
    wanted: dict[str, tuple[int, ...]] = {
        "row_start": (jobs + 1,),
        "agent": (arcs,),
        "cost": (arcs,),
        "effort": (arcs,),
        "ordinary_effort": (arcs,),
        "count": (jobs,),
        "waiting": (2, jobs),
        "free": (agents,),
        "ordinary_free": (agents,),
        "pace": (agents,),
        "piece_start": (agents + 1,),
        "piece_width": (pieces,),
        "piece_slope": (pieces,),
    }
    faults = []
    for name, shape in wanted.items():
        array = getattr(model, name)
        if array.shape != shape:
            faults.append(f"{name} has the shape {array.shape}; it must be {shape}")
        elif array.size and int(array.min()) < 0:
            faults.append(f"{name} has {int(array.min())}; nothing may be negative")
    return faults


def _content_faults(model: Model) -> list[str]:
    """Return what is wrong with the order of rows, and which sums are too large."""
    faults = []
    for name, starts, end in (
        ("row_start", model.row_start, model.arcs),
        ("piece_start", model.piece_start, len(model.piece_width)),
    ):
        if int(starts[0]) != 0 or int(starts[-1]) != end or (np.diff(starts) < 0).any():
            faults.append(f"{name} must rise from 0 to {end}")
    if not faults:
        same_job = np.diff(model.job) == 0
        if model.arcs and (int(model.agent.max()) >= model.agents or (np.diff(model.agent)[same_job] <= 0).any()):
            faults.append(f"agent must rise within each job and stay below {model.agents}")
        if (model.count < 1).any():
            faults.append("count must be at least 1")
        if (model.ordinary_effort > model.effort).any():
            faults.append("ordinary_effort must not be more than effort")
        if (np.diff(model.piece_slope)[_same_agent(model)] < 0).any():
            faults.append("piece_slope must not fall from one piece of an agent to the next")
        faults.extend(_large_sums(model))
    return faults


def _same_agent(model: Model) -> Bools:
    """Return which pieces are followed by one of the same agent, shape (pieces - 1,)."""
    same: Bools = np.diff(np.repeat(np.arange(model.agents), np.diff(model.piece_start))) == 0
    return same


def _large_sums(model: Model) -> list[str]:
    """Return which sums could pass 2**53; added up as floats, which cannot overflow."""
    most_slope = float(model.piece_slope.max(initial=0))
    sums = {
        "waiting": float(model.waiting.astype(np.float64).sum()),
        "cost": float(model.cost.astype(np.float64).sum())
        + most_slope * float(model.free.astype(np.float64).sum()),
        "effort": float(model.effort.astype(np.float64).sum()) + float(model.free.max(initial=0)),
        "ordinary_free": float(model.ordinary_free.max(initial=0)),
        "count": float(model.count.astype(np.float64).sum()),
        "piece_width": float(model.piece_width.astype(np.float64).sum()),
    }
    return [f"the sum of {name} may pass 2**53" for name, total in sums.items() if total >= LARGEST_SUM]
