"""What a run of the table leaves behind: Markdown for people, JSON with everything, plots of gap over time."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.plots import plot_gaps
from benchmarks.table.rows import Options, Row

HEADER: Final = "| row | what | target | ours | rivals | ratio | met |\n|---|---|---|---|---|---|---|"
PACKAGES: Final = ("numpy", "ortools", "scipy", "numba")


def machine() -> dict[str, Any]:
    """Return on what the run was made: processors, memory, system, versions."""
    return {
        "processors": os.cpu_count(),
        "processor": _processor(),
        "memoryGigabytes": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    """Return the processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def heading(options: Options) -> str:
    """Return what stands above the table: the machine, the seeds, the counts."""
    told = ", ".join(f"{name} {value}" for name, value in machine().items())
    counts = "full" if options.full else "small"
    return (
        f"{told}\n\nSeeds {options.seeds[0]} to {options.seeds[-1]} (1 to 99 were used while developing), "
        f"{options.threads} threads, {counts} counts.\n\n{HEADER}"
    )


def line_of(row: Row) -> str:
    """Return a row of the Markdown table."""
    cells = (row.name, row.what, row.target, row.ours or row.note, row.rivals, row.ratio, row.verdict)
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def as_json(row: Row) -> dict[str, Any]:
    """Return everything about a row, every run included, but not its choices."""
    names = ("name", "what", "target", "ours", "rivals", "ratio", "met", "checks", "note", "figures")
    return {**{name: getattr(row, name) for name in names}, "runs": [one.as_json() for one in row.runs]}


def store(folder: Path, options: Options, rows: Sequence[Row]) -> list[Path]:
    """Write JSON, Markdown and the plots; return what was written. Call it again after each row."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "madeAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "seeds": options.seeds,
        "threads": options.threads,
        "full": options.full,
        "rows": [as_json(row) for row in rows],
    }
    written = [folder / "results.json", folder / "results.md"]
    written[0].write_text(json.dumps(content, indent=1, default=str) + "\n")
    written[1].write_text("\n".join([heading(options), *(line_of(row) for row in rows)]) + "\n")
    return written + [plot for row in rows if (plot := plot_gaps(folder, row)) is not None]
