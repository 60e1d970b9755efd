"""Why this caseworker and why not the others, for one request, as things stand now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import snapshot
from app.assignments.service import promised_before
from app.help_requests import queries as help_requests
from app.help_requests.models import HelpRequest
from app.kit import clock
from app.kit.auth import Actor
from app.policy import service as policies
from app.policy.service import InForce


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everybody for one request: who may take it with what it costs, and what keeps the others."""

    help_request_id: UUID
    policy_version: int
    ranking: solver.Ranking


def explain(session: Session, help_request_id: UUID, *, viewer: Actor, now: datetime) -> Explanation:
    """Return for every caseworker whether they may take a request, and its price in points.

    Open proposals of other requests count as taken, unless this request is due sooner.

    Raises
    ------
    NotFound
        When there is none with this id that the viewer may know of.
    """
    request = help_requests.get(session, help_request_id, viewer)
    policy = policies.in_force(session, clock.day_of(now))
    return Explanation(request.id, policy.version, ranking_of(session, request, policy, now))


def ranking_of(session: Session, request: HelpRequest, policy: InForce, now: datetime) -> solver.Ranking:
    """Return everybody for one request as things stand now, without a round: no solver is needed for it."""
    due_on = snapshot.due_of(session, request, now=now, policy=policy)
    promised = promised_before(session, due_on=due_on, apart_from=request.id)
    taken = {key: sum(minutes) for key, minutes in promised.items()}
    problem = snapshot.problem_of(session, [request], now=now, policy=policy, also_taken=taken)
    return solver.rank(problem, str(request.id))
