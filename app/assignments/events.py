"""What happens to assignments, in the history of their help request, and to holds, in the caseworker's."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEvent(Event):
    """Something that happened to an assignment; it may change what is possible for others."""

    assignment_id: UUID
    caseworker_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentStarted(AssignmentEvent):
    """A caseworker took a request, by somebody's decision."""

    type: ClassVar[str] = "assignment.started"
    kind: str
    purpose: str
    over_maximum: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged(AssignmentEvent):
    """Phase, effort or planned end changed; `changed` names the fields, sorted."""

    type: ClassVar[str] = "assignment.changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentTransferred(AssignmentEvent):
    """Another caseworker takes over: `assignment_id` ended and `new_assignment_id` started."""

    type: ClassVar[str] = "assignment.transferred"
    new_assignment_id: UUID
    new_caseworker_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentReturned(AssignmentEvent):
    """A caseworker gave the request back; it waits again, with its first date."""

    type: ClassVar[str] = "assignment.returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEnded(AssignmentEvent):
    """An assignment ended; `reason` is one of the codes of ends."""

    type: ClassVar[str] = "assignment.ended"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEvent(Event):
    """Something that happened to a reserved place of a caseworker."""

    subject_type: ClassVar[str] = "caseworker"
    hold_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCreated(HoldEvent):
    """A place was reserved."""

    type: ClassVar[str] = "hold.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTaken(HoldEvent):
    """A request came in for the reserved place, which no longer expires by itself."""

    type: ClassVar[str] = "hold.taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased(HoldEvent):
    """A reserved place was given free."""

    type: ClassVar[str] = "hold.released"
