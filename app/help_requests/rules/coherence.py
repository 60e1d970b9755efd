"""What can't be true of one request at the same time; each rule returns what is wrong, or None."""

from collections.abc import Collection, Sequence
from uuid import UUID

from app.help_requests.rules.codes import Concerns, Threat, Urgency


def other_topics_fault(topic: str, other_topics: Sequence[str]) -> str | None:
    """Let each topic be named once: as the primary one, or as another one."""
    named = [topic, *other_topics]
    twice = next((code for code in named if named.count(code) > 1), None)
    return None if twice is None else f"names {twice!r} twice, the primary topic included; name each topic once"


def threat_fault(urgency: Urgency, threat: Threat | None) -> str | None:
    """Refuse a threat on an ordinary request: it makes a request urgent, or a crisis."""
    if threat is None or urgency is not Urgency.NORMAL:
        return None
    return f"{str(threat)!r} makes a request urgent: send urgency 'urgent' or 'crisis', or threat null"


def consent_fault(concerns: Concerns, consent: bool | None) -> str | None:
    """Let somebody else be reported with that person's consent only."""
    if concerns is not Concerns.OTHER_ADULT or consent is True:
        return None
    return "must be true when concerns is 'other-adult': that person has to agree"


def wait_for_fault(caseworker_id: UUID | None, excluded: Collection[UUID]) -> str | None:
    """Let nobody wait for somebody who is not available to them."""
    if caseworker_id is None or caseworker_id not in excluded:
        return None
    return "waits for a caseworker who is excluded; leave out one of the two"
