"""Arrange a few agents with all their jobs anew, job by job, pruned by prices of the agents' room.

For agents who hold many jobs each. The small problem is priced by a few steps of the dual in `room_prices`;
then a depth-first search gives each job in turn, the largest first, one of its arcs, the cheapest at these
prices first. A branch ends when what its arcs cost above the cheapest ones passes what could still be gained.
"""

from typing import NamedTuple

import numpy as np

from solver.core.board import Board, Floats, Part, Seat, Seeds, below, dare, free_agents, leave, pick, put
from solver.core.compiled import compiled
from solver.core.model import Ints

MOST_AGENTS = 40
MOST_ARCS = 24
SLACK = 1e-6
STEPS = 25
"""Of the small problem's dual."""


class Lists(NamedTuple):
    """Room for one neighbourhood: axis 0 = its jobs, axis 1 = the ways of each, cheapest first.

    Attributes
    ----------
    ways
        How many each job has.
    arc, place
        Of each way: its arc, and its agent's position in the part; -1 to wait.
    cost, above
        What it costs, and how much above the job's cheapest way at the prices of room.
    room, ordinary, new
        Shape (agents in the part,): what is left in the branch.
    price
        Shape (agents in the part,): per unit of room.
    chosen, best
        The way of each job in the branch, and in the best choice found.
    """

    ways: Ints
    arc: Ints
    place: Ints
    cost: Floats
    above: Floats
    room: Ints
    ordinary: Ints
    new: Ints
    price: Floats
    chosen: Ints
    best: Ints


@compiled
def improve(
    board: Board, seat: Seat, waiting: Ints, seeds: Seeds, most: int, nodes: int, heat: float, work: int
) -> tuple[float, int, int, int]:
    """Arrange neighbourhoods anew until so much work is done; parameters and result as in `by_patterns`."""
    size = most + 16
    part = Part(np.empty(MOST_AGENTS, np.int64), np.empty(size, np.int64), np.full(len(board.room), -1, np.int64))
    lists = _lists(size)
    gained, tried, whole, done = 0.0, 0, 0, 0
    while done < work:
        agents, jobs = pick(board, seat, waiting, seeds, most, part)
        tried += 1
        done += 100 * jobs + 100
        if agents and jobs:
            banned, allowed = dare(seeds, jobs, heat)
            cost = _list_ways(board, seat, part, lists, agents, jobs, banned)
            most_cost = cost + allowed
            bound = _price(board, seat, part, lists, agents, jobs, most_cost)
            done += STEPS * int(lists.ways[:jobs].sum()) // 4
            if bound >= most_cost - SLACK:
                whole += 1
            else:
                _order_ways(board, lists, jobs)
                share = 0.3 + 0.007 * below(seeds, 101)
                found, used = _search(board, part, lists, agents, jobs, bound, most_cost, share, nodes)
                done += used
                whole += used < nodes
                if found < most_cost - SLACK:
                    gained += cost - found
                    free_agents(seat, part.agents[:agents])
                    for x in range(jobs):
                        put(board, seat, part.jobs[x], lists.arc[x, lists.best[x]])
        leave(part, agents)
    return gained, tried, whole, done


@compiled
def _lists(jobs: int) -> Lists:
    wide = (jobs, MOST_ARCS)
    return Lists(
        np.zeros(jobs, np.int64),
        np.empty(wide, np.int64),
        np.empty(wide, np.int64),
        np.empty(wide),
        np.empty(wide),
        np.empty(MOST_AGENTS, np.int64),
        np.empty(MOST_AGENTS, np.int64),
        np.empty(MOST_AGENTS, np.int64),
        np.empty(MOST_AGENTS),
        np.empty(jobs, np.int64),
        np.empty(jobs, np.int64),
    )


@compiled
def _list_ways(board: Board, seat: Seat, part: Part, lists: Lists, agents: int, jobs: int, banned: int) -> float:
    """List the ways of every job, and return what the part costs as it is.

    The job at position `banned` may not stay where it is.
    """
    cost = 0.0
    for a in range(agents):
        agent = part.agents[a]
        lists.room[a], lists.ordinary[a] = board.room[agent], board.ordinary_room[agent]
        lists.new[a], lists.price[a] = board.pace[agent], seat.room_price[agent]
        cost += board.end_cost[board.end_start[agent] + seat.load[agent]]
    for x in range(jobs):
        job = part.jobs[x]
        own = seat.choice[job]
        lists.ways[x] = 0
        _list_way(lists, x, -1, -1, board.wait[job])
        if own >= 0 and x != banned:
            _list_way(lists, x, own, part.place[board.agent[own]], board.cost[own])
        for i in range(board.short_start[job], board.short_start[job + 1]):
            arc = board.short_arc[i]
            if arc != own and part.place[board.agent[arc]] >= 0 and lists.ways[x] < MOST_ARCS:
                _list_way(lists, x, arc, part.place[board.agent[arc]], board.cost[arc])
        cost += board.cost[own] if own >= 0 else board.wait[job]
    return cost


@compiled
def _list_way(lists: Lists, x: int, arc: int, place: int, cost: float) -> None:
    k = lists.ways[x]
    lists.arc[x, k], lists.place[x, k], lists.cost[x, k] = arc, place, cost
    lists.ways[x] = k + 1


