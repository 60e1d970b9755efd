"""Norms applied to one request: which clocks run, until when, and what stops them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.city.rules import add_weeks, add_working_days
from app.help_requests.rules.codes import ClockName, ContactKind, LegalReport, Urgency

LONGEST_NORM_DAYS = 400
"""Closed days are read this far back and ahead: further than any norm reaches."""


class Norms(Protocol):
    """The terms of a policy, as far as clocks need them."""

    @property
    def call_back_working_days(self) -> int:
        """Working days within which somebody calls back."""

    @property
    def start_weeks(self) -> int:
        """Weeks within which help starts."""

    @property
    def urgent_start_working_days(self) -> int:
        """Working days within which help starts when it is urgent."""

    @property
    def wmo_weeks(self) -> int:
        """Weeks from a Wmo report to the end of its investigation."""

    @property
    def wmo_application_weeks(self) -> int:
        """Weeks from a Wmo application to the decision."""

    @property
    def wgs_weeks(self) -> int:
        """Weeks from a request for debt help to the first conversation."""

    @property
    def wgs_decision_weeks(self) -> int:
        """Weeks from a request for debt help to the decision."""

    @property
    def wgs_threat_working_days(self) -> int:
        """Working days to the first conversation under a threat."""


class Running(Protocol):
    """A clock, as far as these rules read it."""

    @property
    def name(self) -> ClockName:
        """The norm."""

    @property
    def due_on(self) -> date:
        """The last day on which it is met."""

    @property
    def stopped_at(self) -> datetime | None:
        """When it was stopped."""


@dataclass(frozen=True, slots=True)
class Due:
    """A norm and the last day on which it is met."""

    name: ClockName
    due_on: date


def clocks_for(
    day: date,
    urgency: Urgency,
    legal_reports: Iterable[LegalReport],
    *,
    external_deadline: date | None,
    norms: Norms,
    closed: Collection[date],
) -> list[Due]:
    """Return the clocks that start on a day, each with the day on which it is due.

    A crisis is due that same day; whatever is called back later than help must start is called back
    by then. A deadline of somebody else is a fact and is not moved.

    Source: policy, norms; the counting of weeks and working days: Algemene termijnenwet.
    """
    start = _start_due(day, urgency, norms, closed)
    call_back = min(add_working_days(day, norms.call_back_working_days, closed), start)
    dues = [Due(ClockName.CALL_BACK, call_back), Due(ClockName.START, start)]
    for report in dict.fromkeys(legal_reports):
        dues += _legal_dues(day, report, norms, closed)
    if external_deadline is not None:
        dues.append(Due(ClockName.EXTERNAL_DEADLINE, external_deadline))
    return dues


def _start_due(day: date, urgency: Urgency, norms: Norms, closed: Collection[date]) -> date:
    if urgency is Urgency.CRISIS:
        return day
    if urgency is Urgency.URGENT:
        return add_working_days(day, norms.urgent_start_working_days, closed)
    return add_weeks(day, norms.start_weeks, closed)


def _legal_dues(day: date, report: LegalReport, norms: Norms, closed: Collection[date]) -> Iterator[Due]:
    match report:
        case LegalReport.WMO:
            yield Due(ClockName.WMO, add_weeks(day, norms.wmo_weeks, closed))
        case LegalReport.WMO_APPLICATION:
            yield Due(ClockName.WMO_APPLICATION, add_weeks(day, norms.wmo_application_weeks, closed))
        case LegalReport.WGS:
            yield Due(ClockName.WGS, add_weeks(day, norms.wgs_weeks, closed))
            yield Due(ClockName.WGS_DECISION, add_weeks(day, norms.wgs_decision_weeks, closed))
        case LegalReport.WGS_THREAT:
            yield Due(ClockName.WGS_THREAT, add_working_days(day, norms.wgs_threat_working_days, closed))


@dataclass(frozen=True, slots=True)
class Change:
    """What changing a request does to its clocks: some stop, and some start, also in place of others."""

    stopped: frozenset[ClockName]
    started: tuple[Due, ...]


RANK = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.CRISIS: 2}


def clocks_after_change(
    clocks: Iterable[Running],
    urgency: tuple[Urgency, Urgency],
    *,
    from_first_day: Iterable[Due],
    from_today: Iterable[Due],
) -> Change:
    """Return how clocks follow a change of urgency, legal reports or external deadline.

    What became more urgent is due as if it came in today, but never later than it was; what became
    less urgent is due as if it had been so from its first day. A norm that was met stays met, and a
    report that is made today counts from today.

    Parameters
    ----------
    urgency
        Before and after.
    from_first_day, from_today
        The clocks of the changed request, counted from when it came in, and from today.
    """
    running = {clock.name: clock.due_on for clock in clocks if clock.stopped_at is None}
    met = {clock.name for clock in clocks if clock.stopped_at is not None} - set(running)
    step = RANK[urgency[1]] - RANK[urgency[0]]
    first = {due.name: due for due in from_first_day}
    wanted = [_wanted(due, running.get(due.name), step, first) for due in from_today if due.name not in met]
    started = tuple(due for due in wanted if running.get(due.name) != due.due_on)
    gone = set(running) - {due.name for due in wanted}
    return Change(frozenset(gone | (set(running) & {due.name for due in started})), started)


def _wanted(due: Due, running_until: date | None, step: int, first: dict[ClockName, Due]) -> Due:
    if running_until is None or due.name is ClockName.EXTERNAL_DEADLINE:
        return due
    if step > 0:
        return Due(due.name, min(due.due_on, running_until))
    return first[due.name] if step < 0 else Due(due.name, running_until)


FIRST_CONVERSATION = frozenset({ClockName.CALL_BACK, ClockName.START, ClockName.WGS, ClockName.WGS_THREAT})


def stopped_by(kind: ContactKind, *, reached: bool) -> frozenset[ClockName]:
    """Return the clocks that a contact stops: none when nobody was reached, the call-back when by phone.

    A visit that reached the person is a conversation.
    """
    if not reached:
        return frozenset()
    return frozenset({ClockName.CALL_BACK}) if kind is ContactKind.CALL else FIRST_CONVERSATION


def is_overdue(clocks: Iterable[Running], today: date) -> bool:
    """Say whether a running clock was due before today."""
    return any(clock.stopped_at is None and clock.due_on < today for clock in clocks)


def due_on(clocks: Iterable[Running], name: ClockName) -> date | None:
    """Return until when the clock of a name runs; None when none runs."""
    return next((clock.due_on for clock in clocks if clock.name is name and clock.stopped_at is None), None)
