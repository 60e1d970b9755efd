"""Load and its parts, without a database."""

from enum import StrEnum


class Kind(StrEnum):
    """What a caseworker is to a request: the one who leads it, or one who is asked for advice."""

    LEAD = "lead"
    CONSULT = "consult"


class Purpose(StrEnum):
    """What an assignment is for."""

    CASE = "case"
    OUTREACH = "outreach"


class Phase(StrEnum):
    """Where a case is; each phase has its own effort."""

    START = "start"
    ACTIVE = "active"
    AFTERCARE = "aftercare"


class EndReason(StrEnum):
    """Why an assignment ended."""

    COMPLETED = "completed"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    REVERSED = "reversed"
    CLOSED = "closed"