@compiled
def _price(  # noqa: C901 (one loop of machine code)
    board: Board, seat: Seat, part: Part, lists: Lists, agents: int, jobs: int, target: float
) -> float:
    """Raise the bound of the part by a few subgradient steps, and leave the best prices in the lists."""
    best, stride = -np.inf, 1.0
    price, slope = lists.price[:agents].copy(), np.empty(agents)
    for _ in range(STEPS):
        now = 0.0
        for a in range(agents):
            now -= price[a] * lists.room[a]
            slope[a] = -float(lists.room[a])
        for x in range(jobs):
            least, at = np.inf, 0
            for k in range(lists.ways[x]):
                a = lists.place[x, k]
                paid = lists.cost[x, k] + (price[a] * board.size[lists.arc[x, k]] if a >= 0 else 0.0)
                if paid < least:
                    least, at = paid, k
            now += least
            if lists.place[x, at] >= 0:
                slope[lists.place[x, at]] += board.size[lists.arc[x, at]]
        if now > best:
            best = now
            lists.price[:agents] = price
        else:
            stride *= 0.8
        length = 0.0
        for a in range(agents):
            if price[a] <= 0.0 and slope[a] < 0.0:
                slope[a] = 0.0
            length += slope[a] ** 2
        if length < SLACK or best >= target - SLACK:
            break
        pace = stride * max(target - now, 1e-3) / length
        for a in range(agents):
            price[a] = max(0.0, price[a] + pace * slope[a])
    for a in range(agents):
        agent = part.agents[a]
        seat.room_price[agent] += 0.3 * (lists.price[a] - seat.room_price[agent])
    return best


@compiled
def _order_ways(board: Board, lists: Lists, jobs: int) -> None:
    """Sort the ways of every job by what they cost above its cheapest one, at the prices of room."""
    for x in range(jobs):
        for k in range(lists.ways[x]):
            a, arc, place, cost = lists.place[x, k], lists.arc[x, k], lists.place[x, k], lists.cost[x, k]
            above = cost + (lists.price[a] * board.size[arc] if a >= 0 else 0.0)
            z = k - 1
            while z >= 0 and lists.above[x, z] > above:
                lists.above[x, z + 1], lists.arc[x, z + 1] = lists.above[x, z], lists.arc[x, z]
                lists.place[x, z + 1], lists.cost[x, z + 1] = lists.place[x, z], lists.cost[x, z]
                z -= 1
            lists.above[x, z + 1], lists.arc[x, z + 1] = above, arc
            lists.place[x, z + 1], lists.cost[x, z + 1] = place, cost
        for k in range(lists.ways[x] - 1, -1, -1):
            lists.above[x, k] -= lists.above[x, 0]


@compiled
def _largest_first(board: Board, lists: Lists, jobs: int) -> Ints:
    """Return the jobs in the order in which they are given away: the largest first."""
    size = np.zeros(jobs)
    for x in range(jobs):
        size[x] = -float(board.size[lists.arc[x, 0]]) if lists.place[x, 0] >= 0 else 0.0
    return np.argsort(size, kind="mergesort")


@compiled
def _search(  # noqa: C901 (one loop of machine code)
    board: Board,
    part: Part,
    lists: Lists,
    agents: int,
    jobs: int,
    bound: float,
    below_cost: float,
    share: float,
    nodes: int,
) -> tuple[float, int]:
    """Return the cost of the best choice found below a cost, and the steps used; `lists.best` holds it."""
    # One function without calls, and arrays by name: this loop is where the time goes.
    arc, place, extra, ways = lists.arc, lists.place, lists.above, lists.ways
    room, ordinary, new, chosen = lists.room, lists.ordinary, lists.new, lists.chosen
    size, ordinary_size, count, part_jobs = board.size, board.ordinary, board.counts, part.jobs
    found, limit, used = below_cost, (below_cost - SLACK - bound) * share, 0
    order = _largest_first(board, lists, jobs)
    above, way = np.zeros(jobs + 1), np.zeros(jobs + 1, np.int64)
    depth = 0
    while depth >= 0 and used < nodes:
        used += 1
        going = depth < jobs
        if going:
            x, k, allowed = order[depth], way[depth], limit - above[depth]
            last = ways[x]
            going = False
            while k < last and extra[x, k] < allowed:
                a = place[x, k]
                if a < 0:
                    going = True
                    break
                i = arc[x, k]
                if size[i] <= room[a] and ordinary_size[i] <= ordinary[a] and count[part_jobs[x]] <= new[a]:
                    going = True
                    break
                k += 1
        else:
            cost = _cost_of(board, part, lists, agents, jobs)
            if cost < found - SLACK:
                found, limit = cost, (cost - SLACK - bound) * share
                lists.best[:jobs] = chosen[:jobs]
        if going:
            a, i = place[x, k], arc[x, k]
            if a >= 0:
                room[a] -= size[i]
                ordinary[a] -= ordinary_size[i]
                new[a] -= count[part_jobs[x]]
            chosen[x] = k
            above[depth + 1] = above[depth] + extra[x, k]
            way[depth] = k + 1
            depth += 1
            way[depth] = 0
        else:
            depth -= 1
            if depth >= 0:
                x = order[depth]
                a, i = place[x, chosen[x]], arc[x, chosen[x]]
                if a >= 0:
                    room[a] += size[i]
                    ordinary[a] += ordinary_size[i]
                    new[a] += count[part_jobs[x]]
    return found, used


@compiled
def _cost_of(board: Board, part: Part, lists: Lists, agents: int, jobs: int) -> float:
    """Return what the branch costs, once every job has a way."""
    cost = 0.0
    for x in range(jobs):
        cost += lists.cost[x, lists.chosen[x]]
    for a in range(agents):
        agent = part.agents[a]
        cost += board.end_cost[board.end_start[agent] + board.room[agent] - lists.room[a]]
    return cost
