"""What can be done with assignments and holds: the only place where load changes."""

from app.assignments.service.assigning import assign, consult, transfer
from app.assignments.service.ending import close_help_request, end, lock, return_, undo
from app.assignments.service.holds import create_hold, promised_before, release_hold, settle_hold, take_hold
from app.assignments.service.running import (
    Changes,
    change,
    free_minutes_per_day,
    mark_request_seen,
    mark_seen,
    read,
)

__all__ = [
    "Changes",
    "assign",
    "change",
    "close_help_request",
    "consult",
    "create_hold",
    "end",
    "free_minutes_per_day",
    "lock",
    "mark_request_seen",
    "mark_seen",
    "promised_before",
    "read",
    "release_hold",
    "return_",
    "settle_hold",
    "take_hold",
    "transfer",
    "undo",
]
