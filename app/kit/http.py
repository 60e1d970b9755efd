"""What every route shares: the session, languages, ETags, pages of a list, limits and headers."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from fastapi import Depends, Header, Query, Response
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.alias_generators import to_camel
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import problems
from app.kit.db import transaction
from app.kit.errors import DomainError, Fault, InvalidInput, PreconditionRequired, Stale

API_VERSION = "0.1.0"
LARGEST_PAGE = 100
HEADERS = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

Language = Literal["nl", "en"]
Item = TypeVar("Item")
Place = TypeVar("Place")


# --- the session -----------------------------------------------------------------------------


def _request_transaction() -> Iterator[Session]:
    with transaction() as session:
        yield session


# scope="function": commit before the answer is sent. With FastAPI's default the client would read
# "201 Created" first and the commit could still fail.
SessionDep = Annotated[Session, Depends(_request_transaction, scope="function")]


# --- bodies ----------------------------------------------------------------------------------


class ApiModel(BaseModel):
    """What is sent and answered: lowerCamelCase, unknown fields refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        serialize_by_alias=True,
        from_attributes=True,
    )


def _within_reason(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC) if 1900 < moment.year < 2200 else moment
    if not 1900 < moment.year < 2200:
        raise ValueError("must lie between the years 1901 and 2199")
    return moment


def _as_written(value: object) -> object:
    # Without this a number would be read as seconds since 1970.
    if isinstance(value, datetime | str) and not str(value).isdigit():
        return value
    raise ValueError("must be a moment written as 2026-11-20T09:12:00+01:00")


def _iso_day(value: object) -> object:
    # Without this a number would be read as a moment in seconds.
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII)):
        return value
    raise ValueError("must be a day written as 2026-11-20")


def _sane_day(day: date) -> date:
    if not 1900 < day.year < 2200:
        raise ValueError("must lie between the years 1901 and 2199")
    return day


Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=10_080, description="Minutes per week")]
Moment = Annotated[AwareDatetime, BeforeValidator(_as_written), AfterValidator(_within_reason)]
Day = Annotated[date, BeforeValidator(_iso_day), AfterValidator(_sane_day)]
"""A day of the calendar, in the city."""
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of text without control characters."""
Prose = Annotated[str, StringConstraints(max_length=4_000, pattern=r"^[^\x00]*$")]
"""Free text: never logged, never repeated in an error."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""A code from a list, or a tag."""


# --- lists -----------------------------------------------------------------------------------


class Page(ApiModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null on the last")

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name a page after its items, as the design rules want names: ``TopicPage``."""
        item = (get_args(params[0]) or params)[0]  # of a union, its first and fullest kind
        return f"{item.__name__.removesuffix('Out')}Page"


_NOT_A_CURSOR = Fault("cursor", "is not a cursor of this list; leave it out to start at the front")


class PageQuery:
    """Which page of a list is asked for: at most ``limit`` items, after the place the cursor names."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Most items on a page")] = 50,
        cursor: Annotated[
            str | None, Query(max_length=400, description="Value of `next` in the page before")
        ] = None,
    ) -> None:
        self.limit = limit
        self.after = _place_of(cursor) if cursor is not None else None

    def place_as(self, kind: Callable[[str], Place]) -> Place | None:
        """Return the one key after which this page begins, or None at the front of the list.

        Parameters
        ----------
        kind
            What makes the key of text: ``UUID``, ``int``, ``str``.

        Raises
        ------
        InvalidInput
            When the cursor is not of this list.
        """
        if self.after is None:
            return None
        try:
            (place,) = self.after
            if str(place).isprintable():
                return kind(str(place))
        except ValueError:
            pass
        raise InvalidInput([_NOT_A_CURSOR])


PageDep = Annotated[PageQuery, Depends()]


