"""The replay: a stored round solved again, and why its plan differs when it does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import solver
from app.rounds.service.starting import versions
from app.rounds.service.stored import StoredRound

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay.

    Attributes
    ----------
    differences
        What the two plans do not have in common; empty when they are the same.
    because
        What may explain a difference: versions, a clock that cut the round short, a fallback.
    """

    differences: tuple[str, ...]
    because: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Return whether both plans say the same."""
        return not self.differences


def replay(found: StoredRound) -> Replayed:
    """Solve a stored round's problem again, with its effort and seed and no clock, and compare the plans.

    Takes as long as the round did, in this process; no transaction may be open.
    """
    limits = solver.Limits(effort=float(found.row.effort), seconds=None, seed=found.row.seed)
    again = solver.solve(found.problem, limits)
    return Replayed(tuple(_differences(found.plan, again)), tuple(_reasons(found, versions())))


def _differences(before: solver.Plan, after: solver.Plan) -> Iterator[str]:
    """Yield what differs: the figures of each tier, then who takes what."""
    for was, now in zip(before.tiers, after.tiers, strict=True):
        if (was.cost, was.bound) != (now.cost, now.bound):
            yield f"{was.name}: cost {was.cost}, bound {was.bound}; now cost {now.cost}, bound {now.bound}"
    then, here = before.assignments, after.assignments
    moved = [key for key in sorted(then | here) if then.get(key) != here.get(key)]
    for key in moved[:MOST_NAMED]:
        yield f"request {key}: was with {then.get(key, 'nobody')}, now with {here.get(key, 'nobody')}"
    if len(moved) > MOST_NAMED:
        yield f"and {len(moved) - MOST_NAMED} requests more"


def _reasons(found: StoredRound, now: Mapping[str, str]) -> Iterator[str]:
    """Yield what may make a replay differ from this round."""
    was: Mapping[str, Any] = found.row.versions
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{name} was {was.get(name, 'not recorded')}, is {now.get(name, 'not there')}"
    if found.plan.fallback:
        yield "the ranking stood in for a solver that did not answer"
    elif not found.plan.reproducible:
        yield "the clock, a stop or a lack of memory cut the round short: it is not reproducible"
