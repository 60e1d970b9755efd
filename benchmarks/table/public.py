"""The rows of public instances: the generalised and the linear assignment problem."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.comparing import median
from benchmarks.instances import assignment_file, gap_file
from benchmarks.public_files import best_known
from benchmarks.runs import Run
from benchmarks.table.contests import MIP_RIVALS
from benchmarks.table.rows import (
    Options,
    Row,
    contest,
    faultless,
    in_seconds,
    left_out,
    of,
    proven_of,
    rivals_in_words,
)

WORST_AT_A_MINUTE: Final = {"a": 0.0, "b": 0.0, "c": 0.0, "d": 0.001, "e": 0.0, "g": 0.0}
"""By the first letter of an instance: the most that its cost may lie above the best known one in 60 s."""
WORST_AT_TEN_SECONDS: Final = {"c": 0.001, "d": 0.001, "e": 0.003}
"""The same for 1600 jobs in 10 s."""
MANY_JOBS: Final = 1600
BEST_SHARE: Final = 0.25
OPTIMAL_COSTS: Final = {"assign100": 305, "assign300": 626, "assign500": 991, "assignp800": 2239}


def gap(options: Options) -> list[Row]:
    """Measure public instances of the generalised assignment problem; one of each type in small counts."""
    if options.gap is None:
        return left_out("gap", "public GAP instances", "give their folder with --gap FOLDER")
    known = best_known(options.gap / "best_known.csv")
    there = [options.gap / name for name in sorted(known) if (options.gap / name).is_file()]
    rows = [_type_row(options, kind, _some(options, kind, there), known) for kind in WORST_AT_A_MINUTE]
    large = [path for path in there if path.name.endswith(str(MANY_JOBS))]
    if options.full and large:
        rows += [_many_jobs_row(options, path, known) for path in large]
    return rows


def _some(options: Options, kind: str, there: Sequence[Path]) -> list[Path]:
    """Return the instances of a type; in small counts the one in the middle by size."""
    own = sorted((path for path in there if path.name.startswith(kind)), key=lambda path: path.stat().st_size)
    return own if options.full else own[len(own) // 2 :][:1]


def _type_row(options: Options, kind: str, paths: Sequence[Path], known: dict[str, int]) -> Row:
    if not paths:
        (row,) = left_out("gap", f"GAP type {kind}", "no such instance in the folder")
        return row
    limit = options.limit(60.0 if options.full else 10.0)
    worst = WORST_AT_A_MINUTE[kind]
    at = "at the best known value" if worst == 0 else f"≤ {worst:.2%} above the best known value"
    return _against_best(options, paths, known, limit=limit, worst=worst, what=f"GAP type {kind}", at=at)


def _many_jobs_row(options: Options, path: Path, known: dict[str, int]) -> Row:
    worst = WORST_AT_TEN_SECONDS[path.name[0]]
    at = f"≤ {worst:.1%} above the best known value"
    what = f"GAP {path.name}, {MANY_JOBS} jobs"
    return _against_best(options, [path], known, limit=options.limit(10.0), worst=worst, what=what, at=at)


def _against_best(
    options: Options,
    paths: Sequence[Path],
    known: dict[str, int],
    *,
    limit: float,
    worst: float,
    what: str,
    at: str,
) -> Row:
    """Return the row of some instances, each cost as its excess over the best known or found."""
    recipes = [gap_file(str(path), path.name) for path in paths]
    runs = contest(recipes, ("ours", *MIP_RIVALS), seconds=limit, options=options)
    above = {name: [_above(one, runs, known) for one in of(runs, name)] for name in ("ours", *MIP_RIVALS)}
    rivals = [min(values) for values in zip(*(above[name] for name in MIP_RIVALS), strict=True)]
    shares = [_share(ours, best) for ours, best in zip(above["ours"], rivals, strict=True)]
    return Row(
        name="gap",
        what=f"{what}, {limit:.0f} s ({len(paths)} instances)",
        target=f"{at}; excess ≤ 1/4 of the best of HiGHS, CP-SAT, SCIP",
        ours=f"worst {max(above['ours']):.3%}, {proven_of(of(runs, 'ours'))}",
        rivals="; ".join(f"{name} {max(above[name]):.2%}" for name in MIP_RIVALS),
        ratio=f"{max(shares):.2f} of the best rival's excess, at worst",
        checks=faultless(runs)
        | {at: max(above["ours"]) <= worst + 1e-9, "excess ≤ 1/4": max(shares) <= BEST_SHARE},
        figures={"excess": above, "shares": shares, "bestKnown": {path.name: known[path.name] for path in paths}},
        runs=runs,
    )


def _above(one: Run, runs: Sequence[Run], known: dict[str, int]) -> float:
    """Return how far a cost lies above the best known or found one; infinite with a job unassigned."""
    if not one.right or one.costs[0] > 0:
        return float("inf")
    same = [other for other in runs if other.instance == one.instance and other.right and not other.costs[0]]
    best = min(known[one.instance], *(other.costs[2] for other in same))
    return (one.costs[2] - best) / max(1, best)


def _share(ours: float, best_rival: float) -> float:
    if ours == 0.0:
        return 0.0
    return ours / best_rival if best_rival else float("inf")


def assignment(options: Options) -> list[Row]:
    """Measure public instances of the linear assignment problem, of which the least costs are known."""
    if options.assignment is None:
        return left_out("assignment", "public assignment instances", "give their folder with --assignment FOLDER")
    paths = [options.assignment / f"{name}.txt" for name in OPTIMAL_COSTS]
    recipes = [assignment_file(str(path), path.stem) for path in paths if path.is_file()]
    names = ("ours", "hungarian", "flow", "glop")
    runs = contest(recipes, names, seconds=options.limit(20.0), options=options)
    ours = of(runs, "ours")
    return [
        Row(
            name="assignment",
            what=f"public assignment instances ({len(recipes)})",
            target="proven, at the known least costs",
            ours=f"{proven_of(ours)}, median {in_seconds(median(one.cost.seconds for one in ours))}",
            rivals=rivals_in_words(runs),
            checks=faultless(runs)
            | {
                "all at the least cost": all(
                    one.proven and one.costs[2] == OPTIMAL_COSTS[one.instance] for one in ours
                )
            },
            figures={"costs": {one.instance: one.costs[2] for one in ours}},
            runs=runs,
        )
    ]
