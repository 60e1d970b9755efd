"""The rules of help requests, without a database: code lists, life, clocks, references, words."""

from app.help_requests.rules.clocks import (
    LONGEST_NORM_DAYS,
    Change,
    Due,
    Norms,
    Running,
    clocks_after_change,
    clocks_for,
    due_on,
    is_overdue,
    stopped_by,
)
from app.help_requests.rules.codes import (
    Channel,
    ClockName,
    Concerns,
    ContactKind,
    LegalReport,
    Outcome,
    Status,
    Threat,
    Urgency,
    Weight,
)
from app.help_requests.rules.coherence import consent_fault, other_topics_fault, threat_fault, wait_for_fault
from app.help_requests.rules.life import (
    OLDEST_AGE_YEARS,
    OPEN,
    adult_by_birth,
    last_day_to_reopen,
    may_follow,
    waiting_days,
)
from app.help_requests.rules.references import as_reference, new_reference
from app.help_requests.rules.words import residents_message, written_out

__all__ = [
    "LONGEST_NORM_DAYS",
    "OLDEST_AGE_YEARS",
    "OPEN",
    "Change",
    "Channel",
    "ClockName",
    "Concerns",
    "ContactKind",
    "Due",
    "LegalReport",
    "Norms",
    "Outcome",
    "Running",
    "Status",
    "Threat",
    "Urgency",
    "Weight",
    "adult_by_birth",
    "as_reference",
    "clocks_after_change",
    "clocks_for",
    "consent_fault",
    "due_on",
    "is_overdue",
    "last_day_to_reopen",
    "may_follow",
    "new_reference",
    "other_topics_fault",
    "residents_message",
    "stopped_by",
    "threat_fault",
    "wait_for_fault",
    "waiting_days",
    "written_out",
]
