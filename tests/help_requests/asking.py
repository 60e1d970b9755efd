"""Requests over HTTP, as the tests of their life and of who sees them need them."""

from typing import Any

ENOUGH = {"topic": "finances", "adult": True, "summary": "Rent arrears.", "contact": {"number": "010"}}


def made(client: Any, **more: Any) -> Any:
    answer = client.post("/v1/help-requests", json=ENOUGH | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def url(request: Any, *more: str) -> str:
    return "/".join([f"/v1/help-requests/{request['id']}", *more])


def patch(client: Any, request: Any, **changes: Any) -> Any:
    etag = client.get(url(request)).headers["ETag"]
    return client.patch(url(request), json=changes, headers={"If-Match": etag})


def problem(answer: Any) -> str:
    kind: str = answer.json()["type"]
    return kind.removeprefix("urn:stadsbreed:problem:")


def clocks(request: Any) -> dict[str, Any]:
    return {one["name"]: one for one in request["clocks"] if one["stoppedAt"] is None}
