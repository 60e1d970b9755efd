"""A row of the table, and what every row is made with."""

import math
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.comparing import median
from benchmarks.instances import Recipe
from benchmarks.rivals import CONTESTANTS
from benchmarks.runs import Run, interleaved

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for on the command line.

    Attributes
    ----------
    seeds
        Of the invented instances; never those of the development.
    seconds
        A limit for all rows instead of their own ones, or None.
    full
        Whether every size and ratio of the table is run.
    gap, assignment
        Folders with public files, or None.
    """

    seeds: tuple[int, ...]
    seconds: float | None = None
    threads: int = 2
    full: bool = False
    gap: Path | None = None
    assignment: Path | None = None

    def limit(self, seconds: float) -> float:
        """Return the limit of a row that wants so many seconds."""
        return self.seconds or seconds


@dataclass(slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    checks
        Each part of the target, and whether it was reached; empty when nothing was measured.
    figures
        What the texts were made of, for the JSON file.
    """

    name: str
    what: str
    target: str = ""
    ours: str = ""
    rivals: str = ""
    ratio: str = ""
    checks: dict[str, bool] = field(default_factory=dict)
    note: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    @property
    def met(self) -> bool | None:
        """Return whether every part of the target was reached; None when nothing was measured."""
        return all(self.checks.values()) if self.checks else None

    @property
    def verdict(self) -> str:
        """Return the last column: yes, or which parts of the target were missed."""
        missed = [part for part, reached in self.checks.items() if not reached]
        return f"NO: {'; '.join(missed)}" if missed else ("yes" if self.checks else "")


RowMaker = Callable[[Options], list[Row]]


def left_out(name: str, what: str, why: str) -> list[Row]:
    """Return the line of a row that was not measured, with the reason."""
    return [Row(name=name, what=what, note=f"left out: {why}")]


def contest(recipes: Iterable[Recipe], names: Sequence[str], *, seconds: float, options: Options) -> list[Run]:
    """Run contestants in turn on every instance, and tell each result on standard error."""
    found = []
    for recipe in recipes:
        found += interleaved(recipe, names, seconds=seconds, threads=options.threads, heard=tell)
    return found


def tell(one: Run) -> None:
    """Tell a result on standard error, so that who waits sees where it stands."""
    state = "proven" if one.proven else ("not proven" if one.right else "WRONG")
    print(
        f"  {one.instance} · {one.contestant}: {one.ended}, {state}, {one.costs} ≥ {one.bounds}, "
        f"{one.cost.seconds:.3f} s, {one.cost.peak_megabytes:.0f} MB",
        file=sys.stderr,
        flush=True,
    )


def of(runs: Iterable[Run], name: str) -> list[Run]:
    """Return the runs of one contestant."""
    return [one for one in runs if one.contestant == name]


def in_fresh_process(function: Callable[..., T], *arguments: Any) -> T:
    """Return what a function of a module answers in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def proven_of(runs: Sequence[Run]) -> str:
    """Return how many runs were proven, in words."""
    return f"{sum(one.proven for one in runs)} of {len(runs)} proven"


def rivals_in_words(runs: Sequence[Run]) -> str:
    """Return for every contestant but ours how many were proven, and the median seconds."""
    names = [name for name in CONTESTANTS if name != "ours" and of(runs, name)]
    return "; ".join(
        f"{CONTESTANTS[name].title} {proven_of(of(runs, name))}, "
        f"{in_seconds(median(one.cost.seconds for one in of(runs, name)))}"
        for name in names
    )


def in_seconds(seconds: float) -> str:
    """Return seconds with the digits that matter, or as milliseconds."""
    if not math.isfinite(seconds):
        return "never"
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def faultless(runs: Sequence[Run]) -> dict[str, bool]:
    """Return the part of every target that the judge checks: nothing is wrong in any run of ours."""
    return {"every plan right": all(one.right and one.ended == "done" for one in of(runs, "ours"))}
