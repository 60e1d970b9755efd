"""The solver: who can best take which request for help. Data in, result out.

No database, HTTP, clock, environment or logging. The application enters here and nowhere deeper.
"""

from solver import timetable
from solver.canonical import MalformedError
from solver.certificate import proven
from solver.check import cost, violations
from solver.comparing import Comparison, GroupCompared, Outcome, Wish, WishCompared, compared
from solver.conflicts import conflicts
from solver.eligibility import barriers, commit_barriers, effort_for, free_minutes
from solver.extra_hours import stored_extra_hours
from solver.findings import Conflict, Difference, Forced, Move, Statement
from solver.forcing import force, force_each, force_now
from solver.limits import Limits, LimitsError, Stop
from solver.pins import honoured_pins
from solver.plan import (
    Alternative,
    Barrier,
    CapacityPrices,
    ExtraHour,
    Fact,
    Facts,
    Interim,
    Option,
    Placement,
    Plan,
    Proof,
    Ranking,
    Recommendation,
    Scarcity,
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
from solver.ranking import rank
from solver.recommending import Desk, desk_of, recommend, unavailable
from solver.scenarios import Absence, Capacity, Scenario, ScenarioError, changed, still_possible
from solver.sentences import Language, Names, duration
from solver.solving import completed, make_ready, rank_all, solve
from solver.words import in_words, reason_of

__all__ = [
    "UNCLEAR",
    "Absence",
    "Alternative",
    "Barrier",
    "Capacity",
    "CapacityPrices",
    "Caseworker",
    "Comparison",
    "Conflict",
    "Desk",
    "Difference",
    "ExtraHour",
    "Fact",
    "Facts",
    "Forced",
    "GroupCompared",
    "Interim",
    "Language",
    "Limits",
    "LimitsError",
    "MalformedError",
    "Move",
    "Names",
    "Option",
    "Outcome",
    "Placement",
    "Plan",
    "Policy",
    "PolicyError",
    "Problem",
    "ProblemError",
    "Proof",
    "Ranking",
    "Recommendation",
    "Request",
    "Scarcity",
    "Scenario",
    "ScenarioError",
    "Statement",
    "Stop",
    "Term",
    "Tier",
    "Unavailable",
    "Unlock",
    "Unplaced",
    "Urgency",
    "Violation",
    "Wish",
    "WishCompared",
    "barriers",
    "changed",
    "commit_barriers",
    "compared",
    "completed",
    "conflicts",
    "cost",
    "describe_policy",
    "desk_of",
    "duration",
    "effort_for",
    "force",
    "force_each",
    "force_now",
    "free_minutes",
    "honoured_pins",
    "in_words",
    "make_ready",
    "proven",
    "rank",
    "rank_all",
    "reason_of",
    "recommend",
    "solve",
    "still_possible",
    "stored_extra_hours",
    "timetable",
    "unavailable",
    "violations",
]
