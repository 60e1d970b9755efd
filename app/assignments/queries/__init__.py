"""Questions about who works on what, how much of their week it takes, and reserved places."""

from app.assignments.queries.holds import caseworker_of_hold, forget_holds, hold, release_holds_of
from app.assignments.queries.load import (
    Promise,
    loads,
    loads_and_new,
    new_in_week,
    opening_loads_of,
    planned_ends,
    promises,
)
from app.assignments.queries.work import (
    coordinators,
    get,
    lock,
    mark_seen,
    open_lead,
    open_of,
    open_phase,
    page,
    seen_by,
)

__all__ = [
    "Promise",
    "caseworker_of_hold",
    "coordinators",
    "forget_holds",
    "get",
    "hold",
    "loads",
    "loads_and_new",
    "lock",
    "mark_seen",
    "new_in_week",
    "open_lead",
    "open_of",
    "open_phase",
    "opening_loads_of",
    "page",
    "planned_ends",
    "promises",
    "release_holds_of",
    "seen_by",
]
