"""Which arcs are worth looking at: for each job those with the smallest regret."""

import numpy as np

from solver.core.compiled import compiled
from solver.core.knapsack import Columns
from solver.core.model import WAITS, Bools, Ints, Model


def shortlist(model: Model, columns: Columns, regret: Ints, choice: Ints, most: int) -> tuple[Ints, Ints]:
    """Return the arcs of each job that are worth looking at, as compressed rows: starts and arcs.

    Parameters
    ----------
    regret
        Shape (arcs,), in the order of the columns: what it costs at least more to take an arc.
    choice
        Shape (jobs,): its arcs are kept, too.
    most
        How many arcs of each job.
    """
    in_rows = np.empty(model.arcs, np.int64)
    in_rows[columns.arc] = regret
    kept = _smallest(model.row_start, in_rows, most)
    kept[choice[choice != WAITS]] = True
    start = np.zeros(model.jobs + 1, np.int64)
    np.cumsum(np.bincount(model.job[kept], minlength=model.jobs), out=start[1:])
    return start, np.flatnonzero(kept).astype(np.int64)


@compiled
def _smallest(row_start: Ints, regret: Ints, most: int) -> Bools:
    kept = np.zeros(len(regret), np.bool_)
    for job in range(len(row_start) - 1):
        first, last = row_start[job], row_start[job + 1]
        if last - first <= most:
            kept[first:last] = True
        else:
            kept[first + np.argsort(regret[first:last], kind="mergesort")[:most]] = True
    return kept
