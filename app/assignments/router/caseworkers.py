"""Routes: caseworkers with what they work on, their absences, and the import."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Response

from app.assignments import queries
from app.assignments.schemas.caseworkers import (
    EXAMPLE_FILE,
    AbsenceIn,
    AbsenceOut,
    CaseworkerIn,
    CaseworkerOut,
    CaseworkerPatch,
    ImportOut,
)
from app.assignments.service.imports import import_csv
from app.caseworkers import queries as caseworkers
from app.caseworkers import service
from app.caseworkers.models import Caseworker
from app.city.router import FreshCodes
from app.identity.router import ActorDep
from app.kit import clock, problems
from app.kit.http import (
    Code,
    IfMatch,
    Page,
    PageDep,
    SessionDep,
    UnsupportedMediaType,
    check_match,
    page_of,
    tag,
)

router = APIRouter(prefix="/caseworkers", tags=["caseworkers"])

CaseworkerPath = Annotated[UUID, Path(alias="caseworkerId", description="Id of a caseworker")]
AbsencePath = Annotated[UUID, Path(alias="absenceId", description="Id of an absence")]


def _only_csv(_: ActorDep, content_type: Annotated[str, Header(include_in_schema=False)] = "") -> None:
    if content_type.split(";")[0].strip().lower() != "text/csv":
        raise UnsupportedMediaType("Send the file as text/csv.")


CsvBody = Annotated[str, Body(media_type="text/csv", openapi_examples={"a caseworker": {"value": EXAMPLE_FILE}})]


@router.get("", operation_id="listCaseworkers")
def list_caseworkers(
    session: SessionDep,
    _: ActorDep,
    page: PageDep,
    location: Annotated[Code | None, Query(description="Only of this location", examples=["GRO"])] = None,
    active: Annotated[bool | None, Query(description="Only who works here now, or only who does not")] = None,
) -> Page[CaseworkerOut]:
    """Return caseworkers by code, of all locations: assignments cross districts."""
    rows = caseworkers.page(
        session, limit=page.limit + 1, after=page.place_as(str), location=location, active=active
    )
    shown, cursor = page_of(rows, page, key="code")
    return Page(items=_answered(session, shown), next=cursor)


@router.post(
    "",
    operation_id="createCaseworker",
    status_code=201,
    dependencies=[FreshCodes],
    responses=problems.documented("wrong-status"),
)
def create_caseworker(
    body: CaseworkerIn, response: Response, session: SessionDep, actor: ActorDep
) -> CaseworkerOut:
    """Add a caseworker, who has no load yet."""
    row = service.create(session, body.to_domain(), actor=actor, now=clock.now())
    response.headers["Location"] = _address(row.id)
    return _tagged(session, row, response)


@router.post(
    "/imports",
    operation_id="importCaseworkers",
    dependencies=[Depends(_only_csv)],
    responses=problems.documented("wrong-status"),
)
def import_caseworkers(body: CsvBody, session: SessionDep, actor: ActorDep) -> ImportOut:
    """Add or change caseworkers, and state which cases they run elsewhere, from one file: all of it or nothing.

    The first line names the columns, in any order; comma or semicolon. `record` says what a line is:

    - `caseworker`: who is added, or changed when the `code` is known. Lists have spaces between
      their items; `levels` are `topic:level`; `active` is `yes` or `no`. An empty cell takes the default for
      who is new, and changes nothing for who is known.
    - `case`: a case that the caseworker with this `code` runs elsewhere. Without `effortMinutes` the
      policy gives it. Leave out cases that this service assigned: those count already.

    For everybody whom the file names, by either kind of line, the file states all cases: those that it
    does not name any more end. Their load counts as confirmed.
    """
    return ImportOut.of(import_csv(session, body, actor=actor, now=clock.now()))


@router.get("/{caseworkerId}", operation_id="getCaseworker", responses=problems.documented("not-found"))
def get_caseworker(
    caseworker_id: CaseworkerPath, response: Response, session: SessionDep, actor: ActorDep
) -> CaseworkerOut:
    """Return a caseworker; who is one sees only themselves."""
    return _tagged(session, service.visible(session, caseworker_id, actor), response)


@router.patch(
    "/{caseworkerId}",
    operation_id="changeCaseworker",
    dependencies=[FreshCodes],
    responses=problems.documented("not-found", "stale", "precondition-required"),
)
def change_caseworker(
    caseworker_id: CaseworkerPath,
    body: CaseworkerPatch,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    if_match: IfMatch = None,
) -> CaseworkerOut:
    """Change a caseworker; what is left out stays."""
    row = caseworkers.lock(session, caseworker_id)
    check_match(if_match, row.version)
    service.change(session, row, body.to_domain(), actor=actor, now=clock.now())
    return _tagged(session, row, response)


@router.post(
    "/{caseworkerId}/absences",
    operation_id="addAbsence",
    status_code=201,
    responses=problems.documented("not-found"),
)
def add_absence(
    caseworker_id: CaseworkerPath, body: AbsenceIn, response: Response, session: SessionDep, actor: ActorDep
) -> AbsenceOut:
    """Note days on which a caseworker is not there; a lead does so for the locations they lead."""
    days = (body.starts_on, body.ends_on)
    absence = service.add_absence(session, caseworker_id, days, actor=actor, now=clock.now())
    response.headers["Location"] = f"{_address(caseworker_id)}/absences/{absence.id}"
    return AbsenceOut.of(absence)


@router.delete(
    "/{caseworkerId}/absences/{absenceId}",
    operation_id="withdrawAbsence",
    status_code=204,
    responses=problems.documented("not-found"),
)
def withdraw_absence(
    caseworker_id: CaseworkerPath, absence_id: AbsencePath, session: SessionDep, actor: ActorDep
) -> None:
    """Let an absence no longer hold."""
    service.withdraw_absence(session, caseworker_id, absence_id, actor=actor, now=clock.now())


@router.post(
    "/{caseworkerId}/load-confirmations",
    operation_id="confirmLoad",
    status_code=201,
    responses=problems.documented("not-found"),
)
def confirm_load(
    caseworker_id: CaseworkerPath, response: Response, session: SessionDep, actor: ActorDep
) -> CaseworkerOut:
    """Confirm that a caseworker's load, as answered here, is true; sent without a body."""
    row = service.confirm_load(session, caseworker_id, actor=actor, now=clock.now())
    response.headers["Location"] = _address(row.id)
    return _tagged(session, row, response)


def _address(caseworker_id: UUID) -> str:
    return f"/v1{router.prefix}/{caseworker_id}"


def _tagged(session: SessionDep, row: Caseworker, response: Response) -> CaseworkerOut:
    tag(response, row.version)
    return _answered(session, [row])[0]


def _answered(session: SessionDep, rows: Sequence[Caseworker]) -> list[CaseworkerOut]:
    now, ids = clock.now(), [row.id for row in rows]
    loads = queries.loads(session, ids, now)
    absences = caseworkers.absences_of(session, ids, clock.day_of(now))
    return [CaseworkerOut.of(row, load_minutes=loads[row.id], absences=absences[row.id]) for row in rows]