def cursor_of(*place: str | int) -> str:
    """Return the URL-safe cursor of a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).rstrip(b"=").decode()


def _place_of(cursor: str) -> list[str | int]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        place = None
    if not isinstance(place, list) or not all(isinstance(part, str | int) for part in place):
        raise InvalidInput([_NOT_A_CURSOR])
    return place


def page_of(rows: Sequence[Any], query: PageQuery, *, key: str = "id") -> tuple[Sequence[Any], str | None]:
    """Return the rows of a page and the cursor of the next, from a list of one row more than asked.

    Parameters
    ----------
    key
        Attribute of a row that the list is ordered by.
    """
    if len(rows) <= query.limit:
        return rows, None
    shown = rows[: query.limit]
    return shown, cursor_of(str(getattr(shown[-1], key)))


# --- languages, ETags ------------------------------------------------------------------------


# Not a `def`: it waits for nothing, and a hop to another thread would cost more than it does.
async def _language(
    accept_language: Annotated[
        str | None, Header(max_length=200, description="`nl` (default) or `en`", examples=["en"])
    ] = None,
) -> Language:
    for part in (accept_language or "").lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in ("nl", "en"):
            return "en" if tag == "en" else "nl"
    return "nl"


LanguageDep = Annotated[Language, Depends(_language)]


def etag_of(version: int) -> str:
    """Return the ETag of a version of a resource."""
    return f'"{version}"'


def tag(response: Response, version: int) -> None:
    """Put the ETag of a resource's version on its answer."""
    response.headers["ETag"] = etag_of(version)


IfMatch = Annotated[
    str | None, Header(alias="If-Match", max_length=100, description="ETag of what is changed", examples=['"1"'])
]


def check_match(if_match: str | None, version: int) -> None:
    """Refuse a change by somebody who has not read the present version; call it with the row locked.

    Raises
    ------
    PreconditionRequired
        Without If-Match.
    Stale
        When it names another version.
    """
    if if_match is None:
        raise PreconditionRequired("Send the ETag of what you change in If-Match.")
    tags = {part.strip() for part in if_match.split(",")}
    if "*" not in tags and etag_of(version) not in tags:
        raise Stale("It was changed since you read it. Read it again and decide anew.", etag=etag_of(version))


# --- what stands around every answer -----------------------------------------------------------


class TooLarge(DomainError):
    """The body is larger than this installation accepts."""

    code = "too-large"
    title = "Too large"


class UnsupportedMediaType(DomainError):
    """The body is of a kind that is not read here."""

    code = "unsupported-media-type"
    title = "Unsupported media type"


class NotAcceptable(DomainError):
    """The client accepts nothing that is answered here."""

    code = "not-acceptable"
    title = "Not acceptable"


class Surroundings:
    """ASGI middleware: headers on every answer, errors included; a limit on bodies; content negotiation.

    The server itself has no limit: a JSON body of 200 MB was read whole.
    """

    def __init__(self, app: ASGIApp, *, largest_body_bytes: int) -> None:
        self.app = app
        self.largest_body_bytes = largest_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sender = _with_headers(send)
        refusal = _refusal(scope, self.largest_body_bytes)
        if refusal is not None:
            await problems.answer(refusal)(scope, receive, sender)
            return
        limited = _Limited(receive, sender, self.largest_body_bytes)
        try:
            await self.app(scope, limited.receive, limited.send)
        except _BodyTooLarge:
            await problems.answer(_too_large(self.largest_body_bytes))(scope, receive, sender)


class _BodyTooLarge(Exception):
    pass


class _Limited:
    """Counts the bytes of a body whose length was not announced."""

    def __init__(self, receive: Receive, send: Send, largest: int) -> None:
        self._receive, self.send, self._left = receive, send, largest

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _BodyTooLarge
        return message


def _too_large(largest: int) -> TooLarge:
    return TooLarge(f"The body is larger than {largest} bytes.", largest_bytes=largest)


def _refusal(scope: Scope, largest: int) -> DomainError | None:
    headers = {name.lower(): value for name, value in scope["headers"]}
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > largest:
        return _too_large(largest)
    if not _accepts(headers.get(b"accept", b"*/*").decode("latin-1")):
        return NotAcceptable("Answers are application/json; errors are application/problem+json.")
    has_body = int(length) > 0 if length.isdigit() else b"transfer-encoding" in headers
    media_type = headers.get(b"content-type", b"").decode("latin-1").split(";")[0].strip().lower()
    if has_body and media_type not in READ_MEDIA_TYPES:
        return UnsupportedMediaType(f"Send one of: {', '.join(sorted(READ_MEDIA_TYPES))}.")
    return None


READ_MEDIA_TYPES = frozenset({"application/json", "text/csv"})
ANSWERED = (
    "*/*",
    "application/*",
    "application/json",
    "application/problem+json",
    "text/*",
    "text/html",
    "text/plain",
)


def _accepts(accept: str) -> bool:
    return any(part.split(";")[0].strip().lower() in ANSWERED for part in accept.split(",")) or not accept.strip()


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [
                (n.lower().encode(), v.encode()) for n, v in HEADERS.items() if n.lower().encode() not in present
            ]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return sender
