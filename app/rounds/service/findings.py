"""What a round that is done can say besides its plan: where room is scarce, and what contradicts itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

import solver
from app.rounds.models import Round
from app.rounds.queries import help_requests
from app.rounds.rules import RoundState


@dataclass(frozen=True, slots=True)
class Findings:
    """What a round found.

    Attributes
    ----------
    extra_hours, conflicts
        None when the round is not done, or was stored by a version that knew nothing of them.
    references
        What people call the requests in the conflicts, by identifier as text.
    """

    extra_hours: tuple[solver.ExtraHour, ...] | None = None
    conflicts: tuple[solver.Conflict, ...] | None = None
    references: Mapping[str, str] = field(default_factory=dict)


def findings_of(session: Session, row: Round) -> Findings:
    """Return what a round found. Its contradictions are looked for again in the problem it decided on."""
    if row.state is not RoundState.DONE or row.problem is None or row.plan is None:
        return Findings()
    try:
        hours = solver.stored_extra_hours(row.plan)
        conflicts = solver.conflicts(solver.Problem.from_json(row.problem))
    except solver.MalformedError:  # stored by another version
        return Findings()
    concerned = {UUID(item.request) for conflict in conflicts for item in conflict.statements}
    return Findings(hours, conflicts, help_requests.references_of(session, concerned))
