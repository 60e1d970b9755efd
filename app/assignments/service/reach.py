"""Who may decide over whose work: a lead for their locations, a caseworker for their own."""

from sqlalchemy.orm import Session

from app.assignments.models import Assignment
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.identity.rules import Role
from app.kit.auth import Actor
from app.kit.errors import NotAllowed, NotFound


def must_lead(actor: Actor, caseworker: Caseworker) -> None:
    """Refuse a decision for a caseworker of a location that the actor does not lead.

    Raises
    ------
    NotAllowed
        When the caseworker's location is outside the actor's reach.
    """
    if not actor.leads(caseworker.location_code):
        raise NotAllowed(f"You decide for your own locations only, not for {caseworker.location_code}.")


def must_reach(session: Session, actor: Actor, assignment: Assignment) -> None:
    """Refuse a change of somebody else's work: a caseworker has their own, a lead their locations'.

    Raises
    ------
    NotFound
        For a caseworker, when it is not theirs: that it exists is not told.
    NotAllowed
        For a lead, when its caseworker belongs to another location.
    """
    must_see(actor, assignment)
    if actor.role != Role.CASEWORKER:
        must_lead(actor, caseworkers.get(session, assignment.caseworker_id))


def must_see(actor: Actor, assignment: Assignment) -> None:
    """Hide the assignments of others from a caseworker; raises NotFound."""
    if actor.role == Role.CASEWORKER and actor.caseworker_id != assignment.caseworker_id:
        raise NotFound(f"There is no assignment {assignment.id}.")
