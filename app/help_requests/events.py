"""What happens to help requests: codes and identifiers only, never what the resident said."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.help_requests.rules import Channel, ContactKind, Outcome, Urgency, Weight
from app.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRequestReceived(Event):
    """A request was taken in; from now on somebody has to do something."""

    type: ClassVar[str] = "help-request.received"
    topic: str
    urgency: Urgency
    weight: Weight
    adult: bool | None
    district: str | None
    channel: Channel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRequestChanged(Event):
    """What is known of a request changed; ``fields`` names what, in the words of the API."""

    type: ClassVar[str] = "help-request.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeSettled(Event):
    """A person confirmed that the request is of an adult: it takes part in rounds from now on."""

    type: ClassVar[str] = "help-request.age-settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseworkerExcluded(Event):
    """Somebody is no longer available for a request; why is not kept, and who is not told here."""

    type: ClassVar[str] = "help-request.caseworker-excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAdded(Event):
    """Somebody tried to reach the resident."""

    type: ClassVar[str] = "help-request.contact-added"
    kind: ContactKind
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisAcknowledged(Event):
    """A named lead has seen a crisis and sees to it."""

    type: ClassVar[str] = "help-request.crisis-acknowledged"
    acknowledged_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRequestPostponed(Event):
    """A lead decided that a request waits until a day; None: no longer."""

    type: ClassVar[str] = "help-request.postponed"
    not_before_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRequestClosed(Event):
    """A request ended with an outcome."""

    type: ClassVar[str] = "help-request.closed"
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRequestWithdrawn(Event):
    """The resident, or who asked for them, no longer wants help."""

    type: ClassVar[str] = "help-request.withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRequestReopened(Event):
    """A closed request waits again."""

    type: ClassVar[str] = "help-request.reopened"
