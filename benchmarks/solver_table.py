"""``python -m benchmarks solver``: the whole table of the solver, each row with its target and its rivals."""

import argparse
import sys
from pathlib import Path
from typing import Final

from benchmarks.cities import FIRST_UNSEEN_SEED
from benchmarks.gap import positive
from benchmarks.report import heading, line_of, store
from benchmarks.table import contests, public, services
from benchmarks.table.rows import Options, Row, RowMaker

ROWS: Final[dict[str, RowMaker]] = {
    "equal": contests.equal_efforts,
    "small": contests.small_cities,
    "city": contests.large_city,
    "gap": public.gap,
    "assignment": public.assignment,
    "huge": contests.huge,
    "recommend": services.recommendations,
    "day": services.day,
    "timetable": services.timetables,
    "arrays": services.arrays,
    "sizes": contests.sizes,
    "demo-city": services.demo_city,
}
FULL_SEEDS, FEW_SEEDS = 10, 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="NAME", help=", ".join(ROWS)
    )
    parser.add_argument(
        "--seeds", type=int, help=f"invented instances of each kind ({FEW_SEEDS}; full {FULL_SEEDS})"
    )
    parser.add_argument("--first-seed", type=int, default=FIRST_UNSEEN_SEED, help="the seeds go up from here")
    parser.add_argument("--seconds", type=positive, help="one limit for all rows, instead of their own")
    parser.add_argument("--threads", type=int, default=2, help="cores that each contestant may use")
    parser.add_argument("--full", action="store_true", help="every size and ratio; takes hours")
    parser.add_argument("--gap", type=Path, metavar="FOLDER", help="public GAP files with best_known.csv")
    parser.add_argument("--assignment", type=Path, metavar="FOLDER", help="public assignment files")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"), metavar="FOLDER")


def command(given: argparse.Namespace) -> int:
    """Measure the rows that were asked for; print each as soon as it is there, and store it."""
    options = options_of(given)
    print(heading(options), flush=True)
    rows: list[Row] = []
    for name in given.rows:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += ROWS[name](options)
        print(*(line_of(row) for row in rows if row.name == name), sep="\n", flush=True)
        written = store(given.out, options, rows)
    print(f"\nStored: {', '.join(str(path) for path in written)}", flush=True)
    return 0


def options_of(given: argparse.Namespace) -> Options:
    """Return what the rows need to know of the command line."""
    count = given.seeds or (FULL_SEEDS if given.full else FEW_SEEDS)
    return Options(
        seeds=tuple(range(given.first_seed, given.first_seed + count)),
        seconds=given.seconds,
        threads=given.threads,
        full=given.full,
        gap=given.gap,
        assignment=given.assignment,
    )
