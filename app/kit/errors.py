"""Errors of the domain: facts in its own words. Which status code they get is decided in ``problems``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


class DomainError(Exception):
    """Something that the rules do not allow, or that is not there.

    Attributes
    ----------
    code
        Stable name of the problem type, as in ``urn:stadsbreed:problem:<code>``.
    title
        The same for every occurrence.
    facts
        Further members of the problem document, in snake_case; answered in lowerCamelCase.
    """

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts: Mapping[str, Any] = facts


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent.

    Attributes
    ----------
    pointer
        Where, as a JSON pointer into the body (``#/topic``), or the name of a parameter.
    message
        What is wrong, with the value where it is no free text, and what would be right.
    """

    pointer: str
    message: str
    code: str = field(default="invalid")


class InvalidInput(DomainError):
    """What was sent breaks rules that only the database or several fields together can tell."""

    code = "invalid-input"
    title = "Invalid input"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.pointer}: {fault.message}" for fault in self.faults))


class NotFound(DomainError):
    """There is no such thing, or this person may not know that there is."""

    code = "not-found"
    title = "Not found"


class NotAllowed(DomainError):
    """This person or software may not do this."""

    code = "not-allowed"
    title = "Not allowed"


class Unauthenticated(DomainError):
    """No key, or one that is unknown, expired or revoked; it is not said which."""

    code = "unauthenticated"
    title = "Not authenticated"


class Stale(DomainError):
    """Somebody changed it since it was read."""

    code = "stale"
    title = "Changed since it was read"


class PreconditionRequired(DomainError):
    """A change needs the ETag of what it changes."""

    code = "precondition-required"
    title = "If-Match is required"


class WrongStatus(DomainError):
    """The thing is not in a state in which this can be done."""

    code = "wrong-status"
    title = "Not possible in this status"


class IdempotencyKeyReused(DomainError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency-key-reused"
    title = "Idempotency-Key was used for something else"


class RequestInProgress(DomainError):
    """The first request with this Idempotency-Key is still running."""

    code = "request-in-progress"
    title = "The first request is still running"


class Unavailable(DomainError):
    """The service can't answer now; trying again later helps."""

    code = "unavailable"
    title = "Not available now"
