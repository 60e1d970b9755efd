"""Readers of public instances: generalised assignment (Yagiura; OR-Library) and linear assignment (Beasley).

Both become core models. What cannot be right in a file is one error that names file, line, and what was
expected there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solver.core.model import LARGEST_SUM, Ints, Model, ModelError, checked

UNLIMITED = 2**31
LARGEST_NUMBER = LARGEST_SUM // 1_000


class FileError(ValueError):
    """A file that is not what it should be; the text names file, line and what was expected."""

    code = "invalid-file"


@dataclass(slots=True)
class _Numbers:
    """The whole numbers of a file, one after another, with the line of each."""

    path: str
    left: Iterator[tuple[int, str]]
    line: int = 0

    def next(self, what: str, *, least: int = 0, most: int = LARGEST_NUMBER) -> int:
        """Return the next number; `what` says what it is, for the error when it is not there."""
        self.line, word = next(self.left, (self.line, ""))
        if not word:
            raise self.wrong(f"the file ends; {what} was expected")
        try:
            value = int(word)
        except ValueError:
            raise self.wrong(f"{word[:40]!r} stands where {what} was expected, a whole number") from None
        if not least <= value <= most:
            raise self.wrong(f"{what} is {word[:40]}; it must be {least} to {most}")
        return value

    def table(self, what: str, rows: int, columns: int) -> Ints:
        """Return the next numbers as a table, shape (rows, columns)."""
        return np.array(
            [[self.next(f"{what} {row + 1}, {column + 1}") for column in range(columns)] for row in range(rows)],
            dtype=np.int64,
        )

    def end(self) -> None:
        """Make sure that nothing is left."""
        self.line, word = next(self.left, (self.line, ""))
        if word:
            raise self.wrong(f"{word[:40]!r} stands where the file should end")

    def wrong(self, fault: str) -> FileError:
        """Return the error for a fault in the present line."""
        return FileError(f"{self.path}, line {max(1, self.line)}: {fault}")


def _numbers(path: str) -> _Numbers:
    try:
        text = Path(path).read_text(encoding="ascii")
    except OSError as error:
        raise FileError(f"{path}: it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}, byte {error.start}: it is no plain text of whole numbers") from error
    words = ((line, word) for line, words in enumerate(text.splitlines(), 1) for word in words.split())
    return _Numbers(path, words)


def read_gap(path: str) -> Model:
    """Return the model of a generalised assignment file: every job to one agent, at the least cost.

    The file has `agents jobs`, then costs (agents x jobs), resources (agents x jobs) and capacities. A
    job that waits weighs 1 in tier 1; there are no ordinary minutes, no pace, and no price of load.

    Raises
    ------
    FileError
        When the file cannot be read or is malformed.
    """
    numbers = _numbers(path)
    agents = numbers.next("the number of agents", least=1, most=100_000)
    jobs = numbers.next("the number of jobs", least=1, most=1_000_000)
    costs = numbers.table("the cost of agent, job", agents, jobs)
    resources = numbers.table("the resource of agent, job", agents, jobs)
    capacities = np.array([numbers.next(f"the capacity of agent {i + 1}") for i in range(agents)], dtype=np.int64)
    numbers.end()
    return pure_model(
        path,
        row_start=np.arange(jobs + 1, dtype=np.int64) * agents,
        agent=np.tile(np.arange(agents, dtype=np.int64), jobs),
        cost=costs.T.ravel(),
        effort=resources.T.ravel(),
        free=capacities,
    )


def read_assignment(path: str) -> Model:
    """Return the model of a linear assignment file: every row to a column of its own, at the least cost.

    The file has N, then either the N x N costs, or a line `row column cost` for each pair that is
    possible. Every effort is 1, and so is every agent's room.

    Raises
    ------
    FileError
        When the file cannot be read or is malformed.
    """
    numbers = _numbers(path)
    size = numbers.next("the size", least=1, most=100_000)
    words = list(numbers.left)
    numbers.left = iter(words)
    dense = len(words) == size * size
    row, column, cost = _dense(numbers, size) if dense else _pairs(numbers, size)
    return pure_model(
        path,
        row_start=np.concatenate(([0], np.cumsum(np.bincount(row, minlength=size)))).astype(np.int64),
        agent=column,
        cost=cost,
        effort=np.ones(len(row), np.int64),
        free=np.ones(size, np.int64),
    )


def _dense(numbers: _Numbers, size: int) -> tuple[Ints, Ints, Ints]:
    """Return row, column and cost of every pair."""
    cost = numbers.table("the cost of row, column", size, size)
    every = np.arange(size, dtype=np.int64)
    return np.repeat(every, size), np.tile(every, size), cost.ravel()


def _pairs(numbers: _Numbers, size: int) -> tuple[Ints, Ints, Ints]:
    """Return row, column and cost of the pairs of a sparse file, in the order of rows and columns."""
    found: dict[tuple[int, int], int] = {}
    words = list(numbers.left)
    numbers.left = iter(words)
    for _ in range(0, len(words), 3):
        row = numbers.next("a row", least=1, most=size) - 1
        column = numbers.next("a column", least=1, most=size) - 1
        if (row, column) in found:
            raise numbers.wrong(f"row {row + 1}, column {column + 1} is there more than once")
        found[row, column] = numbers.next(f"the cost of row {row + 1}, column {column + 1}")
    pairs = sorted(found)
    row_column = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return row_column[:, 0], row_column[:, 1], np.array([found[pair] for pair in pairs], dtype=np.int64)


def pure_model(path: str, *, row_start: Ints, agent: Ints, cost: Ints, effort: Ints, free: Ints) -> Model:
    """Return a model without ordinary work, pace or price of load, in which a job that waits weighs 1.

    Raises
    ------
    FileError
        When the numbers of the file are so large that their sum could blur.
    """
    jobs, agents = len(row_start) - 1, len(free)
    ones = np.ones(jobs, np.int64)
    model = Model(
        row_start=row_start,
        agent=agent,
        cost=np.ascontiguousarray(cost),
        effort=np.ascontiguousarray(effort),
        ordinary_effort=np.zeros(len(agent), np.int64),
        count=ones,
        waiting=np.stack((ones, 0 * ones)),
        free=free,
        ordinary_free=free.copy(),
        pace=np.full(agents, UNLIMITED, np.int64),
        piece_start=np.arange(agents + 1, dtype=np.int64),
        piece_width=free.copy(),
        piece_slope=np.zeros(agents, np.int64),
    )
    try:
        return checked(model)
    except ModelError as error:
        raise FileError(f"{path}: {error}") from error


def best_known(path: Path) -> dict[str, int]:
    """Return the best known cost of each instance in a table with columns `instance` and `best_known`.

    Raises
    ------
    FileError
        When the table cannot be read or a value is no whole number.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: it cannot be read ({error})") from error
    header = [name.strip() for name in lines[0].split(",")] if lines else []
    if not {"instance", "best_known"} <= set(header):
        raise FileError(f"{path}, line 1: the columns instance and best_known were expected")
    instance, value = header.index("instance"), header.index("best_known")
    found = {}
    for number, line in enumerate(lines[1:], 2):
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) > max(instance, value) and cells[value]:
            if not cells[value].lstrip("-").isdigit():
                raise FileError(
                    f"{path}, line {number}: {cells[value]!r} stands where a whole number was expected"
                )
            found[cells[instance]] = int(cells[value])
    return found
