"""What an instance with equal efforts is to a plain user: places, and a price for each job that waits."""

import itertools
from dataclasses import dataclass

from benchmarks.rivals.formulation import Lists, NotForThis, load_cost, most_points


@dataclass(frozen=True, slots=True)
class Places:
    """Equal efforts as places.

    Attributes
    ----------
    prices
        Per agent the price of each place, rising.
    ordinary
        Per agent how many places may go to ordinary work: the first ones.
    is_ordinary
        Per job.
    waiting
        Per job the price of waiting: more than all points for each step in the order of the tiers.
    """

    prices: list[list[int]]
    ordinary: list[int]
    is_ordinary: list[bool]
    waiting: list[int]


def places_of(lists: Lists) -> Places:
    """Return the places of an instance in which all efforts are equal.

    What can be placed together is a matroid then, so that only the order of the waiting weights counts.

    Raises
    ------
    NotForThis
        When efforts differ, or a job counts more than once.
    """
    efforts = set(lists.effort)
    if len(efforts) > 1 or any(count != 1 for count in lists.count):
        raise NotForThis("efforts differ; this rival knows only equal ones")
    effort = efforts.pop() if efforts else 1
    dearer = most_points(lists) + 1
    order = {
        pair: rank for rank, pair in enumerate(sorted({(0, 0), *zip(lists.overdue, lists.other, strict=True)}))
    }
    return Places(
        prices=[_prices(lists, agent, effort) for agent in range(len(lists.free))],
        ordinary=[free // effort for free in lists.ordinary_free],
        is_ordinary=[any(lists.ordinary_effort[arc] for arc in arcs) for arcs in lists.arcs_of_job],
        waiting=[dearer * order[pair] for pair in zip(lists.overdue, lists.other, strict=True)],
    )


def _prices(lists: Lists, agent: int, effort: int) -> list[int]:
    steps, most = lists.steps[agent], len(lists.arcs_of_agent[agent])
    places = min(lists.free[agent] // effort, lists.pace[agent], most)
    totals = [load_cost(steps, effort * taken) for taken in range(places + 1)]
    return [after - before for before, after in itertools.pairwise(totals)]
