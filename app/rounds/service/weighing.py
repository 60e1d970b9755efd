"""What another choice than the proposal would cost: its extra points, and who then waits."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import snapshot
from app.help_requests.models import HelpRequest
from app.kit import clock
from app.policy import service as policies
from app.policy.service import InForce
from app.rounds.models import Proposal
from app.rounds.queries import proposals
from app.rounds.rules import OpenProposal

NO_LIMIT_MINUTES = 10_080
"""A week: what the room is set to when only the price of a pair is asked."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a choice costs beside the proposal.

    Attributes
    ----------
    extra_points
        Points of the pair minus those of the proposed pair, both as things stand now; None when one of
        them has a barrier other than room.
    then_wait
        Requests proposed to the chosen caseworker that no longer fit beside it, by id.
    """

    extra_points: int | None
    then_wait: tuple[UUID, ...]


def weigh(
    session: Session, proposal: Proposal, request: HelpRequest, caseworker_id: UUID, *, now: datetime
) -> Weighed:
    """Return what it costs when another caseworker takes a request than was proposed.

    Open proposals count as taken: those of the proposed caseworker and of the chosen one alike.
    """
    policy = policies.in_force(session, clock.day_of(now))
    others = [item for item in proposals.all_open(session) if item.id != proposal.id]
    taken: dict[UUID, int] = defaultdict(int)
    for item in others:
        if item.hold_id is None:  # a taken hold is load already
            taken[item.caseworker_id] += item.effort_minutes
    problem = snapshot.problem_of(session, [request], now=now, policy=policy, also_taken=taken)
    with_them = [item for item in others if item.caseworker_id == caseworker_id and item.hold_id is None]
    return Weighed(
        extra_points=_extra_points(problem, proposal.caseworker_id, caseworker_id),
        then_wait=_crowded_out(session, request, with_them, caseworker_id=caseworker_id, now=now, policy=policy),
    )


def _extra_points(problem: solver.Problem, proposed: UUID, chosen: UUID) -> int | None:
    """Return the difference in points of two pairs, room left aside: an override may pass the maximum."""
    roomy = replace(
        problem,
        caseworkers=tuple(
            replace(item, maximum_minutes=NO_LIMIT_MINUTES, new_per_week=None) for item in problem.caseworkers
        ),
        policy=replace(problem.policy, ordinary_below_target=False),
    )
    ranking = solver.rank(roomy, roomy.requests[0].key)
    points = {option.caseworker: option.points for option in ranking.options}
    if str(proposed) not in points or str(chosen) not in points:
        return None
    return points[str(chosen)] - points[str(proposed)]


def _crowded_out(
    session: Session,
    request: HelpRequest,
    with_them: list[OpenProposal],
    *,
    caseworker_id: UUID,
    now: datetime,
    policy: InForce,
) -> tuple[UUID, ...]:
    """Return the requests proposed to a caseworker that no longer fit when they take this one first."""
    waiting = [item.help_request_id for item in with_them]
    if not waiting:
        return ()
    rows = proposals.requests(session, [*waiting, request.id])
    problem = snapshot.problem_of(
        session, rows, now=now, policy=policy, pins=dict.fromkeys(waiting, caseworker_id)
    )
    effort = _effort(problem, request.id, caseworker_id)
    left = replace(
        problem,
        requests=tuple(item for item in problem.requests if item.key != str(request.id)),
        caseworkers=tuple(_after(item, str(caseworker_id), effort) for item in problem.caseworkers),
    )
    stay = solver.honoured_pins(left)
    return tuple(sorted(key for key in waiting if str(key) not in stay))


def _effort(problem: solver.Problem, request_id: UUID, caseworker_id: UUID) -> int:
    worker = next(item for item in problem.caseworkers if item.key == str(caseworker_id))
    return solver.effort_for(problem.request(str(request_id)), worker, problem.policy)


def _after(worker: solver.Caseworker, key: str, effort: int) -> solver.Caseworker:
    if worker.key != key:
        return worker
    return replace(worker, load_minutes=worker.load_minutes + effort, new_in_week=worker.new_in_week + 1)
