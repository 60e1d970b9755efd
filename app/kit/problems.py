"""The one translation of errors to HTTP: problem documents (RFC 9457), as the NL API Design Rules ask."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.kit.db import new_id
from app.kit.errors import DomainError, Fault, InvalidInput
from app.kit.logs import log

TYPE = "urn:stadsbreed:problem:"
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2

STATUS_OF = {
    "invalid-input": 400,
    "age-unknown": 400,
    "unauthenticated": 401,
    "not-allowed": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "minor": 409,
    "no-capacity": 409,
    "not-eligible": 409,
    "already-decided": 409,
    "wrong-status": 409,
    "hold-expired": 409,
    "idempotency-key-reused": 409,
    "request-in-progress": 409,
    "stale": 412,
    "too-large": 413,
    "unsupported-media-type": 415,
    "precondition-required": 428,
    "internal": 500,
    "unavailable": 503,
}
CODE_OF_STATUS = {
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    415: "unsupported-media-type",
}

VALUE_SHOWN_FOR = frozenset(
    {
        *("enum", "literal_error", "int_type", "int_parsing", "int_from_float", "bool_type", "bool_parsing"),
        *("date_type", "date_parsing", "date_from_datetime_parsing", "datetime_type", "datetime_parsing"),
        *("datetime_from_date_parsing", "timezone_aware", "uuid_type", "uuid_parsing", "float_type"),
        *("greater_than", "greater_than_equal", "less_than", "less_than_equal", "float_parsing"),
    }
)
"""Faults of codes, numbers and moments. What a string held is never repeated: it may be free text."""

EXPECTED = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "json_invalid": "the body is not JSON",
}


class FaultOut(BaseModel):
    """One thing wrong with what was sent."""

    pointer: str = Field(
        description="JSON pointer into the body, or the name of a parameter", examples=["#/topic"]
    )
    message: str = Field(description="What is wrong, and what would be right")
    code: str = Field(description="Stable name of the kind of fault", examples=["missing"])


class Problem(BaseModel):
    """A problem document (RFC 9457). Further members depend on the type."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str = Field(examples=["urn:stadsbreed:problem:not-found"])
    title: str
    status: int
    detail: str
    errors: list[FaultOut] | None = Field(default=None, description="Every fault, for invalid input")


def document_of(error: DomainError) -> dict[str, Any]:
    """Return the problem document of an error, in JSON values."""
    body: dict[str, Any] = {
        "type": TYPE + error.code,
        "title": error.title,
        "status": STATUS_OF[error.code],
        "detail": error.detail,
        **{to_camel(name): value for name, value in error.facts.items()},
    }
    if isinstance(error, InvalidInput):
        body["errors"] = [{"pointer": f.pointer, "message": f.message, "code": f.code} for f in error.faults]
    document: dict[str, Any] = jsonable_encoder(body)
    return document


def answer(error: DomainError) -> JSONResponse:
    """Return the answer to an error: its problem document."""
    status = STATUS_OF[error.code]
    return JSONResponse(document_of(error), status, _headers_of(status), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of an application as a problem document."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _invalid_input)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OperationalError, _database_error)
    app.add_exception_handler(InterfaceError, _database_error)
    app.add_exception_handler(PoolTimeout, _database_error)
    app.add_exception_handler(Exception, _unexpected)


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI ``responses`` of a route that can answer these problems, by code.

    What every route can answer (401, 403, 400 for its parameters, …) is added to the document by
    ``openapi``; a route names only what is its own.
    """
    by_status: dict[int | str, list[str]] = {}
    for code in codes:
        by_status.setdefault(STATUS_OF[code], []).append(code)
    return {
        status: {"model": Problem, "description": f"{HTTPStatus(int(status)).phrase}: {', '.join(sorted(names))}"}
        for status, names in by_status.items()
    }


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Return what pydantic found, in words that help: the field, the value of a code, what is right."""
    return [
        Fault(pointer=_pointer(error["loc"]), message=_message(error), code=str(error["type"]).replace("_", "-"))
        for error in errors
    ]


async def _domain_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101 (registered for this class)
    return answer(error)


async def _invalid_input(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class)
    return answer(InvalidInput(faults_of(error.errors())))


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class)
    code = CODE_OF_STATUS.get(error.status_code, "invalid-input" if error.status_code < 500 else "internal")
    status = STATUS_OF[code]
    title = HTTPStatus(status).phrase
    body = {"type": TYPE + code, "title": title, "status": status, "detail": f"{title}."}
    if code == "invalid-input":
        body |= {"detail": "The body could not be read.", "errors": []}
    return JSONResponse(body, status, error.headers, media_type=MEDIA_TYPE)


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    cause = getattr(error, "orig", None)
    busy = isinstance(cause, LockNotAvailable | DeadlockDetected | QueryCanceled)
    log.warning("database unavailable", busy=busy, error=type(cause or error).__name__, path=request.url.path)
    detail = (
        "Somebody else is changing the same thing. Try again."
        if busy
        else "The database does not answer now. Try again later."
    )
    body = {"type": TYPE + "unavailable", "title": "Not available now", "status": 503, "detail": detail}
    return JSONResponse(body, 503, _headers_of(503), media_type=MEDIA_TYPE)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    trace_id = str(new_id())
    # Statements and their parameters may hold personal data: only the chain of places is logged.
    log.error(
        "unexpected error", trace_id=trace_id, path=request.url.path, error=type(error).__name__, at=_places(error)
    )
    body = {
        "type": TYPE + "internal",
        "title": "Something went wrong",
        "status": 500,
        "detail": "Something went wrong on our side; nothing was stored. Report the trace id.",
        "traceId": trace_id,
    }
    return JSONResponse(body, 500, media_type=MEDIA_TYPE)


def _places(error: Exception) -> list[str]:
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-8:]


def _headers_of(status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}


def _pointer(loc: tuple[str | int, ...]) -> str:
    where, *path = loc or ("body",)
    if where != "body":
        return str(path[0]) if path else str(where)
    # The position of a JSON error is a number; unknown keys are cut, lest they carry text.
    return "#" + "".join(f"/{str(part)[:60]}" for part in path if not (len(path) == 1 and isinstance(part, int)))


def _message(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind in EXPECTED:
        return EXPECTED[kind]
    message = re.sub(r"^Value error, ", "", str(error["msg"]))
    value = error.get("input")
    if kind in VALUE_SHOWN_FOR and isinstance(value, str | int | float | bool | None):
        shown = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        return f"{message}, not {shown[:40]!r}"
    return message
