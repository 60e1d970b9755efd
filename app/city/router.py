"""Routes: the city's lists. They are short and come whole, on one page."""

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool

from app.city import service
from app.city.schemas import DistrictOut, LocationOut, TopicOut
from app.identity.router import ActorDep
from app.kit import clock
from app.kit.http import LanguageDep, Page, SessionDep

router = APIRouter(tags=["city"])


async def fresh_codes(session: SessionDep) -> None:
    """Have the codes read that bodies are checked against; a dependency of every route with a body."""
    # Not a `def`: most times there is nothing to read, and a hop to another thread would cost more.
    if not service.codes_are_fresh(clock.now()):
        await run_in_threadpool(service.refresh_codes, session, clock.now())


FreshCodes = Depends(fresh_codes)


@router.get("/locations", operation_id="listLocations")
def list_locations(session: SessionDep, _: ActorDep) -> Page[LocationOut]:
    """Return the team locations."""
    return Page(items=[LocationOut.of(row) for row in service.locations(session)], next=None)


@router.get("/districts", operation_id="listDistricts")
def list_districts(session: SessionDep, _: ActorDep) -> Page[DistrictOut]:
    """Return the districts, each with the location that serves it."""
    return Page(items=[DistrictOut.of(row) for row in service.districts(session)], next=None)


@router.get("/topics", operation_id="listTopics")
def list_topics(session: SessionDep, _: ActorDep, language: LanguageDep) -> Page[TopicOut]:
    """Return the topics of help requests, in the order in which people choose from them."""
    return Page(items=[TopicOut.of(row, language) for row in service.topics(session)], next=None)
