"""One request, now: everybody who may take it, by fit, and why the others may not."""

from solver.plan import Ranking
from solver.problem import Problem
from solver.recommending import desk_of, recommend, unavailable


def rank(problem: Problem, request_key: str) -> Ranking:
    """Return everybody for one request: the options ordered by points, the others with their barriers.

    Looks at the caseworkers' present load only; what should count as taken, such as open proposals,
    belongs in their load. The order is by fit for this one request, never of people as such; equal
    points are ordered by key. For many requests beside the same caseworkers: `recommend`.

    Raises
    ------
    KeyError
        When the problem has no such request.
    """
    request, desk = problem.request(request_key), desk_of(problem)
    found = recommend(desk, request, most=None)
    return Ranking(request.key, found.options, unavailable(desk, request))
