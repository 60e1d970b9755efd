"""Arrange a few agents with all their jobs anew, agent by agent, pruned by prices of the jobs.

For agents who hold a handful of jobs each. The small problem is priced by a few steps of the dual in
`dual`; then a depth-first search gives each agent in turn a pattern of the jobs that are left. A branch ends
when what its patterns cost above the best ones passes what could still be gained. With prices of jobs the
search sees lost rests of room, and mostly proves that a neighbourhood holds nothing better.
"""

from typing import NamedTuple

import numpy as np

from solver.core.board import Board, Floats, Part, Seat, Seeds, below, dare, free_agents, leave, pick, put
from solver.core.compiled import compiled
from solver.core.model import Bools, Ints

MOST_AGENTS = 40
SLACK = 1e-6


class Tables(NamedTuple):
    """Room for one neighbourhood: axis 0 = its agents, axis 1 = the items each could take.

    Attributes
    ----------
    items
        How many each agent has.
    arc, job, size, limit
        Of each item: its arc, its job's position in the part, its units, the most units with it.
    least
        Axis 1 = items and one more, axis 2 = units: the least cost from there on.
    price, wait
        Shape (jobs in the part,): prices, and what waiting costs.
    last
        The last agent who could take a job, or -1.
    free
        Which jobs are still to be given out.
    chosen, best
        The arc of each job in the branch, and in the best choice found; -1 waits.
    stack
        The items that each agent takes in the branch.
    """

    items: Ints
    arc: Ints
    job: Ints
    size: Ints
    limit: Ints
    least: Floats
    price: Floats
    wait: Floats
    last: Ints
    free: Bools
    chosen: Ints
    best: Ints
    stack: Ints


@compiled
def improve(
    board: Board,
    seat: Seat,
    waiting: Ints,
    seeds: Seeds,
    most: int,
    nodes: int,
    looks: int,
    heat: float,
    work: int,
) -> tuple[float, int, int, int]:
    """Arrange neighbourhoods anew until so much work is done; better and equal ones stay, and some worse ones.

    Parameters
    ----------
    most
        Jobs in a neighbourhood.
    nodes
        Steps of the depth-first search in a neighbourhood.
    looks
        Steps of its dual.
    heat
        In one of four neighbourhoods a random job must change; the best such choice stays when it costs more
        by less than a random amount of this mean. 0: never.
    work
        Steps in all: of the searches, and table entries.

    Returns
    -------
    How much the cost fell, how many neighbourhoods were looked at, how many of them to their end, and the
    work done.
    """
    size = most + 16
    part = Part(np.empty(MOST_AGENTS, np.int64), np.empty(size, np.int64), np.full(len(board.room), -1, np.int64))
    tables = _tables(size, int(board.room.max()) + 1)
    gained, tried, whole, done = 0.0, 0, 0, 0
    while done < work:
        agents, jobs = pick(board, seat, waiting, seeds, most, part)
        tried += 1
        done += 100 * jobs + 100
        if agents and jobs:
            banned, allowed = dare(seeds, jobs, heat)
            entries = _list_items(board, seat, part, tables, agents, jobs, banned)
            cost = _cost_of(board, seat, part, agents, jobs)
            most_cost = cost + allowed
            bound, steps = _price(board, part, tables, agents, jobs, most_cost, looks)
            done += entries * steps // 16
            for x in range(jobs):
                seat.job_price[part.jobs[x]] += 0.2 * (tables.price[x] - seat.job_price[part.jobs[x]])
            if bound >= most_cost - SLACK:
                whole += 1
            else:
                share = 0.3 + 0.007 * below(seeds, 101)
                found, used = _search(board, part, tables, agents, jobs, bound, most_cost, share, nodes)
                done += used
                whole += used < nodes
                if found < most_cost - SLACK:
                    gained += cost - found
                    free_agents(seat, part.agents[:agents])
                    for x in range(jobs):
                        put(board, seat, part.jobs[x], tables.best[x])
        leave(part, agents)
    return gained, tried, whole, done


@compiled
def _tables(jobs: int, units: int) -> Tables:
    wide = (MOST_AGENTS, jobs)
    return Tables(
        np.zeros(MOST_AGENTS, np.int64),
        np.empty(wide, np.int64),
        np.empty(wide, np.int64),
        np.empty(wide, np.int64),
        np.empty(wide, np.int64),
        np.empty((MOST_AGENTS, jobs + 1, units)),
        np.empty(jobs),
        np.empty(jobs),
        np.empty(jobs, np.int64),
        np.empty(jobs, np.bool_),
        np.empty(jobs, np.int64),
        np.empty(jobs, np.int64),
        np.empty(wide, np.int64),
    )


