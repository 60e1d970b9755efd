"""Every route of the mounted API × every role: who may call it is in the matrix, all else is denied."""

from typing import Any

import pytest

from app.identity.rules import WHO_MAY, Role, may
from app.kit.db import new_id
from app.main import create_api
from app.settings import Settings
from tests.builders import a_caseworker


def operations() -> list[tuple[str, str, str]]:
    """Return (operation id, method, path) of every operation in the document of the mounted API."""
    return [
        (operation["operationId"], method.upper(), path)
        for path, methods in create_api(Settings()).openapi()["paths"].items()
        for method, operation in methods.items()
    ]


OPERATIONS = operations()


def test_the_matrix_names_exactly_the_operations_that_exist():
    assert {operation for operation, *_ in OPERATIONS} == set(WHO_MAY)
    assert len(OPERATIONS) == len(WHO_MAY) > 30


def test_an_operation_that_is_not_in_the_matrix_is_denied_to_all():
    assert not any(may(role, "operationOfTomorrow") for role in Role)


@pytest.mark.parametrize("role", list(Role))
def test_each_route_lets_in_exactly_the_roles_of_the_matrix(as_role: Any, session: Any, role: Role):
    caseworker = {"caseworker_id": a_caseworker(session).id} if role is Role.CASEWORKER else {}
    client = as_role(role, **caseworker)

    for operation, method, path in OPERATIONS:
        concrete = f"/v1{path}"
        while "{" in concrete:
            before, _, rest = concrete.partition("{")
            concrete = before + str(new_id()) + rest.partition("}")[2]
        answer = client.request(method, concrete)
        allowed = answer.status_code != 403
        assert allowed == may(role, operation), f"{role} {operation}: {answer.status_code}"
        assert answer.status_code < 500, f"{operation}: {answer.text}"


def test_no_route_answers_without_a_key(as_role: Any):
    client = as_role(Role.ADMIN)

    for operation, method, path in OPERATIONS:
        answer = client.request(
            method, f"/v1{path}".replace("{", "").replace("}", ""), headers={"Authorization": ""}
        )
        assert answer.status_code == 401, f"{operation}: {answer.status_code}"
