"""Routes: who works on what, and the closing of a request, which ends that."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.assignments import queries, service
from app.assignments.models import Assignment
from app.assignments.schemas.assignments import (
    AssignmentIn,
    AssignmentOut,
    AssignmentPatch,
    ClosureIn,
    ClosureOut,
    EndingIn,
    TransferIn,
)
from app.help_requests import queries as help_requests
from app.identity.router import ActorDep
from app.kit import clock, problems
from app.kit.http import IfMatch, Page, PageDep, SessionDep, check_match, page_of, tag

router = APIRouter(tags=["assignments"])

AssignmentPath = Annotated[UUID, Path(alias="assignmentId", description="Id of an assignment")]
HelpRequestPath = Annotated[UUID, Path(alias="helpRequestId", description="Id of a help request")]


@router.get("/assignments", operation_id="listAssignments")
def list_assignments(
    session: SessionDep,
    actor: ActorDep,
    page: PageDep,
    caseworker_id: Annotated[
        UUID | None, Query(alias="caseworkerId", description="Only of this caseworker")
    ] = None,
    help_request_id: Annotated[
        UUID | None, Query(alias="helpRequestId", description="Only of this help request")
    ] = None,
    is_open: Annotated[
        bool | None, Query(alias="open", description="Only those that run, or only those that ended")
    ] = None,
) -> Page[AssignmentOut]:
    """Return assignments, the oldest first: a caseworker's own, or for a lead those of the whole city."""
    rows = queries.page(
        session,
        actor,
        limit=page.limit + 1,
        after=page.place_as(UUID),
        caseworker_id=caseworker_id,
        help_request_id=help_request_id,
        is_open=is_open,
    )
    shown, cursor = page_of(rows, page)
    service.mark_seen(session, shown, viewer=actor, now=clock.now())
    return Page(items=[AssignmentOut.of(row) for row in shown], next=cursor)


@router.post(
    "/assignments",
    operation_id="createAssignment",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status", "not-eligible", "no-capacity"),
)
def create_assignment(
    body: AssignmentIn, response: Response, session: SessionDep, actor: ActorDep
) -> AssignmentOut:
    """Give a request to a caseworker directly, or ask a caseworker for advice; every rule is checked."""
    now, above = clock.now(), body.above_maximum
    if body.effort_minutes is not None:
        row = service.consult(
            session,
            body.help_request_id,
            body.caseworker_id,
            effort_minutes=body.effort_minutes,
            reason=body.reason,
            above_maximum=above,
            actor=actor,
            now=now,
        )
    else:
        row = service.assign(
            session,
            body.help_request_id,
            body.caseworker_id,
            purpose=body.purpose,
            reason=body.reason,
            above_maximum=above,
            actor=actor,
            now=now,
        )
    return _made(row, response)


@router.get(
    "/assignments/{assignmentId}", operation_id="getAssignment", responses=problems.documented("not-found")
)
def get_assignment(
    assignment_id: AssignmentPath, response: Response, session: SessionDep, actor: ActorDep
) -> AssignmentOut:
    """Return an assignment; that its caseworker has now seen it is noted."""
    return _tagged(service.read(session, assignment_id, viewer=actor, now=clock.now()), response)


@router.patch(
    "/assignments/{assignmentId}",
    operation_id="changeAssignment",
    responses=problems.documented("not-found", "wrong-status", "no-capacity", "stale", "precondition-required"),
)
def change_assignment(
    assignment_id: AssignmentPath,
    body: AssignmentPatch,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    if_match: IfMatch = None,
) -> AssignmentOut:
    """Change phase, effort or planned end; more effort has to fit below the caseworker's maximum."""
    row = _read_before(session, assignment_id, actor, if_match)
    above = body.above_maximum
    service.change(session, row, body.to_domain(), actor=actor, now=clock.now(), above_maximum=above)
    return _tagged(row, response)


@router.post(
    "/assignments/{assignmentId}/transfers",
    operation_id="transferAssignment",
    status_code=201,
    responses=problems.documented(
        "not-found", "wrong-status", "not-eligible", "no-capacity", "stale", "precondition-required"
    ),
)
def transfer_assignment(
    assignment_id: AssignmentPath,
    body: TransferIn,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    if_match: IfMatch = None,
) -> AssignmentOut:
    """Let another caseworker take over, in the same phase; answers the assignment that starts."""
    row = _read_before(session, assignment_id, actor, if_match)
    started = service.transfer(
        session,
        row,
        body.caseworker_id,
        reason=body.reason,
        above_maximum=body.above_maximum,
        actor=actor,
        now=clock.now(),
    )
    return _made(started, response)


@router.post(
    "/assignments/{assignmentId}/endings",
    operation_id="endAssignment",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status", "stale", "precondition-required"),
)
def end_assignment(
    assignment_id: AssignmentPath,
    body: EndingIn,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    if_match: IfMatch = None,
) -> AssignmentOut:
    """End an assignment; when it is that of who leads the request, the request closes with the outcome."""
    row = _read_before(session, assignment_id, actor, if_match)
    return _made(service.end(session, row, outcome=body.outcome, actor=actor, now=clock.now()), response)


@router.post(
    "/assignments/{assignmentId}/returns",
    operation_id="returnAssignment",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status", "stale"),
)
def return_assignment(
    assignment_id: AssignmentPath,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    if_match: IfMatch = None,
) -> AssignmentOut:
    """Give a request back, without a body: it waits again with its first date, for somebody else."""
    row = service.lock(session, assignment_id, actor=actor)
    if if_match is not None:
        check_match(if_match, row.version)
    return _made(service.return_(session, row, actor=actor, now=clock.now()), response)


@router.post(
    "/help-requests/{helpRequestId}/closures",
    operation_id="closeHelpRequest",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status", "stale", "precondition-required"),
)
def close_help_request(
    help_request_id: HelpRequestPath,
    body: ClosureIn,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    if_match: IfMatch = None,
) -> ClosureOut:
    """Close a request that waits or is assigned, with an outcome; everybody's work on it ends."""
    check_match(if_match, help_requests.lock(session, help_request_id, actor).version)
    request = service.close_help_request(session, help_request_id, body.outcome, actor=actor, now=clock.now())
    response.headers["Location"] = f"/v1/help-requests/{request.id}"
    tag(response, request.version)
    return ClosureOut.of(request)


def _read_before(session: SessionDep, assignment_id: UUID, actor: ActorDep, if_match: str | None) -> Assignment:
    """Return an assignment, locked, of which the actor has read the present version."""
    row = service.lock(session, assignment_id, actor=actor)
    check_match(if_match, row.version)
    return row


def _made(row: Assignment, response: Response) -> AssignmentOut:
    response.headers["Location"] = f"/v1/assignments/{row.id}"
    return _tagged(row, response)


def _tagged(row: Assignment, response: Response) -> AssignmentOut:
    tag(response, row.version)
    return AssignmentOut.of(row)
