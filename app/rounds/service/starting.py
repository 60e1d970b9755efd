"""The beginning of a round: what waits, who has room, and which proposals people are looking at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.assignments import snapshot
from app.help_requests import queries as help_requests
from app.help_requests.models import HelpRequest
from app.kit import clock
from app.policy import service as policies
from app.rounds.models import Round
from app.rounds.queries import proposals, rounds, storing
from app.rounds.rules import OpenProposal, RoundState, Shown, Trigger
from app.rounds.service.expiring import expire

PACKAGES: Final = ("numba", "numpy", "ortools", "stadsbreed")
"""What a plan depends on besides its problem and limits."""
ROOM: Final = frozenset({"maximum", "target", "pace"})
STOPPED: Final = "The worker that ran it stopped before it was done."


@dataclass(frozen=True, slots=True)
class Present:
    """What waits in the city at a moment, as a round that starts then sees it.

    Attributes
    ----------
    before
        Open proposals by request, as they were when the problem was made.
    waiting_on
        What is not in the problem though it waits: unplaced, in the form in which it is stored.
    held_count
        Proposals from taken holds: they stay, and count as load, so that the solver need not know them.
    waiting_count
        Everything that waits, also what is not in the problem.
    """

    problem: solver.Problem
    before: Mapping[UUID, Shown]
    waiting_on: tuple[dict[str, Any], ...]
    held_count: int
    waiting_count: int


@dataclass(frozen=True, slots=True)
class Started:
    """What a running round knows besides its row."""

    round_id: UUID
    automatic: bool
    present: Present

    @property
    def problem(self) -> solver.Problem:
        """Return what the round decides on."""
        return self.present.problem


def begin(session: Session, round_id: UUID, *, limits: solver.Limits, now: datetime) -> bool:
    """Mark a round as running, and return whether it is to be run.

    It is not when it has been done already: its job came twice. Another round that is still called
    running has lost its worker, as rounds never overlap; it is marked failed.
    """
    row = rounds.lock(session, round_id)
    if row.state is RoundState.DONE:
        return False
    for other in rounds.running(session):
        if other.id != round_id:
            fail(other, STOPPED, now)
    expire(session, now)
    row.state, row.started_at, row.failure = RoundState.RUNNING, now, None
    row.seed, row.effort = limits.seed, int(limits.effort)
    row.versions = versions()
    row.policy_version = policies.in_force(session, clock.day_of(now)).version
    return True


def versions() -> dict[str, str]:
    """Return the versions of the software that a plan depends on, as it is installed here."""
    return {name: version(name) for name in PACKAGES}


def fail(row: Round, reason: str, now: datetime) -> None:
    """Mark a round as failed, with the reason in words."""
    row.state, row.finished_at, row.failure = RoundState.FAILED, now, reason


def read(session: Session, round_id: UUID, *, now: datetime) -> Started:
    """Return everything that a running round will decide on; its problem is stored with it.

    Call it in a session of one moment, as `present`.
    """
    row = rounds.get(session, round_id)
    automatic = row.trigger is not Trigger.DEMAND
    found = present(session, automatic=automatic, now=now)
    row.problem, row.request_count = found.problem.to_json(), found.waiting_count
    return Started(row.id, automatic, found)


def present(session: Session, *, automatic: bool, now: datetime) -> Present:
    """Return what a round would decide on that starts now; nothing is changed.

    Call it in a session of one moment. Otherwise a request that somebody accepts meanwhile could be
    read as waiting, and its minutes as load as well: others would seem to fit no more, and proposals
    would be replaced that were still possible.

    Parameters
    ----------
    automatic
        Whether open proposals that are still possible stay put, as in rounds that run by themselves.
    """
    policy = policies.in_force(session, clock.day_of(now))
    waiting = help_requests.waiting(session)
    held_back = _held_back(session, waiting, now)
    shown = {item.help_request_id: item for item in proposals.all_open(session)}
    problem = snapshot.problem_of(
        session,
        [request for request in waiting if request.id not in held_back],
        now=now,
        policy=policy,
        pins={key: item.caseworker_id for key, item in shown.items() if automatic},
        shown={key: item.caseworker_id for key, item in shown.items()},
    )
    kept = {str(key): item for key, item in shown.items() if item.hold_id is not None and _stands(problem, item)}
    return Present(
        problem=_apart_from(problem, kept),
        before={key: item.shown for key, item in shown.items() if str(key) not in kept},
        waiting_on=tuple(held_back.values()),
        held_count=len(kept),
        waiting_count=len(waiting),
    )


def _stands(problem: solver.Problem, held: OpenProposal) -> bool:
    """Return whether nothing but room is between a held request and its caseworker; the room was held."""
    worker = next((item for item in problem.caseworkers if item.key == str(held.caseworker_id)), None)
    request = next((item for item in problem.requests if item.key == str(held.help_request_id)), None)
    if worker is None or request is None:
        return False
    return all(item.code in ROOM for item in solver.barriers(request, worker, problem.policy))


def _apart_from(problem: solver.Problem, kept: Mapping[str, OpenProposal]) -> solver.Problem:
    """Return a problem without some requests, their minutes counted as load."""
    taken, count = Counter[str](), Counter[str]()
    for item in kept.values():
        taken[str(item.caseworker_id)] += item.effort_minutes
        count[str(item.caseworker_id)] += 1
    return replace(
        problem,
        requests=tuple(item for item in problem.requests if item.key not in kept),
        caseworkers=tuple(
            replace(
                item,
                load_minutes=item.load_minutes + taken[item.key],
                new_in_week=item.new_in_week + count[item.key],
            )
            for item in problem.caseworkers
        ),
    )


def _held_back(session: Session, waiting: Sequence[HelpRequest], now: datetime) -> dict[UUID, dict[str, Any]]:
    """Return the waiting requests that take no part, each as it is listed under unplaced."""
    reasons = storing.holding_back(session)
    today, found = clock.day_of(now), {}
    for request in waiting:
        if request.id in reasons:
            found[request.id] = _unplaced(request.id, "awaits-change", {"rejected": reasons[request.id]})
        elif request.not_before_on is not None and request.not_before_on > today:
            found[request.id] = _unplaced(request.id, "not-yet", {"until": request.not_before_on.isoformat()})
    return found


def _unplaced(request_id: UUID, reason: str, facts: dict[str, str]) -> dict[str, Any]:
    return {"request": str(request_id), "reason": reason, "facts": facts, "unlock": None}
