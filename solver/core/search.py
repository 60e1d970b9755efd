"""Better choices, by arranging a part of a good one anew, over and over (large-neighbourhood search, Shaw 1998).

The size of the part adapts: it grows while neighbourhoods are searched to their end, and shrinks when the
search in them is cut short.
"""

from dataclasses import dataclass, replace

import numpy as np

from solver.core import by_jobs, by_patterns
from solver.core.board import Board, Floats, Seat, Seeds, seated, seeds_of, waiting_in
from solver.core.knapsack import Columns
from solver.core.model import WAITS, Bools, Ints, Model
from solver.limits import Budget

WORK_PER_EFFORT = 80_000_000
"""Steps of the searches that count as a unit of effort; about a second of one core."""
AT_ONCE = 2_500_000
"""Steps between two looks at the clock: about 30 ms."""
NODES_FEW, NODES_MANY = 20_000, 50_000
SHARE_FEW, SHARE_MANY = 0.6, 0.1
"""The size adapts so that about so many neighbourhoods are searched to their end."""
FEW_JOBS = 6.0
FEW_ENTRIES = 600.0
"""Up to so many jobs for each agent, neighbourhoods are searched by patterns."""
MOST_UNITS = 20_000
"""Agents with more units of room than this are searched job by job: tables of patterns would be too large."""
LOOKS = 8
SMALLEST, LARGEST = 8.0, 160.0


@dataclass(slots=True)
class Search:
    """A search as it stands: it can be continued.

    Attributes
    ----------
    size
        Jobs in a neighbourhood, now.
    few
        Whether agents hold few jobs each, so that it goes by patterns.
    able
        Shape (jobs,): which have an arc in their short list.
    above
        By how much the choice costs more than the one it began at.
    """

    board: Board
    seat: Seat
    seeds: Seeds
    size: float
    few: bool
    able: Bools
    above: float = 0.0


def begin(
    board: Board, choice: Ints, *, job_price: Floats, room_price: Floats, seed: int, size: float | None = None
) -> Search:
    """Return a search that begins at a choice, which must fit."""
    held = max(1.0, float((choice != WAITS).sum())) / max(1, int((board.room > 0).sum()))
    return Search(
        board=board,
        seat=seated(board, choice, job_price, room_price),
        seeds=seeds_of(seed + 1),
        size=size or max(SMALLEST, 4.0 * held),
        few=hold_few(board.room, len(choice)),
        able=np.diff(board.short_start) > 0,
    )


def hold_few(room: Ints, jobs: int) -> bool:
    """Return whether agents hold few jobs, or jobs of few sizes: knapsacks are then small and strong.

    Parameters
    ----------
    room
        Shape (agents,): units of load.
    """
    some = room[room > 0]
    if not len(some) or int(some.max()) > MOST_UNITS:
        return False
    held = jobs / len(some)
    return held <= FEW_JOBS or held * float(some.mean()) <= FEW_ENTRIES


def back_to(search: Search, choice: Ints) -> Search:
    """Return the search with another choice, which must fit; what it learned stays."""
    seat = seated(search.board, choice, search.seat.job_price, search.seat.room_price)
    return replace(search, seat=seat, above=0.0)


def improve(search: Search, budget: Budget, heat: float) -> None:
    """Search for about 40 ms of work; `search.seat` and `search.above` then say what was found.

    Parameters
    ----------
    heat
        By how much a neighbourhood may become dearer at times, on average: see `by_patterns.improve`.
    """
    waiting, size = waiting_in(search.seat.choice, search.able), int(search.size)
    board, seat, seeds = search.board, search.seat, search.seeds
    if search.few:
        answer = by_patterns.improve(board, seat, waiting, seeds, size, NODES_FEW, LOOKS, heat, AT_ONCE)
    else:
        answer = by_jobs.improve(board, seat, waiting, seeds, size, NODES_MANY, heat, AT_ONCE)
    gained, tried, whole, done = answer
    budget.spend("search", done / WORK_PER_EFFORT)
    search.above -= gained
    short_of = whole / max(1, tried) - (SHARE_FEW if search.few else SHARE_MANY)
    search.size *= 1.0 + 0.15 * short_of
    search.size = min(LARGEST, max(SMALLEST, search.size, 2.0 * float(search.seat.held.max(initial=0))))


def board_of(model: Model, columns: Columns, short: tuple[Ints, Ints], weights: tuple[float, float]) -> Board:
    """Return a model as the search looks at it.

    Parameters
    ----------
    columns
        The model's own, with the convex costs unscaled.
    short
        Compressed rows: the arcs of each job that are worth looking at.
    weights
        How many points a unit of each waiting tier counts.
    """
    unit = columns.unit
    return Board(
        agent=model.agent,
        size=model.effort // unit,
        ordinary=model.ordinary_effort // unit,
        cost=model.cost.astype(np.float64),
        counts=model.count,
        wait=model.waiting[0] * weights[0] + model.waiting[1] * weights[1],
        room=columns.room,
        ordinary_room=model.ordinary_free // unit,
        pace=model.pace,
        end_start=columns.end_start,
        end_cost=columns.end_cost.astype(np.float64),
        short_start=short[0],
        short_arc=short[1],
    )