@compiled
def _list_items(  # noqa: C901 (one loop of machine code)
    board: Board, seat: Seat, part: Part, tables: Tables, agents: int, jobs: int, banned: int
) -> int:
    """List what each agent could take, ordinary items first; return the table entries of one look.

    The job at position `banned` may not stay where it is.
    """
    tables.items[:agents] = 0
    for ordinary in (True, False):
        for x in range(jobs):
            job = part.jobs[x]
            own = seat.choice[job]
            listed = own < 0 or x == banned
            for i in range(board.short_start[job], board.short_start[job + 1]):
                if board.short_arc[i] == own:
                    if x == banned:
                        continue
                    listed = True
                _list_item(board, part, tables, board.short_arc[i], x, ordinary)
            if not listed:
                _list_item(board, part, tables, own, x, ordinary)
    entries = 0
    for a in range(agents):
        entries += tables.items[a] * (board.room[part.agents[a]] + 1)
    for x in range(jobs):
        tables.price[x] = min(seat.job_price[part.jobs[x]], board.wait[part.jobs[x]])
        tables.wait[x] = board.wait[part.jobs[x]]
        tables.last[x] = -1
    for a in range(agents):
        for k in range(tables.items[a]):
            tables.last[tables.job[a, k]] = a
    return entries


@compiled
def _list_item(board: Board, part: Part, tables: Tables, arc: int, x: int, ordinary: bool) -> None:
    agent = board.agent[arc]
    a = part.place[agent]
    if a >= 0 and (board.ordinary[arc] == board.size[arc]) == ordinary:
        k = tables.items[a]
        tables.arc[a, k], tables.job[a, k], tables.size[a, k] = arc, x, board.size[arc]
        room = board.room[agent]
        tables.limit[a, k] = min(board.ordinary_room[agent], room) if ordinary else room
        tables.items[a] += 1


@compiled
def _cost_of(board: Board, seat: Seat, part: Part, agents: int, jobs: int) -> float:
    """Return what the part costs as it is."""
    cost = 0.0
    for a in range(agents):
        agent = part.agents[a]
        cost += board.end_cost[board.end_start[agent] + seat.load[agent]]
    for x in range(jobs):
        arc = seat.choice[part.jobs[x]]
        cost += board.cost[arc] if arc >= 0 else board.wait[part.jobs[x]]
    return cost


@compiled
def _price(
    board: Board, part: Part, tables: Tables, agents: int, jobs: int, target: float, looks: int
) -> tuple[float, int]:
    """Raise the bound of the part by a few subgradient steps; tables and prices are those of the best one.

    Returns
    -------
    The bound, and how often it looked.
    """
    best, stride, made, filled_best = -np.inf, 1.0, 0, False
    best_price, got = tables.price[:jobs].copy(), np.empty(jobs)
    for look in range(looks + 1):
        now = _fill(board, part, tables, agents, jobs, got)
        made += 1
        filled_best = now > best
        if filled_best:
            best = now
            best_price[:] = tables.price[:jobs]
        else:
            stride *= 0.8
        length = 0.0
        for x in range(jobs):
            if got[x] < 1.0 and tables.price[x] >= tables.wait[x]:
                got[x] = 1.0
            length += (1.0 - got[x]) ** 2
        if look == looks or length == 0.0 or best >= target - SLACK:
            break
        pace = stride * max(target - now, 1e-3) / length
        for x in range(jobs):
            tables.price[x] = min(tables.wait[x], tables.price[x] + pace * (1.0 - got[x]))
    tables.price[:jobs] = best_price
    if not filled_best:
        best = _fill(board, part, tables, agents, jobs, got)
    return best, made


