"""What another choice would really cost: the city is planned again around it, beside this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import solver
from app.help_requests import queries as help_requests
from app.kit import db
from app.kit.auth import Actor
from app.kit.errors import NotFound, Unavailable, WrongStatus
from app.kit.logs import log
from app.rounds.queries import help_requests as queries
from app.rounds.service import solving
from app.rounds.service.starting import present

PLAN_SECONDS: Final = 2.0
"""For each of two plans, without and with the choice: what a lead waits for at a screen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What follows when a request goes to a caseworker; `references` are what people call the requests."""

    forced: solver.Forced
    references: Mapping[str, str]


def weigh_choice(help_request_id: UUID, caseworker_id: UUID, *, viewer: Actor, now: datetime) -> Choice:
    """Return what it costs when a caseworker takes a request, and who then moves or waits.

    As the next round that runs by itself would see it: open proposals stay put as far as they can.
    Solved in a process beside this one; call it outside any transaction.

    Raises
    ------
    NotFound
        When there is no such caseworker, or no such request that the viewer may know of.
    WrongStatus
        When the request takes no part in rounds now.
    Unavailable
        When the solver of this process is busy, or needs longer.
    """
    with db.one_moment() as session:
        request = help_requests.get(session, help_request_id, viewer)
        problem = present(session, automatic=True, now=now).problem
        references = queries.references_of(session, {UUID(item.key) for item in problem.requests})
    key, worker = str(request.id), str(caseworker_id)
    if worker not in {item.key for item in problem.caseworkers}:
        raise NotFound(f"There is no caseworker {caseworker_id}.")
    if key not in references:
        raise WrongStatus(
            f"This help request is {request.status}, or kept out of rounds: it takes no part in them now.",
            status=request.status,
        )
    forced = solving.ask(
        solver.force_now,
        problem,
        key,
        worker,
        solving.limits_of(PLAN_SECONDS),
        seconds=2 * PLAN_SECONDS + solving.GRACE_SECONDS,
        wait_seconds=PLAN_SECONDS,
    )
    if not _is_about(forced, problem, key, worker):
        log.error("answer about a choice is not what it should be", help_request_id=key)
        raise Unavailable("This could not be worked out. Try again later.")
    return Choice(forced, references)


def _is_about(forced: solver.Forced, problem: solver.Problem, request: str, caseworker: str) -> bool:
    """Say whether an answer is about this choice, and names only requests and caseworkers that there are."""
    requests = {item.key for item in problem.requests}
    workers = {None, *(item.key for item in problem.caseworkers)}
    known = all(move.request in requests and {move.was, move.becomes} <= workers for move in forced.moves)
    return known and (forced.request, forced.caseworker) == (request, caseworker)
