"""``python -m benchmarks gap FILE…``: our solver on public files of the generalised assignment problem."""

import argparse
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

from benchmarks.instances import gap_file
from benchmarks.judge import WAITS
from benchmarks.public_files import FileError, best_known, read_gap
from benchmarks.runs import Run, run
from solver.core.model import Model

DONE, WRONG_USE, INTERRUPTED = 0, 2, 130
TABLE: Final = "best_known.csv"
COLUMNS: Final = ("instance", "jobs", "agents", "cost", "bound", "optimal", "seconds", "bestKnown", "gapToBest")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="agents jobs, costs, resources, capacities")
    parser.add_argument("--seconds", type=positive, default=60.0, help="wall-clock limit per instance")
    parser.add_argument("--threads", type=int, choices=range(1, 65), metavar="N", default=2, help="cores to use")
    parser.add_argument("--json", action="store_true", help="one JSON line per instance instead of a table")
    parser.add_argument("--best-known", metavar="FILE", help=f"a table like {TABLE}, which is read beside a file")


def positive(text: str) -> float:
    """Return a number above 0; raises ValueError, which argparse words, for anything else."""
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


def command(given: argparse.Namespace) -> int:
    """Solve every file, print each result as soon as it is there, and return the exit code.

    A file that cannot be read is told on standard error and makes the exit code 2; the others are
    solved all the same.
    """
    signal.signal(signal.SIGTERM, _interrupted)
    code = DONE
    if not given.json:
        print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS), flush=True)
    try:
        for file in given.files:
            code = max(code, _one(Path(file), given))
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _one(path: Path, given: argparse.Namespace) -> int:
    """Solve one file and print its line; return the exit code."""
    try:
        known = _known(path, given.best_known)
        model = read_gap(str(path))
    except FileError as error:
        print(error, file=sys.stderr, flush=True)
        return WRONG_USE
    done = run(gap_file(str(path), path.stem), "ours", seconds=given.seconds, threads=given.threads)
    if done.ended != "done":
        print(f"{path}: {done.ended}; what was found until then counts", file=sys.stderr, flush=True)
    line = line_of(path.stem, model, done, known)
    print(json.dumps(line) if given.json else _row(line), flush=True)
    return DONE


def _known(path: Path, given: str | None) -> dict[str, int]:
    """Return the best known costs: of the table that was named, else of the one beside the file."""
    if given is not None:
        return best_known(Path(given))
    beside = path.parent / TABLE
    return best_known(beside) if beside.exists() else {}


def line_of(name: str, model: Model, done: Run, known: Mapping[str, int]) -> dict[str, Any]:
    """Return the result of one instance as a JSON object; `cost` is null when a job is unassigned."""
    complete = done.right and done.costs[0] == 0
    cost = done.costs[2] if complete else None
    line = {
        "instance": name,
        "jobs": model.jobs,
        "agents": model.agents,
        "cost": cost,
        "bound": done.bounds[2],
        "optimal": complete and done.proven,
        "seconds": round(done.cost.seconds, 3),
        "assignment": [None if arc == WAITS else int(model.agent[arc]) for arc in done.choice.tolist()],
        "feasible": complete,
    }
    if name in known:
        best = known[name]
        line |= {"bestKnown": best, "gapToBest": None if cost is None else round((cost - best) / max(1, best), 6)}
    return line


def _row(line: Mapping[str, Any]) -> str:
    """Return a result as one row of a Markdown table."""
    shown = {**line, "optimal": "yes" if line["optimal"] else "no"}
    if line.get("gapToBest") is not None:
        shown["gapToBest"] = f"{line['gapToBest']:.3%}"
    if not line["feasible"]:
        shown["cost"] = "a job is unassigned"
    return "| " + " | ".join(str(shown.get(column, "")) for column in COLUMNS) + " |"
