"""What happens to caseworkers: identifiers and names of fields only."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseworkerEvent(Event):
    """Something that happened to a caseworker and may change what is possible."""

    subject_type: ClassVar[str] = "caseworker"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseworkerAdded(CaseworkerEvent):
    """A caseworker was added."""

    type: ClassVar[str] = "caseworker.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseworkerChanged(CaseworkerEvent):
    """What is known of a caseworker changed; ``changed`` names the fields, sorted."""

    type: ClassVar[str] = "caseworker.changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceAdded(CaseworkerEvent):
    """A caseworker will not be there on some days; which ones stays out of the history."""

    type: ClassVar[str] = "absence.added"
    absence_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceWithdrawn(CaseworkerEvent):
    """An absence no longer holds."""

    type: ClassVar[str] = "absence.withdrawn"
    absence_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadConfirmed(CaseworkerEvent):
    """A caseworker's load was confirmed as true."""

    type: ClassVar[str] = "load.confirmed"
