"""The OpenAPI document, brought in line with the NL API Design Rules.

FastAPI's own document says 422 where we answer 400, lacks the API-Version header and names no
problem documents.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.kit.http import API_VERSION
from app.kit.problems import MEDIA_TYPE, Problem

REFERENCE = "#/components/schemas/"
ON_EVERY_ROUTE = {
    "400": "Bad Request: invalid-input, every fault named",
    "401": "Unauthorized: unauthenticated",
    "403": "Forbidden: not-allowed",
    "406": "Not Acceptable: not-acceptable",
    "500": "Internal Server Error: internal, with a trace id",
    "503": "Service Unavailable: unavailable, with Retry-After",
}
WITH_A_BODY = {
    "413": "Content Too Large: too-large",
    "415": "Unsupported Media Type: unsupported-media-type",
}
WITH_A_PATH_PARAMETER = {"404": "Not Found: not-found"}
VERSION_HEADER = {
    "API-Version": {
        "description": "Version of the API that answered",
        "schema": {"type": "string", "examples": [API_VERSION]},
    }
}
ETAG_HEADER = {"ETag": {"description": "Version of this resource, for If-Match", "schema": {"type": "string"}}}
LOCATION_HEADER = {"Location": {"description": "Address of what was made", "schema": {"type": "string"}}}


def document_of(app: FastAPI, *, contact: dict[str, str], description: str) -> dict[str, Any]:
    """Return the document of an application, made once and kept."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=API_VERSION,
            description=description,
            routes=app.routes,
            license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
            tags=app.openapi_tags,
            servers=[{"url": "/v1", "description": "This installation"}],
        )
        document["info"]["contact"] = contact
        _amend(document)
        app.openapi_schema = _with_plain_names(document)
    return app.openapi_schema


def _amend(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _amend_operation(operation, path)


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with schemas named after their titles, where pydantic put brackets in a name."""
    schemas = document["components"]["schemas"]
    titles = {f"{REFERENCE}{name}": f"{REFERENCE}{schema.get('title', name)}" for name, schema in schemas.items()}
    document["components"]["schemas"] = {
        schema.get("title", name): schema for name, schema in sorted(schemas.items())
    }
    if len(document["components"]["schemas"]) != len(schemas):
        raise ValueError("two schemas of the API have the same title")
    renamed: dict[str, Any] = _renamed(document, titles)
    return renamed


def _renamed(node: Any, titles: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _renamed(value, titles) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(value, titles) for value in node]
    return titles.get(node, node) if isinstance(node, str) else node


def _amend_operation(operation: dict[str, Any], path: str) -> None:
    answers = operation["responses"]
    answers.pop("422", None)
    for status, description in _common(operation, path).items():
        answers.setdefault(status, {"description": description})
    for status, answer in answers.items():
        answer.setdefault("headers", {}).update(VERSION_HEADER)
        if status in ("201", "202"):
            answer["headers"].update(LOCATION_HEADER)
        if int(status) >= 400:
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] = dict(sorted(answers.items()))


def _common(operation: dict[str, Any], path: str) -> dict[str, str]:
    common = dict(ON_EVERY_ROUTE)
    if not operation.get("security"):
        common = {status: common[status] for status in ("400", "406", "500", "503")}
    if "requestBody" in operation:
        common |= WITH_A_BODY
    if "{" in path:
        common |= WITH_A_PATH_PARAMETER
    return common
