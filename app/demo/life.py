"""What happens to an invented request: the rows that the services would write, one function per happening.

Events and audit lines have the types, facts and order of ``help_requests.service`` and ``assignments.service``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from uuid import UUID

from app.assignments.events import AssignmentChanged, AssignmentEnded, AssignmentStarted
from app.assignments.models import Assignment, AssignmentPhase
from app.assignments.rules import EndReason, Kind, Phase, Purpose
from app.demo.chance import identifier
from app.demo.people import Worker
from app.demo.rows import Row, Rows
from app.help_requests.events import (
    CaseworkerExcluded,
    ContactAdded,
    CrisisAcknowledged,
    HelpRequestClosed,
    HelpRequestReceived,
    HelpRequestWithdrawn,
)
from app.help_requests.models import Clock, Contact, Exclusion, HelpRequest, PrivatePart
from app.help_requests.rules import ClockName, ContactKind, LegalReport, Outcome, Status, clocks_for, stopped_by
from app.help_requests.service.private import Private, sealed_row
from app.kit import clock
from app.kit.auth import Actor
from app.policy.rules import PolicyDocument


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts in the demo: the holders of its keys."""

    intake: Actor
    operator: Actor
    admin: Actor
    leads: Mapping[str, Actor]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every happening needs besides its request."""

    chance: Random
    rows: Rows
    staff: Staff
    document: PolicyDocument
    closed: Collection[date]


@dataclass(slots=True)
class Story:
    """A request with what still runs for it."""

    request: Row
    clocks: list[Row] = field(default_factory=list)
    assignment: Row | None = None
    phase: Row | None = None

    @property
    def id(self) -> UUID:
        """Identifier of the request."""
        found: UUID = self.request["id"]
        return found


def receive(scene: Scene, request: Row, *, actor: Actor, summary: str | None = None) -> Story:
    """Let a request come in, with its clocks and, when it is still needed, its private part."""
    story, at = Story(scene.rows.add(HelpRequest, request)), request["received_at"]
    dues = clocks_for(
        clock.day_of(at),
        request["urgency"],
        [LegalReport(report) for report in request["legal_reports"]],
        external_deadline=request["external_deadline"],
        norms=scene.document.norms,
        closed=scene.closed,
    )
    for due in dues:
        row = {"id": identifier(scene.chance, at), "help_request_id": story.id, "name": due.name}
        story.clocks.append(scene.rows.add(Clock, row | {"started_at": at, "due_on": due.due_on}))
    if summary is not None:
        contact = {"when": "office hours", "safe_to_call": True, "voicemail_allowed": False}
        scene.rows.add(PrivatePart, sealed_row(story.id, Private(summary=summary, contact=contact)))
    event = HelpRequestReceived(
        subject_id=story.id,
        topic=request["topic"],
        urgency=request["urgency"],
        weight=request["weight"],
        adult=request["adult"],
        district=request["district_code"],
        channel=request["channel"],
    )
    scene.rows.audit("receive", _subject(story), actor=actor, at=at)
    scene.rows.announce(event, actor=actor, at=at)
    return story


def reach(scene: Scene, story: Story, kind: ContactKind, *, at: datetime, reached: bool, actor: Actor) -> None:
    """Try to reach the resident, and stop the clocks that this stops."""
    row = {"id": identifier(scene.chance, at), "help_request_id": story.id, "kind": kind, "at": at}
    scene.rows.add(Contact, row | {"reached": reached, "created_at": at, "created_by": actor.id})
    _stop_clocks(story, stopped_by(kind, reached=reached), by=f"contact-{kind}", at=at)
    _touch(story, at)
    scene.rows.audit("add-contact", _subject(story), actor=actor, at=at, kind=kind, reached=reached)
    scene.rows.announce(ContactAdded(subject_id=story.id, kind=kind, reached=reached), actor=actor, at=at)


def acknowledge(scene: Scene, story: Story, *, at: datetime, actor: Actor) -> None:
    """Let a lead see a crisis and see to it."""
    story.request |= {"acknowledged_at": at, "acknowledged_by": actor.id}
    _touch(story, at)
    scene.rows.audit("acknowledge", _subject(story), actor=actor, at=at)
    scene.rows.announce(CrisisAcknowledged(subject_id=story.id, acknowledged_by=actor.id), actor=actor, at=at)


def exclude(scene: Scene, story: Story, worker: Worker, *, at: datetime, actor: Actor) -> None:
    """Make a caseworker not available for a request; why is not kept."""
    row = {"help_request_id": story.id, "caseworker_id": worker.id, "created_at": at, "created_by": actor.id}
    scene.rows.add(Exclusion, row)
    _touch(story, at)
    scene.rows.audit("exclude", _subject(story), actor=actor, at=at)
    scene.rows.announce(CaseworkerExcluded(subject_id=story.id), actor=actor, at=at)


def assign(scene: Scene, story: Story, worker: Worker, *, at: datetime, effort_minutes: int) -> None:
    """Give a waiting request to a caseworker, by the lead of their location."""
    actor = scene.staff.leads[worker.row["location_code"]]
    story.request["status"] = Status.ASSIGNED
    _touch(story, at)
    scene.rows.audit("assign", _subject(story), actor=actor, at=at)
    row: Row = {
        "id": identifier(scene.chance, at),
        "help_request_id": story.id,
        "caseworker_id": worker.id,
        "kind": Kind.LEAD,
        "purpose": Purpose.CASE,
        "phase": Phase.START,
        "effort_minutes": effort_minutes,
        "started_at": at,
        "over_maximum": False,
        "decided_by": actor.id,
        "seen_at": at,
        "version": 1,
    }
    story.assignment = scene.rows.add(Assignment, row)
    _begin_phase(scene, story, at=at)
    event = AssignmentStarted(
        subject_id=story.id,
        assignment_id=row["id"],
        caseworker_id=worker.id,
        kind=Kind.LEAD,
        purpose=Purpose.CASE,
        over_maximum=False,
    )
    scene.rows.announce(event, actor=actor, at=at)
    details = {"help_request_id": story.id, "caseworker_id": worker.id, "over_maximum": False}
    scene.rows.audit("start", ("assignment", row["id"]), actor=actor, at=at, **details)


def enter_phase(scene: Scene, story: Story, phase: Phase, *, at: datetime, effort_minutes: int) -> None:
    """Let the running assignment of a request go on in another phase, with its effort."""
    assignment, actor = _running(story), _lead_of(scene, story)
    before = assignment["phase"], assignment["effort_minutes"]
    assignment |= {"phase": phase, "effort_minutes": effort_minutes, "version": assignment["version"] + 1}
    after = phase, effort_minutes
    names = ("phase", "effort_minutes")
    changed = tuple(sorted(name for name, old, new in zip(names, before, after, strict=True) if old != new))
    _end_phase(story, at)
    _begin_phase(scene, story, at=at)
    event = AssignmentChanged(
        subject_id=story.id,
        assignment_id=assignment["id"],
        caseworker_id=assignment["caseworker_id"],
        changed=changed,
    )
    scene.rows.announce(event, actor=actor, at=at)
    scene.rows.audit("change", ("assignment", assignment["id"]), actor=actor, at=at, changed=list(changed))


def close(scene: Scene, story: Story, outcome: Outcome, *, at: datetime, actor: Actor) -> None:
    """End a request with an outcome; its clocks stop, and work on it ends."""
    if story.assignment is not None:
        actor = _lead_of(scene, story)
        _finish(scene, story, actor=actor, at=at)
    story.request |= {"status": Status.CLOSED, "outcome": outcome, "closed_at": at}
    _touch(story, at)
    _stop_clocks(story, frozenset(ClockName), by="closed", at=at)
    scene.rows.audit("close", _subject(story), actor=actor, at=at, outcome=outcome)
    scene.rows.announce(HelpRequestClosed(subject_id=story.id, outcome=outcome), actor=actor, at=at)


def withdraw(scene: Scene, story: Story, *, at: datetime, actor: Actor) -> None:
    """End a request that waits, because help is no longer wanted."""
    story.request |= {"status": Status.WITHDRAWN, "closed_at": at}
    _touch(story, at)
    _stop_clocks(story, frozenset(ClockName), by="withdrawn", at=at)
    scene.rows.audit("withdraw", _subject(story), actor=actor, at=at)
    scene.rows.announce(HelpRequestWithdrawn(subject_id=story.id), actor=actor, at=at)


def _finish(scene: Scene, story: Story, *, actor: Actor, at: datetime) -> None:
    assignment, reason = _running(story), EndReason.COMPLETED
    assignment |= {"ended_at": at, "end_reason": reason, "version": assignment["version"] + 1}
    _end_phase(story, at)
    event = AssignmentEnded(
        subject_id=story.id,
        assignment_id=assignment["id"],
        caseworker_id=assignment["caseworker_id"],
        reason=reason,
    )
    scene.rows.announce(event, actor=actor, at=at)
    scene.rows.audit("end", ("assignment", assignment["id"]), actor=actor, at=at, reason=reason)


def _begin_phase(scene: Scene, story: Story, *, at: datetime) -> None:
    assignment = _running(story)
    row = {"id": identifier(scene.chance, at), "assignment_id": assignment["id"], "phase": assignment["phase"]}
    row |= {"effort_minutes": assignment["effort_minutes"], "started_at": at}
    story.phase = scene.rows.add(AssignmentPhase, row)


def _end_phase(story: Story, at: datetime) -> None:
    if story.phase is not None:
        story.phase["ended_at"] = at


def _running(story: Story) -> Row:
    if story.assignment is None:
        raise ValueError("this request is nobody's")
    return story.assignment


def _lead_of(scene: Scene, story: Story) -> Actor:
    decided_by = _running(story)["decided_by"]
    return next(actor for actor in scene.staff.leads.values() if actor.id == decided_by)


def _subject(story: Story) -> tuple[str, UUID]:
    return "help-request", story.id


def _touch(story: Story, at: datetime) -> None:
    story.request["version"] += 1
    story.request["updated_at"] = at


def _stop_clocks(story: Story, names: frozenset[ClockName], *, by: str, at: datetime) -> None:
    for row in story.clocks:
        if row.get("stopped_at") is None and row["name"] in names:
            row |= {"stopped_at": at, "stopped_by": by}