@compiled
def _fill(board: Board, part: Part, tables: Tables, agents: int, jobs: int, got: Floats) -> float:
    """Fill every agent's table at the present prices; return the bound, and in `got` who is taken how often."""
    bound = 0.0
    for x in range(jobs):
        bound += tables.price[x]
        got[x] = 0.0
    for a in range(agents):
        agent, count = part.agents[a], tables.items[a]
        room, end = board.room[agent], board.end_start[agent]
        least = tables.least[a]
        for s in range(room + 1):
            least[count, s] = board.end_cost[end + s]
        for k in range(count - 1, -1, -1):
            step, last = tables.size[a, k], tables.limit[a, k] - tables.size[a, k]
            paid = board.cost[tables.arc[a, k]] - tables.price[tables.job[a, k]]
            for s in range(room + 1):
                value = least[k + 1, s]
                if s <= last:
                    value = min(value, least[k + 1, s + step] + paid)
                least[k, s] = value
        bound += least[0, 0]
        s = 0
        for k in range(count):
            if least[k, s] < least[k + 1, s]:
                got[tables.job[a, k]] += 1.0
                s += tables.size[a, k]
    return bound


@compiled
def _search(
    board: Board,
    part: Part,
    tables: Tables,
    agents: int,
    jobs: int,
    bound: float,
    below_cost: float,
    share: float,
    nodes: int,
) -> tuple[float, int]:
    """Return the cost of the best choice found below a cost, and the steps used; `tables.best` holds it.

    Parameters
    ----------
    share
        Of what could be gained, how much the patterns may cost above the best ones: less is quicker.
    """
    found, limit, used = below_cost, (below_cost - SLACK - bound) * share, 0
    tables.free[:jobs] = True
    tables.chosen[:jobs] = -1
    item, units, depth = np.zeros(agents, np.int64), np.zeros(agents, np.int64), np.zeros(agents, np.int64)
    value, above, ordinary = np.zeros(agents), np.zeros(agents + 1), np.zeros(agents, np.int64)
    new = np.zeros(agents, np.int64)
    above[0] = _never_taken(tables, jobs, -1, 0)
    a, back = 0, False
    while a >= 0 and used < nodes:
        used += 1
        agent, k, s = part.agents[a], item[a], units[a]
        allowed = limit - above[a] + tables.least[a, 0, 0]
        if not back and k < tables.items[a]:
            x, arc, step = tables.job[a, k], tables.arc[a, k], tables.size[a, k]
            paid = value[a] + board.cost[arc] - tables.price[x]
            if (
                tables.free[x]
                and s + step <= tables.limit[a, k]
                and ordinary[a] + board.ordinary[arc] <= board.ordinary_room[agent]
                and new[a] + board.counts[part.jobs[x]] <= board.pace[agent]
                and paid + tables.least[a, k + 1, s + step] <= allowed
            ):
                tables.stack[a, depth[a]] = k
                tables.free[x], tables.chosen[x] = False, arc
                item[a], units[a], value[a] = k + 1, s + step, paid
                depth[a] += 1
                ordinary[a] += board.ordinary[arc]
                new[a] += board.counts[part.jobs[x]]
                continue
            if value[a] + tables.least[a, k + 1, s] <= allowed:
                item[a] = k + 1
                continue
        elif not back:
            above[a + 1] = above[a] + value[a] + tables.least[a, k, s] - tables.least[a, 0, 0]
            above[a + 1] += _never_taken(tables, jobs, a, 1)
            if above[a + 1] <= limit and a + 1 < agents:
                a += 1
                item[a], units[a], depth[a], value[a], ordinary[a], new[a] = 0, 0, 0, 0.0, 0, 0
                continue
            if above[a + 1] <= limit:
                found = bound + above[a + 1]
                limit = (found - SLACK - bound) * share
                tables.best[:jobs] = tables.chosen[:jobs]
        back = True
        if depth[a] == 0:
            a -= 1
            continue
        depth[a] -= 1
        k = tables.stack[a, depth[a]]
        x, arc = tables.job[a, k], tables.arc[a, k]
        tables.free[x], tables.chosen[x] = True, -1
        units[a] -= tables.size[a, k]
        value[a] -= board.cost[arc] - tables.price[x]
        ordinary[a] -= board.ordinary[arc]
        new[a] -= board.counts[part.jobs[x]]
        item[a] = k + 1
        back = value[a] + tables.least[a, k + 1, units[a]] > limit - above[a] + tables.least[a, 0, 0]
    return found, used


@compiled
def _never_taken(tables: Tables, jobs: int, agent: int, looked: int) -> float:
    """Return what it costs above their prices that jobs wait whose last possible agent has gone by."""
    above = 0.0
    if looked:
        for k in range(tables.items[agent]):
            x = tables.job[agent, k]
            if tables.free[x] and tables.last[x] == agent:
                above += tables.wait[x] - tables.price[x]
        return above
    for x in range(jobs):
        if tables.last[x] < 0:
            above += tables.wait[x] - tables.price[x]
    return above
