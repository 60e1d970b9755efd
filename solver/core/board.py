"""What the search looks at: a choice that fits, the arcs worth looking at, and a part of it to arrange anew."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver.core.compiled import compiled
from solver.core.model import WAITS, Bools, Ints

Floats: TypeAlias = NDArray[np.float64]
Seeds: TypeAlias = NDArray[np.uint64]

WAITING_JOBS = 4
"""Most waiting jobs that are looked at in one neighbourhood."""


class Board(NamedTuple):
    """What does not change while the search runs. Sizes in units of load; costs in one sum of all tiers.

    Attributes
    ----------
    agent, size, ordinary, cost
        Shape (arcs,).
    counts, wait
        Shape (jobs,): new requests that a job counts; what it costs when it waits.
    room, ordinary_room, pace
        Shape (agents,).
    end_start, end_cost
        Compressed rows: the convex cost of each load of each agent.
    short_start, short_arc
        Compressed rows: the arcs of each job that are worth looking at.
    """

    agent: Ints
    size: Ints
    ordinary: Ints
    cost: Floats
    counts: Ints
    wait: Floats
    room: Ints
    ordinary_room: Ints
    pace: Ints
    end_start: Ints
    end_cost: Floats
    short_start: Ints
    short_arc: Ints


class Seat(NamedTuple):
    """A choice that fits, with each agent's jobs as a chain, and prices that the search learns.

    Attributes
    ----------
    choice
        Shape (jobs,): the arc of each job, or `WAITS`.
    first, after
        Shapes (agents,) and (jobs,): an agent's first job, and the job after each, or -1.
    held, load
        Shape (agents,): how many jobs, and units of load.
    job_price, room_price
        Shapes (jobs,) and (agents,): what a job, and a unit of room, is worth.
    """

    choice: Ints
    first: Ints
    after: Ints
    held: Ints
    load: Ints
    job_price: Floats
    room_price: Floats


class Part(NamedTuple):
    """Room for one neighbourhood: agents, all their jobs, and some that wait.

    Attributes
    ----------
    agents, jobs
        Numbers of the agents and jobs in it.
    place
        Shape (all agents,): the position in `agents`, or -1; always -1 between neighbourhoods.
    """

    agents: Ints
    jobs: Ints
    place: Ints


def seated(board: Board, choice: Ints, job_price: Floats, room_price: Floats) -> Seat:
    """Return a choice, which must fit, as the search keeps it; everything is copied."""
    agents = len(board.room)
    seat = Seat(
        choice=np.full(len(choice), WAITS, np.int64),
        first=np.full(agents, -1, np.int64),
        after=np.full(len(choice), -1, np.int64),
        held=np.zeros(agents, np.int64),
        load=np.zeros(agents, np.int64),
        job_price=job_price.copy(),
        room_price=room_price.copy(),
    )
    _fill_seat(board, seat, choice)
    return seat


@compiled
def _fill_seat(board: Board, seat: Seat, choice: Ints) -> None:
    for job in range(len(choice)):
        put(board, seat, job, choice[job])


@compiled
def put(board: Board, seat: Seat, job: int, arc: int) -> None:
    """Give a job that no agent holds an arc; `WAITS` lets it wait."""
    seat.choice[job] = arc
    if arc >= 0:
        agent = board.agent[arc]
        seat.after[job] = seat.first[agent]
        seat.first[agent] = job
        seat.held[agent] += 1
        seat.load[agent] += board.size[arc]


@compiled
def free_agents(seat: Seat, agents: Ints) -> None:
    """Take all jobs from some agents; each must be put again."""
    for agent in agents:
        seat.first[agent] = -1
        seat.held[agent] = 0
        seat.load[agent] = 0


@compiled
def seeds_of(seed: int) -> Seeds:
    """Return the state of a random generator (xorshift64, Marsaglia 2003); never 0."""
    return np.array([np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)], np.uint64)


@compiled
def below(seeds: Seeds, limit: int) -> int:
    """Return a random whole number from 0 to limit - 1."""
    x = seeds[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    seeds[0] = x
    return np.int64((x >> np.uint64(33)) % np.uint64(limit))  # type: ignore[return-value]  # Numba's int


@compiled
def dare(seeds: Seeds, jobs: int, heat: float) -> tuple[int, float]:
    """Return which job may not stay where it is, or -1, and how much more a neighbourhood may then cost.

    With heat, one of four neighbourhoods must change; the amount is random, with that mean.
    """
    if heat > 0.0 and below(seeds, 4) == 0:
        return below(seeds, jobs), 0.5 - heat * np.log((below(seeds, 1_000_000) + 1) * 1e-6)
    return -1, 0.5


@compiled
def pick(board: Board, seat: Seat, waiting: Ints, seeds: Seeds, most: int, part: Part) -> tuple[int, int]:
    """Choose a neighbourhood of at most `most` jobs, and return how many agents and jobs it has.

    It grows from a random job, half of the time one that waits: an agent of its short list, then one from
    the short list of any job that is in it by then, so that its agents can exchange jobs. Some waiting jobs
    that could join come along.
    """
    agents, jobs = 0, 0
    job = below(seeds, len(seat.choice))
    if len(waiting) and below(seeds, 2) == 0:
        job = waiting[below(seeds, len(waiting))]
    agent = board.agent[seat.choice[job]] if seat.choice[job] >= 0 else _somebody(board, job, seeds)
    for _ in range(4 * len(part.agents)):
        if agent >= 0 and part.place[agent] < 0:
            if jobs + seat.held[agent] > most:
                break
            part.place[agent] = agents
            part.agents[agents] = agent
            agents += 1
            member = seat.first[agent]
            while member >= 0:
                part.jobs[jobs] = member
                jobs += 1
                member = seat.after[member]
            if agents == len(part.agents):
                break
        agent = _somebody(board, part.jobs[below(seeds, jobs)] if jobs else job, seeds)
    return agents, _with_waiting(board, seat, waiting, seeds, part, jobs, job)


@compiled
def _somebody(board: Board, job: int, seeds: Seeds) -> int:
    """Return a random agent of a job's short list, or -1."""
    first, last = board.short_start[job], board.short_start[job + 1]
    return board.agent[board.short_arc[first + below(seeds, last - first)]] if last > first else -1


@compiled
def _with_waiting(board: Board, seat: Seat, waiting: Ints, seeds: Seeds, part: Part, jobs: int, first: int) -> int:
    """Add waiting jobs that an agent of the neighbourhood could take, and return how many jobs it then has."""
    began = jobs
    for attempt in range(4 * WAITING_JOBS if len(waiting) else 0):
        job = waiting[below(seeds, len(waiting))] if attempt else first
        known = seat.choice[job] >= 0
        for i in range(began, jobs):
            known |= part.jobs[i] == job
        able = False
        for i in range(board.short_start[job], board.short_start[job + 1]):
            able |= part.place[board.agent[board.short_arc[i]]] >= 0
        if able and not known:
            part.jobs[jobs] = job
            jobs += 1
        if jobs - began == WAITING_JOBS:
            break
    return jobs


@compiled
def leave(part: Part, agents: int) -> None:
    """Forget a neighbourhood."""
    for x in range(agents):
        part.place[part.agents[x]] = -1


def waiting_in(choice: Ints, able: Bools) -> Ints:
    """Return the jobs that wait though an agent could take them, shape (some,)."""
    return np.flatnonzero((choice == WAITS) & able).astype(np.int64)
