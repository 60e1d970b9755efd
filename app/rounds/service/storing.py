"""The end of a round: its plan becomes proposals, unless people decided otherwise meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.city import service as city
from app.help_requests import queries as help_requests
from app.kit import audit, clock
from app.kit.db import new_id
from app.kit.events import Event, announce_all
from app.rounds.events import ProposalMade, ProposalReplaced
from app.rounds.models import Round
from app.rounds.queries import proposals, rounds, storing
from app.rounds.rules import OpenProposal, Outcome, ProposalState, RoundState, expiry_of, reconcile
from app.rounds.service.expiring import release_holds_of
from app.rounds.service.solving import Solved
from app.rounds.service.starting import Started

Facts = Mapping[str, solver.Fact]


def store(session: Session, started: Started, solved: Solved, *, now: datetime) -> Round | None:
    """Write what a round found and return its row; None when that says that it no longer runs.

    Locks the requests that were placed or had a proposal, in id order. What the solver says is checked
    against the rows as they are now: requests that no longer wait, caseworkers excluded meanwhile, and
    proposals decided on meanwhile are left alone.
    """
    row = rounds.lock(session, started.round_id)
    if row.state is not RoundState.RUNNING:
        return None
    placed = {UUID(item.request): item for item in solved.plan.placed}
    waiting = storing.lock_waiting(session, {*placed, *started.present.before})
    excluded = help_requests.exclusions_of(session, placed)
    possible = {key for key in placed if key in waiting and UUID(placed[key].caseworker) not in excluded[key]}
    open_now = {
        item.help_request_id: item for item in proposals.open_in_short(session, {*placed, *started.present.before})
    }
    outcome = reconcile(
        {key: UUID(item.caseworker) for key, item in placed.items()},
        started.present.before,
        {key: item.shown for key, item in open_now.items()},
        possible=possible,
    )
    _replace(session, outcome, placed, open_now, started=started, now=now)
    _finish(row, started, solved, kept=len(outcome.kept) + started.present.held_count, now=now)
    counts = {"placed": row.placed_count, "kept": row.kept_count, "made": len(outcome.made)}
    audit.write(session, "run", ("round", row.id), actor=None, now=now, counts=counts)
    return row


def _replace(
    session: Session,
    outcome: Outcome,
    placed: Mapping[UUID, solver.Placement],
    open_now: Mapping[UUID, OpenProposal],
    *,
    started: Started,
    now: datetime,
) -> None:
    """End the proposals that must go, make the new ones, and tell."""
    ended = [open_now[key] for key in outcome.replaced]
    storing.end_proposals(session, [item.id for item in ended], ProposalState.REPLACED, now)
    release_holds_of(session, ended, now)
    expires_at = expiry_of(now, city.closed_days(session, clock.day_of(now)))
    world = World.of(started.problem)
    rows = []
    for key in outcome.made:
        row = new_row(world, placed[key], round_id=started.round_id, now=now, expires_at=expires_at)
        if key in outcome.replaced:
            row |= {
                "replaces_id": outcome.replaced[key],
                "because": _because(world, placed[key].request, open_now[key], automatic=started.automatic),
            }
        rows.append(row)
    storing.add_proposals(session, rows)
    announce_all(session, _events(outcome, rows), actor=None, now=now)


def _events(outcome: Outcome, rows: list[dict[str, Any]]) -> list[Event]:
    gone = [ProposalReplaced(subject_id=key, proposal_id=value) for key, value in outcome.replaced.items()]
    new = [
        ProposalMade(
            subject_id=row["help_request_id"],
            proposal_id=row["id"],
            caseworker_id=row["caseworker_id"],
            replaces=row["replaces_id"],
        )
        for row in rows
    ]
    return [*gone, *new]


@dataclass(frozen=True, slots=True)
class World:
    """A problem's requests and caseworkers by key."""

    requests: Mapping[str, solver.Request]
    caseworkers: Mapping[str, solver.Caseworker]
    policy: solver.Policy

    @classmethod
    def of(cls, problem: solver.Problem) -> "World":
        """Return a problem's requests and caseworkers by key."""
        return cls(
            {item.key: item for item in problem.requests},
            {item.key: item for item in problem.caseworkers},
            problem.policy,
        )


def new_row(
    world: World, placement: solver.Placement, *, round_id: UUID | None, now: datetime, expires_at: datetime
) -> dict[str, Any]:
    """Return a new open proposal as it is stored."""
    request, worker = world.requests[placement.request], world.caseworkers[placement.caseworker]
    return {
        "id": new_id(),
        "round_id": round_id,
        "hold_id": None,
        "help_request_id": UUID(placement.request),
        "caseworker_id": UUID(placement.caseworker),
        "state": ProposalState.OPEN,
        "effort_minutes": solver.effort_for(request, worker, world.policy),
        "points": placement.points,
        "terms": [stored_term(term) for term in placement.terms],
        "alternatives": [_alternative(item) for item in placement.alternatives],
        "cross_district": placement.cross_district,
        "replaces_id": None,
        "because": None,
        "created_at": now,
        "expires_at": expires_at,
        "decided_at": None,
        "version": 1,
    }


def stored_term(term: solver.Term) -> dict[str, Any]:
    """Return a term as it is stored."""
    return {"name": term.name, "points": term.points, "facts": dict(term.facts)}


def _alternative(item: solver.Alternative) -> dict[str, Any]:
    return {
        "caseworker": item.caseworker,
        "extra_points": item.extra_points,
        "terms": [stored_term(term) for term in item.terms if term.points],
        "displaces": list(item.displaces),
    }


def _because(world: World, request_key: str, old: OpenProposal, *, automatic: bool) -> dict[str, Any]:
    """Return why a proposal was replaced: what stands between the pair now, if anything does."""
    was = str(old.caseworker_id)
    worker = world.caseworkers.get(was)
    if worker is None:
        return {"was": was, "code": "not-available", "facts": {}}
    found = solver.barriers(world.requests[request_key], worker, world.policy)
    if found:
        return {"was": was, "code": found[0].code, "facts": dict(found[0].facts)}
    return {"was": was, "code": "no-room-beside-others" if automatic else "better-plan", "facts": {}}


def _finish(row: Round, started: Started, solved: Solved, *, kept: int, now: datetime) -> None:
    plan = solved.plan
    row.state, row.finished_at = RoundState.DONE, now
    row.placed_count, row.kept_count = len(plan.placed) + started.present.held_count, kept
    row.tiers = [
        {"name": tier.name, "cost": tier.cost, "bound": tier.bound, "gap": tier.gap} for tier in plan.tiers
    ]
    row.unplaced = [*(_unplaced(item) for item in plan.unplaced), *started.present.waiting_on]
    row.optimal, row.reproducible, row.fallback = plan.optimal, plan.reproducible, plan.fallback
    row.solver_milliseconds = solved.milliseconds
    row.plan = plan.to_json()


def _unplaced(item: solver.Unplaced) -> dict[str, Any]:
    unlock = item.unlocked_by
    return {
        "request": item.request,
        "reason": item.reason,
        "facts": dict(item.facts),
        "unlock": None if unlock is None else {"code": unlock.code, "facts": dict(unlock.facts)},
    }
