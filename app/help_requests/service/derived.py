"""What follows from a request, the policy in force and the clock; nothing of it is stored."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.city import service as city
from app.help_requests import rules
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Status
from app.kit import clock
from app.policy import service as policies
from app.policy.rules import PolicyDocument, effort_of, level_today
from app.policy.rules import level_of as level_by_weight
from app.policy.service import InForce


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every intake needs of the city: the policy in force, and the days on which it is closed."""

    policy: InForce
    closed: Collection[date]


_kept: tuple[date, object, Surroundings] | None = None


def surroundings(session: Session, now: datetime) -> Surroundings:
    """Return the policy and the closed days; read again when the city's codes are, every five seconds.

    Intake is the hot path: two questions less. A new policy or closed day therefore counts within five
    seconds in every process.
    """
    global _kept
    day, codes = clock.day_of(now), city.known_codes()
    fresh = codes.read_at is not None and timedelta() <= now - codes.read_at < city.CODES_KEPT_FOR
    if fresh and _kept is not None and _kept[0] == day and _kept[1] is codes:
        return _kept[2]
    first, span = day - timedelta(days=rules.LONGEST_NORM_DAYS), 2 * rules.LONGEST_NORM_DAYS
    found = Surroundings(policies.in_force(session, day), city.closed_days(session, first, days=span))
    if fresh:
        _kept = (day, codes, found)
    return found


def waits_since(request: HelpRequest) -> datetime:
    """Return since when a request waits: since it came in, or since it was reopened."""
    return request.reopened_at or request.received_at


def waiting_days_of(request: HelpRequest, now: datetime) -> int:
    """Return for how many whole days a request waits, 0 or more; given back, it keeps its first day."""
    return rules.waiting_days(waits_since(request), now)


def effort_minutes_of(request: HelpRequest, policy: PolicyDocument) -> int:
    """Return the minutes of work per week in the start phase: as asked, else by the policy."""
    if request.asked_effort_minutes is not None:
        return request.asked_effort_minutes
    return effort_of(policy, request.topic, request.weight, phase="start")


def asked_level_of(request: HelpRequest, policy: PolicyDocument) -> int:
    """Return the expertise level, 0 to 3, before it is lowered: as asked, else by the policy."""
    if request.asked_level is not None:
        return request.asked_level
    return level_by_weight(policy, request.topic, request.weight)


def level_of(request: HelpRequest, policy: PolicyDocument, now: datetime) -> int:
    """Return the expertise level that is required today: lowered after a long wait, if the policy says so."""
    asked = asked_level_of(request, policy)
    if request.status is not Status.WAITING:
        return asked
    return level_today(policy, asked, waiting_days_of(request, now))
