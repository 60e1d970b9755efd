"""The cheapest single change that would place a request that waits, beside everything the plan places."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from solver.explain import Outcome
from solver.plan import Barrier, Fact, Facts, Unlock
from solver.problem import Caseworker

Between: TypeAlias = list[tuple[Caseworker, tuple[Barrier, ...]]]
"""Every caseworker, in the problem's order, with what is between them and one request."""

# The cheapest first: what asks least of people.
UNLOCKS: Final = {
    "load-unconfirmed": "confirm-load",
    "target": "use-room-above-target",
    "pace": "one-more-this-week",
    "absent": "start-later",
    "language": "allow-interpreter",
    "maximum": "more-minutes",
    "waits-for-another": "no-longer-wait-for-one",
    "attributes": "without-attributes",
    "level": "lower-level",
}
OF_A_CASEWORKER: Final = frozenset({"load-unconfirmed", "target", "pace", "maximum"})
"""What changes something about a caseworker, and so for every request of a household at once."""
ROOM: Final = frozenset({"target", "pace", "maximum"})


def cheapest_unlock(outcome: Outcome, job: int, *, own: Between, others: list[Between]) -> Unlock | None:
    """Return the cheapest single change after which a request fits beside the plan; None without one.

    Exact: with the change, and everything that was placed where it was, no rule is broken. A change
    concerns one caseworker, or the request itself; cheaper is what stands earlier in `UNLOCKS`, then what
    is smaller. Whether others could make room is not looked at: that is for another round.

    Parameters
    ----------
    own
        What is between everybody and the request.
    others
        The same for the others of its household, who must go along.
    """
    order = list(UNLOCKS)
    changes = [
        change
        for column, (worker, found) in enumerate(own)
        for change in _changes(
            _short(outcome, job, column), worker, found, others=[between[column][1] for between in others]
        )
    ]
    best = min(changes, key=lambda change: (order.index(change[0]), change[1]), default=None)
    if best is None:
        return None
    code, size, worker = best
    return Unlock(UNLOCKS[code], {"caseworker": worker.key, "more": size})


def _short(outcome: Outcome, job: int, column: int) -> dict[str, int]:
    """Return what a caseworker lacks for a job beside the plan: minutes, ordinary minutes, new requests."""
    free, ordinary_free, pace = (int(room[column]) for room in outcome.left)
    ordinary = int(outcome.ordinary_effort[job, column])
    short = {
        "maximum": int(outcome.effort[job, column]) - free,
        "target": ordinary - ordinary_free if ordinary else 0,
        "pace": len(outcome.jobs[job]) - pace,
    }
    # Who has too little room below the maximum has too little below the target too: one change for both.
    if short["maximum"] > 0:
        short["maximum"] = max(short["maximum"], short.pop("target"))
    return {code: missing for code, missing in short.items() if missing > 0}


def _changes(
    short: dict[str, int],
    worker: Caseworker,
    found: tuple[Barrier, ...],
    *,
    others: list[tuple[Barrier, ...]],
) -> Iterator[tuple[str, int, Caseworker]]:
    """Yield the barrier whose removal alone lets this caseworker take the job, with the size of the change."""
    own = {barrier.code: barrier for barrier in found if barrier.code not in ROOM}
    theirs = {barrier.code for one in others for barrier in one if barrier.code not in ROOM}
    codes = short.keys() | own.keys() | theirs
    if len(codes) != 1 or not codes <= UNLOCKS.keys() or not theirs <= OF_A_CASEWORKER:
        return
    code = codes.pop()
    size = short[code] if code in short else _size(own[code])
    if size is not None:
        yield code, size, worker


def _size(barrier: Barrier) -> int | None:
    """Return how many levels or days a change takes, 1 where it has no size; None when none would do."""
    if barrier.code == "level":
        return number(barrier.facts, "needed") - number(barrier.facts, "has")
    if barrier.code == "absent":
        if "present_from_day" not in barrier.facts:
            return None
        return number(barrier.facts, "present_from_day") - number(barrier.facts, "within_days")
    return 1


def number(facts: Facts, name: str) -> int:
    """Return a fact that is a number."""
    value: Fact = facts[name]
    return value if isinstance(value, int) else 0
