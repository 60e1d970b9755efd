"""Rounds, proposals and decisions: their code lists, and what may follow what."""

from enum import StrEnum


class RoundState(StrEnum):
    """How far a round is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Trigger(StrEnum):
    """Why a round was run."""

    DEMAND = "demand"
    INTAKE = "intake"
    CHANGE = "change"
    TIMETABLE = "timetable"


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OVERRIDDEN = "overridden"
    REPLACED = "replaced"
    EXPIRED = "expired"


class DecisionKind(StrEnum):
    """What a named person decided on a proposal."""

    ACCEPT = "accept"
    REJECT = "reject"
    OVERRIDE = "override"


class RejectReason(StrEnum):
    """Why a proposal was rejected; each changes the next round."""

    NOT_THIS_CASEWORKER = "not-this-caseworker"
    NOT_YET = "not-yet"
    WRONG_TOPIC = "wrong-topic"
    WRONG_WEIGHT = "wrong-weight"
    WRONG_LEVEL = "wrong-level"
    NOT_FOR_THE_TEAM = "not-for-the-team"


class OverrideReason(StrEnum):
    """Why another caseworker was chosen."""

    KNOWS_THE_HOUSEHOLD = "knows-the-household"
    RESIDENT_ASKED = "resident-asked"
    LEARNING = "learning"
    TEAM_AGREEMENT = "team-agreement"
    OTHER = "other"
