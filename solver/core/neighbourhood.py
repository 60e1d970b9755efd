"""Which agents to solve anew together: those whose jobs could change places."""

from typing import Final

import numpy as np

from solver.core.model import WAITS, Bools, Ints, Model
from solver.core.part import Part

GROUP: Final = 12
SHARE_FROM_WAITING: Final = 0.6


def agents_near(model: Model, choice: Ints, near: Bools, rng: np.random.Generator) -> Ints:
    """Return a group of agents around one: who could take its jobs, and whose jobs it could take.

    `near` says which arcs are worth a look, shape (arcs,). The first agent is one that a waiting job
    could go to, or any.
    """
    waits = np.flatnonzero(near & (choice == WAITS)[model.job])
    if len(waits) and rng.random() < SHARE_FROM_WAITING:
        first = int(model.agent[rng.choice(waits)])
    else:
        first = int(rng.integers(model.agents))
    placed = np.flatnonzero(choice != WAITS)
    holder = np.full(model.jobs, WAITS, dtype=np.int64)
    holder[placed] = model.agent[choice[placed]]
    arc_holder = holder[model.job]
    to_them = near & (arc_holder == first)
    to_it = near & (model.agent == first) & (arc_holder != WAITS)
    relation = np.bincount(model.agent[to_them], minlength=model.agents).astype(np.float64)
    relation += np.bincount(arc_holder[to_it], minlength=model.agents)
    relation += 2 * rng.random(model.agents)
    relation[first] = np.inf
    group: Ints = np.argsort(-relation, kind="stable")[:GROUP]
    return group


def part_of(model: Model, choice: Ints, near: Bools, group: Ints) -> Part:
    """Return the part that a group of agents and everything that waits make up."""
    inside = np.zeros(model.agents, dtype=np.bool_)
    inside[group] = True
    placed = choice != WAITS
    jobs = ~placed
    jobs[placed] = inside[model.agent[choice[placed]]]
    arcs = near & inside[model.agent]
    arcs[choice[placed & jobs]] = True
    return Part(jobs, arcs, jobs)
