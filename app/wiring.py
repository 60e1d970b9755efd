"""When this happens, also do that: one line each, in the transaction of what happened."""

from app.kit import events

CONSEQUENCES: dict[type[events.Event], tuple[events.Handler, ...]] = {}


def connect() -> None:
    """Make this the list of consequences of this process."""
    events.listen(CONSEQUENCES)
