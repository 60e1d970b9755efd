"""The certificate check: whether a stored round is what it says it is, without trusting the solver."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import solver
from app.rounds.service.stored import StoredRound


class Known(StrEnum):
    """How the bound of a tier is known."""

    PRICES = "from prices alone"
    SEARCH = "by search"
    UNPROVEN = "without a stored proof"


@dataclass(frozen=True, slots=True)
class TierChecked:
    """Cost and bound of a tier as the round states them, and how the bound is known."""

    name: str
    cost: int
    bound: int
    known: Known


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check; in order when there are no faults."""

    tiers: tuple[TierChecked, ...]
    faults: tuple[str, ...]


def check(found: StoredRound) -> Checked:
    """Return what is wrong with a stored round, and how each of its bounds is known.

    The rules and the costs are those of the specification; bounds are recomputed from the stored
    prices. What a search proved beyond the prices is taken from the round, and told as such.
    """
    proofs = [*found.plan.proofs, *[None] * (len(found.plan.tiers) - len(found.plan.proofs))]
    tiers = tuple(
        TierChecked(tier.name, tier.cost, tier.bound, _known(proof))
        for tier, proof in zip(found.plan.tiers, proofs, strict=True)
    )
    return Checked(tiers, tuple(_faults(found)))


def _known(proof: solver.Proof | None) -> Known:
    if proof is None:
        return Known.UNPROVEN
    return Known.SEARCH if proof.searched else Known.PRICES


def _faults(found: StoredRound) -> Iterator[str]:
    problem, plan = found.problem, found.plan
    yield from (_said(item) for item in solver.violations(problem, plan.assignments))
    states = tuple(tier.cost for tier in plan.tiers)
    costs = solver.cost(problem, plan.assignments)
    if states != costs:
        yield f"the plan states the costs {states}; the specification says {costs}"
    for tier in plan.tiers:
        if tier.bound > tier.cost:
            yield f"{tier.name}: the bound {tier.bound} is above the cost {tier.cost}"
    if plan.optimal and any(tier.bound != tier.cost for tier in plan.tiers):
        yield "the plan is called optimal, and its bounds do not say so"
    yield from solver.proven(problem, plan)
    yield from _of_the_row(found)


def _of_the_row(found: StoredRound) -> Iterator[str]:
    """Yield what the round's row states otherwise than its plan: the row is what people see."""
    row, plan = found.row, found.plan
    if [(item["cost"], item["bound"]) for item in row.tiers] != [(item.cost, item.bound) for item in plan.tiers]:
        yield "the round states other costs or bounds than its plan"
    if (row.optimal, row.reproducible, row.fallback) != (plan.optimal, plan.reproducible, plan.fallback):
        yield "the round and its plan differ in optimal, reproducible or fallback"


def _said(item: solver.Violation) -> str:
    """Return a broken rule in a line."""
    who = [f"request {item.request}"] if item.request else []
    who += [f"caseworker {item.caseworker}"] if item.caseworker else []
    facts = [f"{name} {value}" for name, value in item.facts.items()]
    return f"{item.code}: {', '.join([*who, *facts])}"
