"""The page /docs: every operation of the API in words, made from the OpenAPI document, without scripts."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from app.identity.rules import WHO_MAY

HERE = Path(__file__).parent
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'"}
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True
)


def add_reference(app: FastAPI, api: FastAPI) -> None:
    """Serve the reference of an API at /docs; it needs no key, like the document it is made from."""

    @app.get("/docs", include_in_schema=False)
    def reference() -> HTMLResponse:
        """Answer the page."""
        page = _templates.get_template("reference.html").render(
            document=api.openapi(), groups=groups_of(api.openapi())
        )
        return HTMLResponse(page, headers=POLICY)

    @app.get("/docs/reference.css", include_in_schema=False)
    def style() -> FileResponse:
        """Answer its style."""
        return FileResponse(HERE / "static" / "reference.css", media_type="text/css")


def groups_of(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the operations as the page shows them, by their first tag."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _shown(document, method, path, operation)
            groups.setdefault(operation.get("tags", ["other"])[0].replace("-", " "), []).append(shown)
    return groups


def _shown(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "paragraphs": operation["description"].split("\n\n"),
        "roles": sorted(WHO_MAY.get(operation["operationId"], ())),
        "parameters": operation.get("parameters", []),
        "fields": _fields(document, operation),
        "answers": [(status, answer["description"]) for status, answer in operation["responses"].items()],
    }


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = _resolved(document, content.get("application/json", {}).get("schema", {}))
    return [
        {
            "name": name,
            "type": _type_of(document, field),
            "required": name in schema.get("required", ()),
            "description": field.get("description", ""),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _type_of(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type_of(document, choice) for choice in schema["anyOf"])
    schema = _resolved(document, schema)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type_of(document, schema.get('items', {}))}"
    return str(schema.get("format", schema.get("type", "object")))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found
