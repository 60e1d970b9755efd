"""What can be done with help requests."""

from app.help_requests.service.change import change
from app.help_requests.service.derived import (
    Surroundings,
    asked_level_of,
    effort_minutes_of,
    level_of,
    surroundings,
    waiting_days_of,
    waits_since,
)
from app.help_requests.service.intake import (
    AgeUnknown,
    Intake,
    Minor,
    check,
    dues_of,
    preview,
    receive,
    received_before,
)
from app.help_requests.service.life import (
    acknowledge,
    add_contact,
    close,
    exclude,
    give_back,
    mark_assigned,
    postpone,
    reopen,
    settle_age,
    withdraw,
)
from app.help_requests.service.private import Private, read

__all__ = [
    "AgeUnknown",
    "Intake",
    "Minor",
    "Private",
    "Surroundings",
    "acknowledge",
    "add_contact",
    "asked_level_of",
    "change",
    "check",
    "close",
    "dues_of",
    "effort_minutes_of",
    "exclude",
    "give_back",
    "level_of",
    "mark_assigned",
    "postpone",
    "preview",
    "read",
    "receive",
    "received_before",
    "reopen",
    "settle_age",
    "surroundings",
    "waiting_days_of",
    "waits_since",
    "withdraw",
]
