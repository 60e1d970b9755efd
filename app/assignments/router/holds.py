"""Routes: reserved places, for the length of a call."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from app.assignments import service
from app.assignments.schemas.holds import HoldIn, HoldOut
from app.city.router import FreshCodes
from app.identity.router import ActorDep
from app.kit import clock, problems
from app.kit.http import SessionDep

router = APIRouter(prefix="/holds", tags=["holds"])

HoldPath = Annotated[UUID, Path(alias="holdId", description="Id of a hold")]


@router.post(
    "",
    operation_id="createHold",
    status_code=201,
    dependencies=[FreshCodes],
    responses=problems.documented("not-found", "wrong-status", "not-eligible", "no-capacity"),
)
def create_hold(body: HoldIn, response: Response, session: SessionDep, actor: ActorDep) -> HoldOut:
    """Reserve a caseworker's place for some minutes, so that a call can end with a promise.

    The place counts as load. Bring the hold's id with the intake: its request is then proposed to this
    caseworker, and the place is kept until that is decided. A request has one hold: a new one replaces it.
    """
    hold = service.create_hold(
        session,
        body.caseworker_id,
        help_request_id=body.help_request_id,
        needs=body.needs.to_domain() if body.needs else None,
        actor=actor,
        now=clock.now(),
    )
    response.headers["Location"] = f"/v1{router.prefix}/{hold.id}"
    return HoldOut.of(hold)


@router.delete(
    "/{holdId}",
    operation_id="releaseHold",
    status_code=204,
    responses=problems.documented("not-found", "wrong-status"),
)
def release_hold(hold_id: HoldPath, session: SessionDep, actor: ActorDep) -> None:
    """Give a reserved place free; doing it again changes nothing."""
    service.release_hold(session, hold_id, actor=actor, now=clock.now())
