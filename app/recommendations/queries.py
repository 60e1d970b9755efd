"""Questions of recommendations: what room was worth in the last round."""

from uuid import UUID

from sqlalchemy import JSON, Uuid, cast, column, select, table
from sqlalchemy.orm import Session

# The table of rounds, as far as asked for here: neither domain knows the other.
_rounds = table("rounds", column("id", Uuid), column("state"), column("plan"))


def last_round(session: Session) -> UUID | None:
    """Return the id of the last round that was done; None when there is none."""
    query = select(_rounds.c.id).where(_rounds.c.state == "done").order_by(_rounds.c.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def prices_of(session: Session, round_id: UUID) -> str | None:
    """Return the capacity prices in the plan of a round, as JSON; None when it has none.

    The database takes them out of the plan, which is a thousand times as large.
    """
    prices = cast(_rounds.c.plan, JSON)["prices"]
    query = select(prices.as_string()).where(_rounds.c.id == round_id)
    return session.scalars(query).one_or_none()
