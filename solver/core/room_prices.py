"""Prices of the agents' room: the Lagrangian dual of the capacities, as strong as the linear relaxation.

At a price per unit of each agent's room every job goes where its cost and the room it takes are cheapest, or
waits; each agent is paid for the load that is best for it. That is a bound for any prices, in one look at
all arcs, whatever the capacities: for agents with many jobs each, where knapsacks are large and hardly
stronger; and it is where the search for prices of jobs begins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.core.compiled import compiled
from solver.core.knapsack import NEVER, Columns
from solver.core.level import aim_anew
from solver.core.model import Bools, Ints
from solver.core.stage import LARGEST_PRICED, Stage
from solver.limits import Budget

Floats = NDArray[np.float64]
WORK_PER_EFFORT = 200_000_000
"""Arcs looked at that count as a unit of effort; about a second of one core."""
TOO_LARGE = 2.0**61
"""Sums beyond this are not counted on in 64 bits."""
AT_ONCE = 4_000_000


PATIENCE, NEARER = 8.0, 0.6
"""After so many looks without a better bound a climb aims nearer by this factor."""


@dataclass(slots=True)
class RoomPrices:
    """What was found: prices per unit of room, shape (agents,), of jobs, shape (jobs,), and the bound; scaled."""

    room: Ints
    jobs: Ints
    bound: int


def climb(stage: Stage, alive: Bools, *, target: int, looks: int, budget: Budget) -> RoomPrices:
    """Return the best prices after at most so many looks at all arcs; the bound is exact.

    Parameters
    ----------
    target
        The unscaled cost of the best known choice.
    """
    columns = stage.columns
    level = 0.02 * target * stage.scale + 1.0
    prices = np.zeros(len(columns.room))
    found = RoomPrices(np.zeros(len(prices), np.int64), np.zeros(len(stage.wait), np.int64), -NEVER)
    state, direction = np.array([level, 0.0, -np.inf]), np.zeros(len(prices))
    aim, done = min(NEVER, (target - stage.step) * stage.scale), 0
    work = max(1, len(stage.cost) + len(columns.end_cost))
    while done < looks and found.bound <= aim and not budget.is_over():
        some = min(looks - done, max(1, AT_ONCE // work))
        found.bound = _climb(
            columns,
            stage.cost,
            alive,
            stage.wait,
            stage.offset,
            aim,
            prices,
            direction,
            state,
            found.room,
            found.jobs,
            found.bound,
            some,
        )
        budget.spend("room prices", some * work / WORK_PER_EFFORT)
        done += some
    return found


def given(stage: Stage, room: Floats) -> RoomPrices:
    """Return prices that are known, shape (agents,), unscaled per unit of room, with the bound that they prove."""
    highest = LARGEST_PRICED // (
        1 + int(stage.columns.room.max(initial=0)) + int(stage.columns.size.max(initial=0))
    )
    whole = np.minimum(room * stage.scale, float(highest)).astype(np.int64)
    bound, _ = regrets_at(stage, whole)
    return RoomPrices(whole, _least(stage, _paid(stage, whole)), bound)


def regrets_at(stage: Stage, room: Ints) -> tuple[int, Ints]:
    """Return the scaled bound at prices per unit of room, and what each arc costs above its job's best way.

    Shape (arcs,), in the order of the columns: any choice with the arc costs at least bound + regret.
    """
    columns, whole = stage.columns, room
    paid = _paid(stage, whole)
    least = _least(stage, paid)
    ends = columns.end_cost - np.repeat(whole, columns.room + 1) * (
        np.arange(len(columns.end_cost)) - np.repeat(columns.end_start[:-1], columns.room + 1)
    )
    values = np.minimum.reduceat(ends, columns.end_start[:-1]) if len(whole) else ends
    regret: Ints = paid - least[columns.job]
    return sum(least.tolist()) + sum(values.tolist()) - stage.offset, regret


def _paid(stage: Stage, room: Ints) -> Ints:
    """Return what each arc costs with the room that it takes, shape (arcs,)."""
    agent = np.repeat(np.arange(len(room)), np.diff(stage.columns.start))
    paid: Ints = stage.cost + room[agent] * stage.columns.size
    return paid


def _least(stage: Stage, paid: Ints) -> Ints:
    """Return what each job costs at least, by what each arc costs with its room: shapes (jobs,) and (arcs,)."""
    least = stage.wait.copy()
    np.minimum.at(least, stage.columns.job, paid)
    return least


@compiled
def _climb(  # noqa: C901 (one loop of machine code)
    columns: Columns,
    cost: Ints,
    alive: Bools,
    wait: Ints,
    offset: int,
    aim: int,
    prices: Floats,
    direction: Floats,
    state: Floats,
    best_room: Ints,
    best_jobs: Ints,
    bound: int,
    looks: int,
) -> int:
    """Look so many times, and return the best bound."""
    start, job, size, room = columns.start, columns.job, columns.size, columns.room
    end_start, end_cost = columns.end_start, columns.end_cost
    agents, jobs = len(room), len(wait)
    whole, least, where = np.empty(agents, np.int64), np.empty(jobs, np.int64), np.empty(jobs, np.int64)
    slope = np.empty(agents)
    highest = float(LARGEST_PRICED // (1 + room.max() + (size.max() if len(size) else 0))) if agents else 0.0
    for _ in range(looks):
        now, about = -offset, 0.0
        for j in range(jobs):
            least[j], where[j] = wait[j], -1
        for a in range(agents):
            whole[a] = np.int64(np.floor(min(highest, prices[a])))
            for i in range(start[a], start[a + 1]):
                if alive[i]:
                    paid = cost[i] + whole[a] * size[i]
                    if paid < least[job[i]]:
                        least[job[i]], where[job[i]] = paid, i
            value, at = NEVER, 0
            for s in range(room[a] + 1):
                here = end_cost[end_start[a] + s] - whole[a] * s
                if here < value:
                    value, at = here, s
            now += value
            about += abs(float(value))
            slope[a] = -float(at)
        for a in range(agents):
            for i in range(start[a], start[a + 1]):
                if where[job[i]] == i:
                    slope[a] += size[i]
        for j in range(jobs):
            now += least[j]
            about += abs(float(least[j]))
        if about > TOO_LARGE:
            now = -NEVER
        if now > bound:
            bound = now
            best_room[:] = whole
            best_jobs[:] = least
        aim_anew(state, float(now), PATIENCE, NEARER)
        if bound > aim:
            break
        length = 0.0
        for a in range(agents):
            if prices[a] <= 0.0 and slope[a] < 0.0:
                slope[a] = 0.0
            direction[a] = 0.7 * slope[a] + 0.3 * direction[a]
            length += direction[a] * direction[a]
        if length < 1e-9:
            break
        pace = (state[2] + max(state[0], 1.0) - float(now)) / length
        for a in range(agents):
            prices[a] = min(highest, max(0.0, prices[a] + pace * direction[a]))
    return bound
