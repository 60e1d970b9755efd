"""Minimum-cost flow as its users write it: arcs added one by one in Python; equal efforts only."""

from typing import Any

from ortools.graph.python import min_cost_flow

from benchmarks.instances import Instance
from benchmarks.rivals.equal import Places, places_of
from benchmarks.rivals.formulation import Lists, Solution, Tell, choice_of, costs_of, lists_of


def solve(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return the cheapest flow; it knows no time limit and no threads."""
    del seconds, threads, tell
    lists = lists_of(instance)
    flow, choosable = _network(lists, places_of(lists))
    if flow.solve() != flow.OPTIMAL:
        return None
    chosen = [arc for arc, number in enumerate(choosable) if flow.flow(number)]
    choice = choice_of(lists, chosen)
    return Solution(choice, costs_of(lists, choice))


def _network(lists: Lists, places: Places) -> tuple[Any, list[int]]:
    """Return the network: jobs, agents for ordinary work, agents, sink; and the number of each arc."""
    flow: Any = min_cost_flow.SimpleMinCostFlow()  # half of it has no types
    jobs, agents = len(lists.arcs_of_job), len(lists.free)
    sink = jobs + 2 * agents
    choosable = []
    for arc, agent in enumerate(lists.agent):
        job = lists.job[arc]
        to = jobs + agent if places.is_ordinary[job] else jobs + agents + agent
        choosable.append(flow.add_arc_with_capacity_and_unit_cost(job, to, 1, lists.cost[arc]))
    for agent in range(agents):
        ordinary, all_work = jobs + agent, jobs + agents + agent
        flow.add_arc_with_capacity_and_unit_cost(ordinary, all_work, places.ordinary[agent], 0)
        for price in places.prices[agent]:
            flow.add_arc_with_capacity_and_unit_cost(all_work, sink, 1, price)
    for job in range(jobs):
        flow.set_node_supply(job, 1)
        if not lists.must_place:
            flow.add_arc_with_capacity_and_unit_cost(job, sink, 1, places.waiting[job])
    flow.set_node_supply(sink, -jobs)
    return flow, choosable
