"""Reading the file of caseworkers and their running cases: every fault of every line, or the lines."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.assignments.rules import Phase
from app.city.service import Codes
from app.help_requests.rules import Weight
from app.kit.errors import Fault, InvalidInput

MOST_MINUTES: Final = 10_080
MOST_NEW_PER_WEEK: Final = 1_000
HIGHEST_LEVEL: Final = 3
NONE: Final = "-"
ANSWERS: Final = {"yes": True, "ja": True, "true": True, "no": False, "nee": False, "false": False}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_SHOWN = re.compile(r"[A-Za-z0-9_.:/-]{1,40}", re.ASCII)

Reader = Callable[[str, Codes], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file that could be read.

    Attributes
    ----------
    number
        Of the line in the file, the one with the columns being 1.
    code
        Of the caseworker it is about.
    values
        What its cells hold, by the field they go to; empty cells are left out.
    """

    number: int
    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file, by their kind, in the order of the file."""

    caseworkers: tuple[Line, ...]
    cases: tuple[Line, ...]


def read(text: str, codes: Codes) -> Lines:
    """Return the lines of a file.

    Parameters
    ----------
    text
        CSV with a first line that names the columns; comma or semicolon.
    codes
        The topics and locations that may be named.

    Raises
    ------
    InvalidInput
        With every fault of every line, each named by its line and column.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    header, faults = _header(next(rows, (1, [])))
    found: dict[str, list[Line]] = {"caseworker": [], "case": []}
    for number, cells in [] if faults else rows:
        faults += _read_row(number, cells, header, codes=codes, found=found)
    faults += _doubles(found["caseworker"])
    if faults:
        raise InvalidInput(faults)
    return Lines(tuple(found["caseworker"]), tuple(found["case"]))


