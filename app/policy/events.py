"""What happens to the policy."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdded(Event):
    """A version of the policy was added; it is in force from a day on."""

    type: ClassVar[str] = "policy.added"
    subject_type: ClassVar[str] = "policy"
    version: int
    in_force_on: date
