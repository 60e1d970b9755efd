"""Taking in caseworkers and the cases they run elsewhere, from one file: all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments import queries
from app.assignments.models import OpeningLoad
from app.assignments.rules import Phase
from app.assignments.service import import_lines
from app.assignments.service.import_lines import Line, Lines
from app.caseworkers import queries as caseworker_queries
from app.caseworkers import service as caseworkers
from app.caseworkers.models import Caseworker
from app.caseworkers.rules import Details, as_stored
from app.city import service as city
from app.help_requests.rules import Weight
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.errors import Fault, InvalidInput
from app.policy import service as policies
from app.policy.rules import PolicyDocument, effort_of

NEEDED: Final = {
    "location_code": "location",
    "provider": "provider",
    "target_minutes": "targetMinutes",
    "maximum_minutes": "maximumMinutes",
}
"""What must be said of somebody who is new: field and column."""
DEFAULTS: Final[Mapping[str, Any]] = {
    "levels": {},
    "languages": ["nl"],
    "attributes": [],
    "working_days": [1, 2, 3, 4, 5],
    "new_per_week": 5,
}

Case = tuple[str, Weight, Phase, int, date | None]
"""Topic, weight, phase, minutes per week, expected end: equal ones are the same case."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: numbers of caseworkers and of their running cases."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    cases_added: int = 0
    cases_ended: int = 0
    cases_kept: int = 0


def import_csv(session: Session, text: str, *, actor: Actor | None, now: datetime) -> ImportResult:
    """Add or change caseworkers by their code, and state which cases they run elsewhere.

    For everybody whom the file names, it states all cases: those that it does not name any more end,
    and the load counts as confirmed. Locks those caseworkers until commit, in the order of their ids.

    Parameters
    ----------
    text
        CSV as ``import_lines`` reads it; the columns are described at the route.
    actor
        Who brings the file; None for the command line.

    Raises
    ------
    InvalidInput
        With every fault of every line; nothing is stored then.
    WrongStatus
        When somebody else adds a caseworker with the same code at this moment.
    """
    city.refresh_codes(session, now)
    lines = import_lines.read(text, city.known_codes())
    known = _locked(session, {line.code for line in (*lines.caseworkers, *lines.cases)})
    faults = [*_faults_of_caseworkers(lines.caseworkers, known), *_faults_of_cases(lines, known)]
    if faults:
        raise InvalidInput(sorted(faults, key=_line_of))
    counts = Counter(_store(session, line, known, actor=actor, now=now) for line in _by_code(lines.caseworkers))
    document = policies.in_force(session, clock.day_of(now)).document
    counts += _state_cases(session, known, _cases_by_code(lines.cases, document), actor=actor, now=now)
    return ImportResult(**counts)


def _locked(session: Session, codes: Iterable[str]) -> dict[str, Caseworker]:
    """Return the known caseworkers by code, their rows locked."""
    ids = [row.id for row in caseworker_queries.by_codes(session, codes).values()]
    return {row.code: row for row in caseworker_queries.lock_several(session, ids)}


def _by_code(lines: Iterable[Line]) -> list[Line]:
    # Two imports that add the same codes then meet at the first one, and can't block each other.
    return sorted(lines, key=lambda line: line.code)


def _line_of(fault: Fault) -> tuple[int, str]:
    place, _, column = fault.pointer.removeprefix("line ").partition("/")
    return int(place), column


def _faults_of_caseworkers(lines: Iterable[Line], known: Mapping[str, Caseworker]) -> Iterable[Fault]:
    for line in lines:
        row = known.get(line.code)
        if row is None:
            missing = [column for field, column in NEEDED.items() if field not in line.values]
            yield from (
                import_lines.fault(line.number, "is missing; the caseworker is new", column=column)
                for column in missing
            )
        target = line.values.get("target_minutes", row.target_minutes if row else 0)
        maximum = line.values.get("maximum_minutes", row.maximum_minutes if row else import_lines.MOST_MINUTES)
        if target > maximum:
            message = f"must be at most the maximum of {maximum} minutes, not {target}"
            yield import_lines.fault(line.number, message, column="targetMinutes")


def _faults_of_cases(lines: Lines, known: Mapping[str, Caseworker]) -> Iterable[Fault]:
    codes = {*known, *(line.code for line in lines.caseworkers)}
    for line in lines.cases:
        if line.code not in codes:
            yield import_lines.fault(line.number, f"there is no caseworker {line.code!r}", column="code")


def _store(
    session: Session, line: Line, known: dict[str, Caseworker], *, actor: Actor | None, now: datetime
) -> str:
    """Add or change one caseworker; return what happened, as a field of ``ImportResult``."""
    row = known.get(line.code)
    if row is None:
        details = Details(code=line.code, **{**DEFAULTS, **line.values})
        known[line.code] = caseworkers.create(session, details, actor=actor, now=now)
        return "added"
    if all(getattr(row, name) == value for name, value in as_stored(line.values).items()):
        return "unchanged"
    caseworkers.change(session, row, line.values, actor=actor, now=now)
    return "changed"


def _cases_by_code(lines: Iterable[Line], document: PolicyDocument) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for line in lines:
        topic, weight, phase = (line.values[name] for name in ("topic", "weight", "phase"))
        effort = line.values.get("effort_minutes", effort_of(document, topic, weight, phase=phase))
        case = (topic, weight, phase, effort, line.values.get("expected_end_on"))
        found.setdefault(line.code, []).append(case)
    return found


def _state_cases(
    session: Session,
    of: Mapping[str, Caseworker],
    cases: Mapping[str, Sequence[Case]],
    *,
    actor: Actor | None,
    now: datetime,
) -> Counter[str]:
    """Let everybody run exactly these cases elsewhere, and count their load as confirmed."""
    counts: Counter[str] = Counter()
    running = queries.opening_loads_of(session, [row.id for row in of.values()])
    for code, row in of.items():
        done = _state_cases_of(session, row.id, running.get(row.id, []), stated=cases.get(code, []), now=now)
        if done["cases_added"] or done["cases_ended"]:
            added, ended = done["cases_added"], done["cases_ended"]
            subject = ("caseworker", row.id)
            audit.write(session, "import-cases", subject, actor=actor, now=now, added=added, ended=ended)
        caseworkers.note_confirmed_load(session, row, actor=actor, now=now)
        counts += done
    return counts


def _state_cases_of(
    session: Session,
    caseworker_id: UUID,
    running: Iterable[OpeningLoad],
    *,
    stated: Iterable[Case],
    now: datetime,
) -> Counter[str]:
    wanted, counts = Counter(stated), Counter[str]()
    for load in running:
        case = (load.topic, load.weight, load.phase, load.effort_minutes, load.expected_end_on)
        if wanted[case]:
            wanted[case] -= 1
            counts["cases_kept"] += 1
        else:
            load.ended_at = now
            counts["cases_ended"] += 1
    new = [_opening_load(caseworker_id, case, now) for case in wanted.elements()]
    session.add_all(new)
    session.flush()
    counts["cases_added"] += len(new)
    return counts


def _opening_load(caseworker_id: UUID, case: Case, now: datetime) -> OpeningLoad:
    topic, weight, phase, effort_minutes, expected_end_on = case
    return OpeningLoad(
        caseworker_id=caseworker_id,
        topic=topic,
        weight=weight,
        phase=phase,
        effort_minutes=effort_minutes,
        expected_end_on=expected_end_on,
        started_at=now,
    )
