"""Every pair at once: who may take what, with how much effort, at which price.

Axis 0 = requests, axis 1 = caseworkers, everywhere; row by row by the rules of `staff`.
"""

from dataclasses import dataclass

import numpy as np

from solver.core.model import Bools, Ints
from solver.problem import Problem
from solver.staff import efforts, eligible, interpreters, points_apart_from_balance, staff_of


@dataclass(frozen=True, slots=True)
class Matrices:
    """Shape (requests, caseworkers) each.

    Attributes
    ----------
    eligible
        No barrier; room is looked at for each request alone.
    effort
        Minutes per week of the pair, with an interpreter where one is needed.
    points
        The sum of the pair's terms, without the balance.
    """

    eligible: Bools
    effort: Ints
    points: Ints


def matrices(problem: Problem) -> Matrices:
    """Return eligibility, effort and points of every pair."""
    shape = (len(problem.requests), len(problem.caseworkers))
    result = Matrices(np.zeros(shape, np.bool_), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
    staff = staff_of(problem.caseworkers, problem.travel, problem.policy)
    for row, request in enumerate(problem.requests):
        interpreter = interpreters(staff, request)
        effort = result.effort[row] = efforts(staff, request, interpreter)
        result.eligible[row] = eligible(staff, request, interpreter=interpreter, effort=effort)
        result.points[row] = points_apart_from_balance(staff, request, interpreter=interpreter)
    return result
