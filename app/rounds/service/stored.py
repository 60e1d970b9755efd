"""Rounds as they were stored: the problem, the plan, and what is needed to judge them again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.kit.errors import WrongStatus
from app.rounds.models import Round
from app.rounds.queries import rounds as queries
from app.rounds.rules import RoundState


@dataclass(frozen=True, slots=True)
class StoredRound:
    """A round that is done, with what it decided on and what it found."""

    row: Round
    problem: solver.Problem
    plan: solver.Plan


def stored(session: Session, round_id: UUID) -> StoredRound:
    """Return a round with its problem and its plan, as they were stored.

    Raises
    ------
    NotFound
        When there is none with this id.
    WrongStatus
        When it is not done, or was run before plans were stored.
    MalformedError
        When what is stored is no problem or no plan.
    """
    row = queries.get(session, round_id)
    if row.state is not RoundState.DONE:
        raise WrongStatus(f"Round {round_id} is {row.state}, not done: it has no plan.")
    if row.problem is None or row.plan is None:
        raise WrongStatus(f"Round {round_id} has no stored plan: it was run before plans were stored.")
    return StoredRound(row, solver.Problem.from_json(row.problem), solver.Plan.from_json(row.plan))