def fault(number: int, message: str, *, column: str | None = None) -> Fault:
    """Return a fault of a line, or of one cell of it."""
    return Fault(f"line {number}" + (f"/{column}" if column else ""), message)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of every line that is not empty."""
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InvalidInput(
            [fault(reader.line_num, "can't be read as CSV; look for quotes that do not close")]
        ) from error


def _header(row: tuple[int, list[str]]) -> tuple[list[str], list[Fault]]:
    number, names = row
    known = {"record", "code", *CASEWORKER, *CASE}
    faults = [
        fault(number, f"{_shown(name)} is not a column; known are {', '.join(sorted(known))}")
        for name in names
        if name not in known
    ]
    faults += [fault(number, f"the column {name} is missing") for name in ("record", "code") if name not in names]
    faults += [fault(number, f"the column {n} stands there twice") for n in sorted(known) if names.count(n) > 1]
    return names, faults


def _read_row(
    number: int, cells: list[str], header: list[str], *, codes: Codes, found: dict[str, list[Line]]
) -> list[Fault]:
    """Add a line to what was found, or return its faults."""
    if len(cells) > len(header):
        return [fault(number, f"has {len(cells)} cells; there are {len(header)} columns")]
    filled = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
    record, code = filled.pop("record", ""), filled.pop("code", "")
    if record not in found:
        return [fault(number, f"must be caseworker or case, not {_shown(record)}", column="record")]
    columns = CASEWORKER if record == "caseworker" else CASE
    faults = [] if _CODE.fullmatch(code) else [fault(number, f"{_WANTED_CODE}, not {_shown(code)}", column="code")]
    faults += [
        fault(number, f"must be empty in a line with the record {record}", column=name)
        for name in filled
        if name not in columns
    ]
    values = dict(_values(number, filled, columns, codes=codes, faults=faults))
    if record == "case":
        faults += _missing(number, filled, ("topic", "weight", "phase"))
    found[record].append(Line(number, code, values))
    return faults


def _values(
    number: int,
    filled: Mapping[str, str],
    columns: Mapping[str, tuple[str, Reader]],
    *,
    codes: Codes,
    faults: list[Fault],
) -> Iterator[tuple[str, Any]]:
    for column, (field, reader) in columns.items():
        if column not in filled:
            continue
        try:
            yield field, reader(filled[column], codes)
        except ValueError as error:
            faults.append(fault(number, str(error), column=column))


def _missing(number: int, filled: Mapping[str, str], columns: Iterable[str]) -> list[Fault]:
    return [fault(number, "is missing", column=column) for column in columns if column not in filled]


def _doubles(lines: Iterable[Line]) -> list[Fault]:
    first: dict[str, int] = {}
    return [
        fault(line.number, f"{line.code} stands in line {first[line.code]} already", column="code")
        for line in lines
        if first.setdefault(line.code, line.number) != line.number and _CODE.fullmatch(line.code)
    ]


# --- cells ------------------------------------------------------------------------------------

_WANTED_CODE: Final = "must be letters, digits, '-', '_' and '.', at most 40"


def _shown(cell: str) -> str:
    """Return a cell for a message: repeated only when it is a code or a number, and not free text."""
    return repr(cell) if _SHOWN.fullmatch(cell) else "what stands there"


def _one_of(known: Iterable[str], cell: str) -> str:
    if cell not in known:
        raise ValueError(f"must be one of {', '.join(sorted(known))}, not {_shown(cell)}")
    return cell


def _number(least: int, most: int) -> Reader:
    def reader(cell: str, _: Codes) -> int:
        if not (_NUMBER.fullmatch(cell) and least <= int(cell) <= most):
            raise ValueError(f"must be a whole number from {least} to {most}, not {_shown(cell)}")
        return int(cell)

    return reader


def _list_of(pattern: re.Pattern[str], wanted: str) -> Reader:
    def reader(cell: str, _: Codes) -> list[str]:
        items = [] if cell == NONE else cell.split()
        wrong = [item for item in items if not pattern.fullmatch(item)]
        if wrong:
            raise ValueError(f"must hold {wanted} with spaces between them, not {', '.join(map(_shown, wrong))}")
        return items

    return reader


def _levels(cell: str, codes: Codes) -> dict[str, int]:
    levels: dict[str, int] = {}
    for item in [] if cell == NONE else cell.split():
        topic, colon, level = item.partition(":")
        _one_of(codes.topics, topic)
        if not colon or level not in ("0", "1", "2", "3") or topic in levels:
            raise ValueError(
                f"must hold each topic once, as topic:level with a level of 0 to 3, not {_shown(item)}"
            )
        levels[topic] = int(level)
    return levels


def _working_days(cell: str, _: Codes) -> list[int]:
    days = cell.split()
    if not all(day in "1234567" and len(day) == 1 for day in days):
        raise ValueError(f"must hold ISO weekdays with spaces between them, as '1 2 4 5', not {_shown(cell)}")
    return [int(day) for day in days]


def _provider(cell: str, _: Codes) -> str:
    if len(cell) > 100 or not cell.isprintable():
        raise ValueError("must be one line of at most 100 characters")
    return cell


def _active(cell: str, _: Codes) -> bool:
    return ANSWERS[_one_of(ANSWERS, cell.lower())]


def _day(cell: str, _: Codes) -> date:
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        day = date.min
    if len(cell) != 10 or not 1900 < day.year < 2200:
        raise ValueError(f"must be a day written as 2026-11-20, not {_shown(cell)}")
    return day


CASEWORKER: Final[Mapping[str, tuple[str, Reader]]] = {
    "location": ("location_code", lambda cell, codes: _one_of(codes.locations, cell)),
    "provider": ("provider", _provider),
    "levels": ("levels", _levels),
    "languages": ("languages", _list_of(_LANGUAGE, "ISO 639 codes such as nl")),
    "attributes": ("attributes", _list_of(_CODE, "tags")),
    "workingDays": ("working_days", _working_days),
    "targetMinutes": ("target_minutes", _number(0, MOST_MINUTES)),
    "maximumMinutes": ("maximum_minutes", _number(0, MOST_MINUTES)),
    "newPerWeek": ("new_per_week", _number(0, MOST_NEW_PER_WEEK)),
    "active": ("active", _active),
}
"""Columns of a caseworker: the field of ``Details`` that each goes to, and how it is read."""

CASE: Final[Mapping[str, tuple[str, Reader]]] = {
    "topic": ("topic", lambda cell, codes: _one_of(codes.topics, cell)),
    "weight": ("weight", lambda cell, _: Weight(_one_of([item.value for item in Weight], cell))),
    "phase": ("phase", lambda cell, _: Phase(_one_of([item.value for item in Phase], cell))),
    "effortMinutes": ("effort_minutes", _number(0, MOST_MINUTES)),
    "expectedEndOn": ("expected_end_on", _day),
}
"""Columns of a running case: the field of ``OpeningLoad`` that each goes to, and how it is read."""
