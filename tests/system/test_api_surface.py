"""What holds for every answer of the API, whatever the route."""

import pytest


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/topics", 200),
        ("GET", "/topics/", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/topics", 405),
        ("POST", "/help-requests", 415),
    ],
)
def test_every_answer_carries_the_api_version_and_safe_headers(as_role, method, path, status):
    answer = as_role("team_lead").request(method, f"/v1{path}", content=b"x" if status == 415 else None)

    assert answer.status_code == status
    assert answer.headers["API-Version"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_without_a_key_nothing_is_answered(as_role):
    answer = as_role("team_lead").get("/v1/topics", headers={"Authorization": "Bearer wrong"})

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:stadsbreed:problem:unauthenticated"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_labels_follow_the_language_that_is_asked_for(as_role):
    lead = as_role("team_lead")

    assert lead.get("/v1/topics").json()["items"][0]["label"] == "Geldzaken"
    assert lead.get("/v1/topics", headers={"Accept-Language": "en"}).json()["items"][0]["label"] == "Finances"
