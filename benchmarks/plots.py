"""The gap over time, per row of the table and per contestant."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks.comparing import best_bounds, by_instance, worst_gap
from benchmarks.judge import Costs
from benchmarks.rivals import CONTESTANTS
from benchmarks.runs import Run
from benchmarks.table.rows import Row

Floats = NDArray[np.float64]

MOMENTS: Final = 200
LEAST_SECONDS, LEAST_GAP = 1e-3, 1e-6


def plot_gaps(folder: Path, row: Row) -> Path | None:
    """Draw the median gap over time of each contestant as SVG; None for a row without runs.

    The gap of a choice is taken against the best bounds that anybody proved on its instance in this row,
    so that all are measured alike; before the first choice it is 1.
    """
    if not row.runs:
        return None
    longest = max(max(one.limit, one.cost.seconds) for one in row.runs)
    moments = np.geomspace(LEAST_SECONDS, longest, MOMENTS)
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for name, gaps in _curves(row.runs, moments).items():
        axes.step(moments, np.maximum(gaps, LEAST_GAP), where="post", label=CONTESTANTS[name].title)
    axes.set(xscale="log", yscale="log", xlabel="seconds", ylabel="gap to the best bound", title=row.what)
    axes.legend()
    path = folder / f"{_file_name(row)}.svg"
    figure.savefig(path)
    return path


def _file_name(row: Row) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{row.name} {row.what}".lower()).strip("-")[:80]


def _curves(runs: Sequence[Run], moments: Floats) -> dict[str, Floats]:
    """Return the median gap of each contestant at each moment, shape (moments,)."""
    curves: dict[str, list[Floats]] = {}
    for group in by_instance(runs).values():
        bounds = best_bounds(group.values())
        for name, one in group.items():
            curves.setdefault(name, []).append(_curve(one, bounds, moments))
    return {name: np.median(np.array(found), axis=0) for name, found in curves.items()}


def _curve(one: Run, bounds: Costs, moments: Floats) -> Floats:
    """Return the gap of the best choice so far at each moment."""
    gaps = np.ones(len(moments))
    best: Costs | None = None
    for point in one.points if one.right else ():
        if best is None or point.costs <= best:
            best = point.costs
            gaps[moments >= point.seconds] = worst_gap(best, bounds)
    return gaps
