"""The linear program with GLOP: equal efforts only, where its corner solutions are whole by themselves."""

from collections import defaultdict
from typing import Any

from ortools.linear_solver import pywraplp

from benchmarks.instances import Instance
from benchmarks.rivals.equal import Places, places_of
from benchmarks.rivals.formulation import Lists, Solution, Tell, choice_of, costs_of, lists_of


def solve(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return the corner solution that GLOP finds in the time; it uses one thread."""
    del threads, tell
    lists = lists_of(instance)
    program: Any = pywraplp.Solver("GLOP", pywraplp.Solver.GLOP_LINEAR_PROGRAMMING)  # it has no types
    program.SetTimeLimit(int(seconds * 1000))
    arcs = _build(program, lists, places_of(lists))
    status = program.Solve()
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return None
    choice = choice_of(lists, [arc for arc, variable in enumerate(arcs) if variable.solution_value() > 0.5])
    proven = status == pywraplp.Solver.OPTIMAL
    return Solution(choice, costs_of(lists, choice) if proven else (0, 0, 0))


def _build(program: Any, lists: Lists, places: Places) -> list[Any]:
    """State the rules and the price; return the variable of each arc."""
    arcs = [program.NumVar(0, 1, "") for _ in lists.agent]
    prices = [lists.cost[arc] * arcs[arc] for arc in range(len(arcs))]
    for job, own in enumerate(lists.arcs_of_job):
        waits = program.NumVar(0, 0 if lists.must_place else 1, "")
        program.Add(program.Sum([*(arcs[arc] for arc in own), waits]) == 1)
        prices.append(places.waiting[job] * waits)
    for agent, own in enumerate(lists.arcs_of_agent):
        ordinary = [arcs[arc] for arc in own if places.is_ordinary[lists.job[arc]]]
        program.Add(program.Sum(ordinary) <= places.ordinary[agent])
        taken = []
        for price, count in _by_price(places.prices[agent]).items():
            taken.append(program.NumVar(0, count, ""))
            prices.append(price * taken[-1])
        program.Add(program.Sum([arcs[arc] for arc in own]) == program.Sum(taken))
    program.Minimize(program.Sum(prices))
    return arcs


def _by_price(prices: list[int]) -> dict[int, int]:
    """Return how many places have each price."""
    counts: dict[int, int] = defaultdict(int)
    for price in prices:
        counts[price] += 1
    return counts
