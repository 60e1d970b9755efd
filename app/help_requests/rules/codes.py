"""Code lists of help requests."""

from enum import StrEnum


class Status(StrEnum):
    """Where a request is in its life; "proposed" and "held" are derived from proposals and holds."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Urgency(StrEnum):
    """How soon help must start."""

    CRISIS = "crisis"
    URGENT = "urgent"
    NORMAL = "normal"


class Threat(StrEnum):
    """What threatens, when a request is urgent."""

    EVICTION = "eviction"
    ENERGY = "energy"
    WATER = "water"
    HEALTH_INSURANCE = "health-insurance"
    SAFETY = "safety"
    OTHER = "other"


class Weight(StrEnum):
    """How much work a request is."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


class Concerns(StrEnum):
    """Whom a request is about, seen from who asks."""

    SELF = "self"
    OTHER_ADULT = "other-adult"
    CHILD = "child"


class Channel(StrEnum):
    """How a request came in."""

    PHONE = "phone"
    EMAIL = "email"
    WALK_IN = "walk-in"
    FORM = "form"
    REFERRER = "referrer"
    OTHER = "other"


class Outcome(StrEnum):
    """How a request ended."""

    COMPLETED = "completed"
    INFORMATION = "information"
    WALK_IN = "walk-in"
    ACTIVITY = "activity"
    NO_CONTACT = "no-contact"
    MOVED = "moved"
    DECEASED = "deceased"
    DUPLICATE = "duplicate"


class ContactKind(StrEnum):
    """How somebody tried to reach a resident."""

    CALL = "call"
    CONVERSATION = "conversation"
    VISIT = "visit"


class LegalReport(StrEnum):
    """A legal procedure that a request is also a report or an application for."""

    WMO = "wmo"
    WMO_APPLICATION = "wmo-application"
    WGS = "wgs"
    WGS_THREAT = "wgs-threat"


class ClockName(StrEnum):
    """A norm that runs for a request."""

    CALL_BACK = "call-back"
    START = "start"
    WMO = "wmo"
    WMO_APPLICATION = "wmo-application"
    WGS = "wgs"
    WGS_DECISION = "wgs-decision"
    WGS_THREAT = "wgs-threat"
    EXTERNAL_DEADLINE = "external-deadline"
