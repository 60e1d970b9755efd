"""Routes: help requests with their proposal, what happens to them, and the feed of changes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response

from app.assignments.service import mark_request_seen
from app.city.router import FreshCodes
from app.help_requests import queries, service
from app.help_requests.models import HelpRequest
from app.help_requests.queries import Filters
from app.help_requests.rules import Status, Urgency
from app.identity.router import ActorDep
from app.identity.rules import Role
from app.kit import clock, problems
from app.kit.auth import Actor
from app.kit.errors import Fault, InvalidInput
from app.kit.http import (
    Code,
    IfMatch,
    Language,
    LanguageDep,
    Page,
    PageDep,
    PageQuery,
    SessionDep,
    check_match,
    page_of,
    tag,
)
from app.rounds.schemas.help_requests import (
    ChangesOut,
    ContactIn,
    ContactOut,
    EventOut,
    HelpRequestAnswer,
    HelpRequestOut,
    HelpRequestStatusOut,
    SearchIn,
    ValidatedOut,
)
from app.rounds.schemas.intake import HelpRequestIn, HelpRequestPatch
from app.rounds.service import intake, reading
from app.rounds.service.reading import Reading
from app.settings import Settings

router = APIRouter(tags=["help requests"])

HelpRequestPath = Annotated[UUID, Path(alias="helpRequestId", description="Id of a help request")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~ ]+$",
        description="The same key and body again within 24 hours: the request that was made first",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]
STATUS_ONLY = frozenset({Role.REFERRER})


@router.post(
    "/help-requests",
    operation_id="receiveHelpRequest",
    status_code=201,
    response_model=HelpRequestOut,
    dependencies=[FreshCodes],
    responses={
        200: {"model": ValidatedOut, "description": "With `validateOnly`: what would follow; nothing was stored"},
        **problems.documented(
            *("invalid-input", "age-unknown", "minor", "idempotency-key-reused", "request-in-progress"),
            *("not-found", "hold-expired", "not-eligible", "no-capacity"),
        ),
    },
)
def receive_help_request(
    body: HelpRequestIn,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
    idempotency_key: IdempotencyKey = None,
    validate_only: Annotated[bool, Query(alias="validateOnly", description="Check, and store nothing")] = False,
) -> HelpRequestOut | Response:
    """Hand over a help request. It waits from now on; who takes it is decided by a person, later.

    A crisis is in front of the team leads at once; the answer says what to do now. About a child or
    minor it answers `minor` with where they are helped, and stores nothing.
    """
    now, handoff = clock.now(), _in_words(request, "youth_handoff", language)
    if validate_only:
        checked = intake.validate(session, body.to_domain(), handoff=handoff, actor=actor, now=now)
        out = ValidatedOut.of(checked, language=language, safety_advice=_advice(request, language))
        return Response(out.model_dump_json(), media_type="application/json")
    once = intake.Repeatable(idempotency_key, body.canonical()) if idempotency_key else None
    received = intake.receive(
        session,
        body.to_domain(),
        once=once,
        handoff=handoff,
        hold_id=body.hold_id,
        actor=actor,
        now=now,
    )
    return _made(received, request, response, language=language)


@router.get("/help-requests", operation_id="listHelpRequests")
def list_help_requests(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
    page: PageDep,
    status: Annotated[Status | None, Query(description="Only in this status")] = None,
    topic: Annotated[Code | None, Query(description="Only with this primary topic", examples=["finances"])] = None,
    urgency: Annotated[Urgency | None, Query(description="Only of this urgency")] = None,
    district: Annotated[Code | None, Query(description="Only from this district", examples=["NIE"])] = None,
    overdue: Annotated[bool | None, Query(description="Only with, or without, a clock that ran out")] = None,
    age_known: Annotated[
        bool | None, Query(alias="ageKnown", description="false: whose age a lead still has to settle")
    ] = None,
) -> Page[HelpRequestAnswer]:
    """Return the help requests that this client may see, in the order in which they came in."""
    now = clock.now()
    filters = Filters(
        status=status,
        topic=topic,
        urgency=urgency,
        district=district,
        age_known=age_known,
        overdue=overdue,
        overdue_on=clock.day_of(now),
    )
    rows = queries.page(session, actor, filters, limit=page.limit + 1, after=page.place_as(UUID))
    shown, cursor = page_of(rows, page)
    readings = reading.readings_of(session, shown, reader=actor, now=now)
    return Page(items=[_answer(one, actor, request, language=language) for one in readings], next=cursor)


@router.post("/help-requests/_search", operation_id="searchHelpRequests")
def search_help_requests(
    body: SearchIn, request: Request, session: SessionDep, actor: ActorDep, language: LanguageDep, page: PageDep
) -> Page[HelpRequestAnswer]:
    """Find help requests by a reference, which never stands in an address.

    An operator finds those of the whole city, and reads the status of those that somebody else took in.
    """
    rows = queries.search(session, actor, body.given(), limit=page.limit + 1, after=page.place_as(UUID))
    shown, cursor = page_of(rows, page)
    readings = reading.readings_of(session, shown, reader=actor, now=clock.now())
    return Page(items=[_answer(one, actor, request, language=language) for one in readings], next=cursor)


@router.get(
    "/help-requests/{helpRequestId}",
    operation_id="getHelpRequest",
    responses=problems.documented("not-found"),
)
def get_help_request(
    help_request_id: HelpRequestPath,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
) -> HelpRequestAnswer:
    """Return a help request, with its proposal while one is open."""
    row = queries.get(session, help_request_id, actor)
    mark_request_seen(session, row.id, viewer=actor, now=clock.now())
    tag(response, row.version)
    found = reading.reading_of(session, row, reader=actor, now=clock.now())
    return _answer(found, actor, request, language=language)


@router.patch(
    "/help-requests/{helpRequestId}",
    operation_id="changeHelpRequest",
    dependencies=[FreshCodes],
    responses=problems.documented("not-found", "minor", "wrong-status", "stale", "precondition-required"),
)
def change_help_request(
    help_request_id: HelpRequestPath,
    body: HelpRequestPatch,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
    if_match: IfMatch = None,
) -> HelpRequestOut:
    """Change a help request that has not ended; what is left out stays, null takes away.

    `adult: true` settles an age that was not known. That it is about a minor answers `minor`: withdraw it.
    """
    row = queries.lock(session, help_request_id, actor)
    check_match(if_match, row.version)
    handoff = _in_words(request, "youth_handoff", language)
    service.change(session, row, body.to_domain(), actor=actor, now=clock.now(), handoff=handoff)
    found = reading.reading_of(session, row, reader=actor, now=clock.now())
    tag(response, row.version)
    return HelpRequestOut.of(found, language=language, safety_advice=_advice(request, language))


@router.get(
    "/help-requests/{helpRequestId}/events",
    operation_id="listHelpRequestEvents",
    responses=problems.documented("not-found"),
)
def list_help_request_events(
    help_request_id: HelpRequestPath, session: SessionDep, actor: ActorDep, page: PageDep
) -> Page[EventOut]:
    """Return what happened to a help request, from the first thing on, numbered without gaps."""
    queries.get(session, help_request_id, actor)
    after = page.place_as(_number) or 0
    rows = queries.events_of(session, help_request_id, limit=page.limit + 1, after=after)
    shown, cursor = page_of(rows, page, key="sequence")
    return Page(items=[EventOut.of(row) for row in shown], next=cursor)


@router.post(
    "/help-requests/{helpRequestId}/contacts",
    operation_id="addContact",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status"),
)
def add_contact(
    help_request_id: HelpRequestPath, body: ContactIn, response: Response, session: SessionDep, actor: ActorDep
) -> ContactOut:
    """Note an attempt to reach the resident.

    Reaching them stops the call-back clock; a conversation or visit also stops the start clock. An
    attempt that failed is kept and stops nothing.
    """
    row = queries.lock(session, help_request_id, actor)
    contact = service.add_contact(
        session, row, body.kind, at=body.at, reached=body.reached, actor=actor, now=clock.now()
    )
    session.flush()
    response.headers["Location"] = _address(row.id)
    return ContactOut.of(contact)


@router.post(
    "/help-requests/{helpRequestId}/acknowledgements",
    operation_id="acknowledgeCrisis",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status"),
)
def acknowledge_crisis(
    help_request_id: HelpRequestPath,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
) -> HelpRequestOut:
    """Note that a named lead has seen a crisis and sees to it."""
    row = queries.lock(session, help_request_id, actor)
    service.acknowledge(session, row, actor=actor, now=clock.now())
    return _read_again(session, row, actor, request=request, response=response, language=language)


@router.post(
    "/help-requests/{helpRequestId}/withdrawals",
    operation_id="withdrawHelpRequest",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status"),
)
def withdraw_help_request(
    help_request_id: HelpRequestPath,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
) -> HelpRequestOut:
    """End a help request that waits, because help is no longer wanted."""
    row = queries.lock(session, help_request_id, actor)
    service.withdraw(session, row, actor=actor, now=clock.now())
    return _read_again(session, row, actor, request=request, response=response, language=language)


@router.post(
    "/help-requests/{helpRequestId}/reopenings",
    operation_id="reopenHelpRequest",
    status_code=201,
    responses=problems.documented("not-found", "wrong-status"),
)
def reopen_help_request(
    help_request_id: HelpRequestPath,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
) -> HelpRequestOut:
    """Let a closed help request wait again, with new clocks and the link to the earlier caseworker."""
    row = queries.lock(session, help_request_id, actor)
    intake.reopen(session, row, actor=actor, now=clock.now())
    return _read_again(session, row, actor, request=request, response=response, language=language)


@router.get("/changes", operation_id="listChanges", tags=["changes"])
def list_changes(
    session: SessionDep,
    actor: ActorDep,
    limit: Annotated[int, Query(ge=1, le=100, description="Most items in an answer")] = 50,
    after: Annotated[
        str | None, Query(max_length=400, description="Value of `next` in the answer before; without: the start")
    ] = None,
) -> ChangesOut:
    """Return what happened to everything that this client may see, in order, and never skipping anything.

    Ask again with `next`, also when there are no items: that is the way to hear what happened since.
    """
    rows = queries.changes(session, actor, limit=limit, after=_place_in_feed(after))
    return ChangesOut.of(rows, after)


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number


def _place_in_feed(after: str | None) -> tuple[int, int] | None:
    fault = Fault("after", "is not a place in this feed; leave it out to start at the front")
    try:
        place = PageQuery(limit=1, cursor=after).after
    except InvalidInput:
        raise InvalidInput([fault]) from None
    match place:
        case None:
            return None
        case [bool(), _] | [_, bool()]:
            pass
        case [int(transaction_id), int(event_id)] if 0 <= transaction_id < 2**64 and 0 <= event_id < 2**63:
            return transaction_id, event_id
    raise InvalidInput([fault])


def _made(received: Reading, request: Request, response: Response, *, language: Language) -> HelpRequestOut:
    response.headers["Location"] = _address(received.request.id)
    tag(response, received.request.version)
    return HelpRequestOut.of(received, language=language, safety_advice=_advice(request, language))


def _read_again(
    session: SessionDep,
    row: HelpRequest,
    actor: Actor,
    *,
    request: Request,
    response: Response,
    language: Language,
) -> HelpRequestOut:
    found = reading.reading_of(session, row, reader=actor, now=clock.now())
    return _made(found, request, response, language=language)


def _answer(found: Reading, actor: Actor, request: Request, *, language: Language) -> HelpRequestAnswer:
    others = actor.role == Role.OPERATOR and found.request.received_by != actor.id
    if others or actor.role in STATUS_ONLY:
        return HelpRequestStatusOut.of(found, language)
    return HelpRequestOut.of(found, language=language, safety_advice=_advice(request, language))


def _address(help_request_id: UUID) -> str:
    return f"/v1/help-requests/{help_request_id}"


def _advice(request: Request, language: Language) -> str:
    return _in_words(request, "safety_advice", language)


def _in_words(request: Request, setting: str, language: Language) -> str:
    settings: Settings = request.app.state.settings
    words: str = getattr(settings, f"{setting}_{language}")
    return words
