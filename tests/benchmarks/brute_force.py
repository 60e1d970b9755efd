"""The least cost by trying every choice, for instances that are small enough."""

import itertools

from benchmarks.instances import Instance
from benchmarks.judge import WAITS, Costs, judge


def least_costs(instance: Instance) -> Costs | None:
    """Return the least costs of all choices that fit; None when there is none."""
    model = instance.model
    waits = [] if instance.must_place else [WAITS]
    own = [[*range(*model.row_start[job : job + 2].tolist()), *waits] for job in range(model.jobs)]
    verdicts = (judge(instance, choice) for choice in itertools.product(*own))
    return min((verdict.costs for verdict in verdicts if not verdict.faults), default=None)
