"""SciPy's dense assignment on slots: each place is a column, and each job has one to wait in."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.instances import Instance
from benchmarks.rivals.equal import places_of
from benchmarks.rivals.formulation import Lists, Solution, Tell, choice_of, costs_of, lists_of


def solve(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return the cheapest assignment to slots; it knows no time limit and uses one thread."""
    del seconds, threads, tell
    lists = lists_of(instance)
    table, arc_of = _table(lists)
    try:
        rows, columns = linear_sum_assignment(table)
    except ValueError:  # no complete assignment exists
        return None
    found = (arc_of.get((row, column)) for row, column in zip(rows.tolist(), columns.tolist(), strict=True))
    choice = choice_of(lists, [arc for arc in found if arc is not None])
    return Solution(choice, costs_of(lists, choice))


def _table(lists: Lists) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], dict[tuple[int, int], int]]:
    """Return the price of each job in each slot, and the arc behind each pair; infinite where impossible."""
    places = places_of(lists)
    jobs, firsts, slots = len(lists.arcs_of_job), [], 0
    for prices in places.prices:
        firsts.append(slots)
        slots += len(prices)
    table = np.full((jobs, slots + (0 if lists.must_place else jobs)), np.inf)
    arc_of = {}
    for arc, agent in enumerate(lists.agent):
        job, prices = lists.job[arc], places.prices[agent]
        open_to_it = min(places.ordinary[agent], len(prices)) if places.is_ordinary[job] else len(prices)
        for slot in range(open_to_it):
            table[job, firsts[agent] + slot] = lists.cost[arc] + prices[slot]
            arc_of[job, firsts[agent] + slot] = arc
    if not lists.must_place:
        for job in range(jobs):
            table[job, slots + job] = places.waiting[job]
    return table, arc_of
