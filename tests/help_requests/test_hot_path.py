"""Intake stays fast: the number of statements is counted, as time is not the same on every machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from tests.builders import a_caseworker

FULL = {
    "topic": "finances",
    "adult": True,
    "legalReports": ["wgs"],
    "summary": "Arrears.",
    "contact": {"number": "010"},
}


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "SAVEPOINT" not in statement:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_an_intake_takes_two_statements_and_a_third_to_do_it_once(
    as_role: Any, session: Session, statements: list[str]
) -> None:
    intake, excluded = as_role("intake"), str(a_caseworker(session).id)
    intake.post("/v1/help-requests", json=FULL)
    statements.clear()

    intake.post("/v1/help-requests", json=FULL)
    once = len(statements)
    intake.post("/v1/help-requests", json=FULL, headers={"Idempotency-Key": "k"})
    repeatable = len(statements) - once
    intake.post("/v1/help-requests", json=FULL | {"excludedCaseworkerIds": [excluded]})

    assert once == 2, "who holds the key, and everything that is stored"
    assert repeatable == 3
    assert len(statements) - once - repeatable == 3, "one more to see whether the caseworker exists"


def test_an_intake_leaves_one_job_that_runs_after_the_commit(as_role: Any, session: Session) -> None:
    as_role("intake").post("/v1/help-requests", json=FULL)
    jobs = text(
        "SELECT task_name, queueing_lock, lock, args FROM procrastinate_jobs WHERE task_name LIKE '%consider'"
    )

    before = session.execute(jobs).all()
    as_role("intake").post("/v1/help-requests", json=FULL)
    after = session.execute(jobs).all()

    assert len(after) - len(before) == 1
    assert after[-1][1:] == (None, None, {"trigger": "intake"})
