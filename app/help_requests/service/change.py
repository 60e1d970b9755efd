"""Changing what is known of a request that has not ended."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic.alias_generators import to_camel
from sqlalchemy.orm import Session

from app.help_requests import queries, rules
from app.help_requests.events import HelpRequestChanged
from app.help_requests.models import Clock, HelpRequest
from app.help_requests.rules import Concerns, LegalReport, Urgency
from app.help_requests.service.derived import surroundings, waits_since
from app.help_requests.service.intake import Minor, clock_rows
from app.help_requests.service.life import check_open, exclude, settle_age
from app.help_requests.service.private import Private, opened, replace
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.errors import Fault, InvalidInput
from app.kit.events import announce

OF_CLOCKS = frozenset({"urgency", "legal_reports", "external_deadline"})
OF_PRIVATE = frozenset({"summary", "contact"})
NOT_COLUMNS = OF_PRIVATE | {"excluded_caseworker_ids", "adult"}
NAMES = {
    "asked_level": "requiredLevel",
    "asked_effort_minutes": "effortMinutes",
    "district_code": "district",
    "preferred_location_code": "preferredLocation",
    "wait_for_caseworker_id": "waitFor",
    "wait_for_until": "waitFor",
    "required_languages": "languages",
    "preferred_languages": "languages",
    "interpreter_allowed": "languages",
}
"""Columns that have another name in the API."""


def change(
    session: Session,
    request: HelpRequest,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    handoff: str = "",
) -> None:
    """Change a request from ``queries.lock``; what is not named stays, what is equal is no change.

    Parameters
    ----------
    changes
        Columns of a request, ``summary`` and ``contact`` (None takes them away), ``adult`` (True
        settles it), and ``excluded_caseworker_ids``, which are added to those excluded before.
    handoff
        Where children and minors are helped, in the words of the city.

    Raises
    ------
    WrongStatus
        When the request has ended.
    Minor
        When it turns out to be about a child or minor: withdraw it.
    InvalidInput
        When what results can't be true together, or names caseworkers that do not exist.
    """
    check_open(request)
    _refuse_minors(changes, handoff)
    _check(session, request, changes)
    before = request.urgency
    changed = [name for name in changes if name not in NOT_COLUMNS and getattr(request, name) != changes[name]]
    for name in changed:
        setattr(request, name, changes[name])
    if OF_CLOCKS & set(changed):
        _follow_with_clocks(session, request, before, now)
    _change_what_belongs_to_it(session, request, changes, actor=actor, now=now)
    changed += _change_private(session, request.id, changes)
    if changed:
        _tell(session, request, changed, actor=actor, now=now)


def _refuse_minors(changes: Mapping[str, Any], handoff: str) -> None:
    if changes.get("adult") is False or changes.get("concerns") is Concerns.CHILD:
        text = f"{handoff} Withdraw this request.".strip()
        raise Minor(text, handoff=handoff)


def _check(session: Session, request: HelpRequest, changes: Mapping[str, Any]) -> None:
    faults = [*_faults_together(session, request, changes), *_unknown_caseworkers(session, changes)]
    if "adult" in changes and changes["adult"] is None and request.adult is not None:
        faults.append(Fault("#/adult", "is known already and can't become unknown; leave it out"))
    if faults:
        raise InvalidInput(faults)


def _faults_together(session: Session, request: HelpRequest, changes: Mapping[str, Any]) -> Iterator[Fault]:
    def then(name: str) -> Any:
        return changes.get(name, getattr(request, name, None))

    excluded = queries.exclusions_of(session, [request.id])[request.id]
    excluded |= frozenset(changes.get("excluded_caseworker_ids", ()))
    messages = {
        "#/otherTopics": rules.other_topics_fault(then("topic"), then("other_topics")),
        "#/threat": rules.threat_fault(then("urgency"), then("threat")),
        "#/consent": rules.consent_fault(then("concerns"), then("consent")),
        "#/waitFor/caseworkerId": rules.wait_for_fault(then("wait_for_caseworker_id"), excluded),
    }
    return (Fault(pointer, message) for pointer, message in messages.items() if message is not None)


def _unknown_caseworkers(session: Session, changes: Mapping[str, Any]) -> Iterator[Fault]:
    named = [
        (f"#/excludedCaseworkerIds/{place}", caseworker_id)
        for place, caseworker_id in enumerate(changes.get("excluded_caseworker_ids", ()))
    ]
    named.append(("#/previousCaseworkerId", changes.get("previous_caseworker_id")))
    named.append(("#/waitFor/caseworkerId", changes.get("wait_for_caseworker_id")))
    unknown = queries.unknown_caseworkers(session, {one for _, one in named if one is not None})
    for pointer, caseworker_id in named:
        if caseworker_id in unknown:
            yield Fault(pointer, f"there is no caseworker '{caseworker_id}'; send the id of one")


def _follow_with_clocks(session: Session, request: HelpRequest, before: Urgency, now: datetime) -> None:
    city, today = surroundings(session, now), clock.day_of(now)
    since = waits_since(request)
    clocks = [row for row in queries.clocks_of(session, [request.id])[request.id] if row.started_at >= since]
    from_first_day, from_today = (
        rules.clocks_for(
            day,
            request.urgency,
            [LegalReport(report) for report in request.legal_reports],
            external_deadline=request.external_deadline,
            norms=city.policy.document.norms,
            closed=city.closed,
        )
        for day in (clock.day_of(since), today)
    )
    then = rules.clocks_after_change(
        clocks, (before, request.urgency), from_first_day=from_first_day, from_today=from_today
    )
    for row in clocks:
        if row.stopped_at is None and row.name in then.stopped:
            row.stopped_at, row.stopped_by = now, "changed"
    session.add_all(Clock(**row) for row in clock_rows(request.id, then.started, now))


def _change_what_belongs_to_it(
    session: Session, request: HelpRequest, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    for caseworker_id in changes.get("excluded_caseworker_ids", ()):
        exclude(session, request, caseworker_id, actor=actor, now=now)
    if changes.get("adult") is True:
        settle_age(session, request, actor=actor, now=now)


def _change_private(session: Session, help_request_id: UUID, changes: Mapping[str, Any]) -> list[str]:
    if not OF_PRIVATE & set(changes):
        return []
    before = opened(session, help_request_id)
    after = Private(summary=changes.get("summary", before.summary), contact=changes.get("contact", before.contact))
    if after == before:
        return []
    replace(session, help_request_id, after)
    return [name for name in sorted(OF_PRIVATE) if getattr(after, name) != getattr(before, name)]


def _tell(session: Session, request: HelpRequest, changed: list[str], *, actor: Actor, now: datetime) -> None:
    fields = tuple(sorted({NAMES.get(name, to_camel(name)) for name in changed}))
    queries.touch(request, now)
    audit.write(session, "change", ("help-request", request.id), actor=actor, now=now, fields=fields)
    announce(session, HelpRequestChanged(subject_id=request.id, fields=fields), actor=actor, now=now)
