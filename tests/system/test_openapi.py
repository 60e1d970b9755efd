"""The OpenAPI document: what code generators and the NL API Design Rules need of it."""

from typing import Any

import pytest

from app.main import create_api
from app.settings import Settings


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_api(Settings()).openapi()


def test_everybody_may_read_the_document(as_role: Any):
    answer = as_role("intake").get("/v1/openapi.json", headers={"Authorization": ""})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["servers"][0]["url"] == "/v1"
    assert set(answer.json()["info"]["contact"]) == {"name", "email", "url"}


def test_every_operation_has_an_id_a_summary_and_a_security_scheme(document: dict[str, Any]):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"].isalnum(), f"{method} {path}"
            assert operation["description"], f"{method} {path}"
            assert operation["security"], f"{method} {path}"


def test_every_error_is_a_problem_document_and_none_is_422(document: dict[str, Any]):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert "422" not in answers, f"{method} {path}"
            assert {"400", "401", "403"} <= set(answers), f"{method} {path}"
            for status, answer in answers.items():
                assert "API-Version" in answer["headers"], f"{method} {path} {status}"
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], f"{method} {path} {status}"


def test_every_body_has_an_example(document: dict[str, Any]):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for media_type in operation.get("requestBody", {}).get("content", {}).values():
                assert "example" in str(media_type) or "$ref" in str(media_type), f"{method} {path}"


def test_the_reference_page_shows_every_operation_and_asks_no_other_host(as_role: Any, document: dict[str, Any]):
    client = as_role("intake")
    page = client.get("/docs", headers={"Authorization": ""})

    assert page.status_code == 200
    assert "script" not in page.headers["Content-Security-Policy"]
    assert client.get("/docs/reference.css").headers["Content-Type"].startswith("text/css")
    assert "http://" not in page.text
    assert "https://" not in page.text
    for operations in document["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page.text


def test_schemas_have_names_that_a_code_generator_can_use(document: dict[str, Any]):
    names = document["components"]["schemas"]

    assert [name for name in names if not (name.isalnum() and name[0].isupper())] == []
    assert {"HelpRequestPage", "ProposalPage", "Problem"} <= set(names)
