"""The solver: who can best take which request for help. Data in, result out.

No database, HTTP, clock, environment or logging. The application enters here and nowhere deeper.
"""

from solver.canonical import MalformedError
from solver.eligibility import barriers, commit_barriers, effort_for, free_minutes
from solver.limits import Limits, LimitsError
from solver.plan import (
    Alternative,
    Barrier,
    Fact,
    Facts,
    Option,
    Placement,
    Plan,
    Ranking,
    Term,
    Tier,
    Unavailable,
    Unlock,
    Unplaced,
    Violation,
)
from solver.policy import Policy, PolicyError
from solver.policy import described as describe_policy
from solver.problem import UNCLEAR, Caseworker, Problem, ProblemError, Request, Urgency

__all__ = [
    "UNCLEAR",
    "Alternative",
    "Barrier",
    "Caseworker",
    "Fact",
    "Facts",
    "Limits",
    "LimitsError",
    "MalformedError",
    "Option",
    "Placement",
    "Plan",
    "Policy",
    "PolicyError",
    "Problem",
    "ProblemError",
    "Ranking",
    "Request",
    "Term",
    "Tier",
    "Unavailable",
    "Unlock",
    "Unplaced",
    "Urgency",
    "Violation",
    "barriers",
    "commit_barriers",
    "describe_policy",
    "effort_for",
    "free_minutes",
]
