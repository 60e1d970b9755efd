"""The review stands still: what a lead is looking at changes under nobody's hands."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.identity import service as identity
from app.identity.rules import Role
from app.kit import db
from tests.builders import a_caseworker, a_help_request
from tests.system.processes import PATIENCE_SECONDS, TEST_KEY, free_port, program, wait_until_serving

CASEWORKERS, PROPOSALS, ACCEPTED = 40, 100, 40
IN_A_ROUND = 5
"""Acceptances while a round looks at what came in."""
ARABIC = 3
"""Caseworkers who speak it; the others have room enough for everything."""
TEMPTING = {"languages": {"required": ["ar"], "interpreter": False}}
"""It could be placed, and nobody would wait for it, if only a shown proposal went to somebody else."""
LOCATIONS = ("CEW", "NOR", "GRO", "OOS", "NIE", "ZUI")
SEED = 6

Shown = dict[str, tuple[str, str]]
"""Proposal → caseworker and ETag, as the lead sees them."""


@dataclass(frozen=True, slots=True)
class Review:
    """A lead and an intake desk at a running service."""

    lead: httpx2.Client
    desk: httpx2.Client

    def proposals(self) -> list[dict[str, Any]]:
        """Every open proposal of the city."""
        found, page = [], self._page(None)
        while True:
            found += page["items"]
            if page["next"] is None:
                return found
            page = self._page(page["next"])

    def shown(self) -> Shown:
        return {item["id"]: (item["caseworkerId"], item["etag"]) for item in self.proposals()}

    def rounds(self, most: int = 100) -> list[dict[str, Any]]:
        """The rounds, the newest first."""
        items: list[dict[str, Any]] = self.lead.get("/rounds", params={"limit": most}).json()["items"]
        return items

    def has_proposal(self, help_request_id: str) -> bool:
        return self.lead.get(f"/help-requests/{help_request_id}").json()["proposal"] is not None

    def accept(self, proposal_id: str, etag: str) -> None:
        answer = self.lead.post(
            f"/proposals/{proposal_id}/decisions", json={"decision": "accept"}, headers={"If-Match": etag}
        )
        assert answer.status_code == httpx2.codes.CREATED, answer.text

    def take_in(self, **said: Any) -> str:
        answer = self.desk.post("/help-requests", json={"topic": "finances", "adult": True, **said})
        assert answer.status_code == httpx2.codes.CREATED, answer.text
        return str(answer.json()["id"])

    def note_absence(self, caseworker_id: str, days: tuple[date, date]) -> None:
        body = {"startsOn": str(days[0]), "endsOn": str(days[1])}
        answer = self.lead.post(f"/caseworkers/{caseworker_id}/absences", json=body)
        assert answer.status_code == httpx2.codes.CREATED, answer.text

    def _page(self, cursor: str | None) -> dict[str, Any]:
        query = {"state": "open", "limit": "100"} | ({} if cursor is None else {"cursor": cursor})
        page: dict[str, Any] = self.lead.get("/proposals", params=query).json()
        return page


@contextmanager
def review(engine: Engine, log: Path) -> Iterator[Review]:
    """A service, a worker whose rounds start at once, and one hundred requests that wait."""
    now, port = datetime.now(UTC), free_port()
    with db.transaction() as session:
        keys = [identity.create_client(session, role, role, now=now) for role in (Role.TEAM_LEAD, Role.INTAKE)]
        add_work(session, now)
    settings = {
        "database_url": engine.url.set(drivername="postgresql").render_as_string(hide_password=False),
        "encryption_key": TEST_KEY,
        "round_delay_seconds": "0",
    }
    with (
        program("serve", "--port", str(port), log=log, **settings) as service,
        program("worker", log=log, **settings),
        client(port, keys[0]) as lead,
        client(port, keys[1]) as desk,
    ):
        wait_until_serving(port, service.sentinel, log)
        yield Review(lead, desk)


def client(port: int, key: str) -> httpx2.Client:
    return httpx2.Client(
        base_url=f"http://127.0.0.1:{port}/v1",
        headers={"Authorization": f"Bearer {key}"},
        timeout=PATIENCE_SECONDS,
    )


def add_work(session: Session, now: datetime) -> None:
    """Add enough room, but for one thing: who speaks Arabic will have no place left after the first round."""
    chance = random.Random(SEED)
    when = dict.fromkeys(("created_at", "updated_at"), now)
    for number in range(CASEWORKERS):
        speaks: dict[str, Any] = {"target_minutes": 240, "maximum_minutes": 240, "languages": ["nl", "ar"]}
        place, more = chance.choice(LOCATIONS), speaks if number < ARABIC else {}
        a_caseworker(session, location_code=place, load_confirmed_at=now, **more, **when)
    for number in range(PROPOSALS):
        place, effort = chance.choice(LOCATIONS), chance.choice((60, 90, 120))
        more = {"preferred_languages": ["ar"], "asked_effort_minutes": 120} if number < 2 * ARABIC else {}
        given = {"district_code": place, "asked_effort_minutes": effort} | more
        a_help_request(session, received_at=now, **given, **when)


def shown_after_a_round(desk: Review) -> Shown:
    """Ask for a round, and return what it proposes."""
    assert desk.lead.post("/rounds", json={}).status_code == httpx2.codes.ACCEPTED
    look_until(lambda: desk.rounds(most=1)[0]["state"] in ("done", "failed"))
    return desk.shown()


def look_until(seen: Callable[[], bool]) -> None:
    """Look again and again until something is seen; looking takes the service some milliseconds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not seen():
        assert time.monotonic() < deadline, "it did not happen in time"


@pytest.mark.committed
def test_a_lead_accepts_forty_of_a_hundred_proposals_and_none_changes_that_is_still_possible(
    engine: Engine, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    with review(engine, tmp_path / "log") as desk:
        before = shown_after_a_round(desk)
        assert len(before) == PROPOSALS
        queue = list(before)
        chance.shuffle(queue)
        leaves = before[queue[-1]][0]
        untouched = {key: seen for key, seen in before.items() if seen[0] != leaves}
        to_accept = [key for key in queue if key in untouched][:ACCEPTED]

        for number, key in enumerate(to_accept):
            if number == ACCEPTED // 2:
                desk.note_absence(leaves, absence_of_months())
            if number % IN_A_ROUND == 0:
                tempting, last = desk.take_in(**TEMPTING), desk.take_in()
            desk.accept(key, before[key][1])
            del untouched[key]
            if number % IN_A_ROUND == IN_A_ROUND - 1:
                look_until(partial(desk.has_proposal, last))
                assert not desk.has_proposal(tempting)
                stays_put(desk, untouched)

        assert leaves not in {caseworker for caseworker, _ in desk.shown().values()}
        automatic = [item for item in desk.rounds() if item["trigger"] in ("intake", "change")]
    assert len([item for item in automatic if item["state"] == "done"]) >= ACCEPTED // IN_A_ROUND
    assert not [item for item in automatic if item["fallback"]]


def absence_of_months() -> tuple[date, date]:
    today = datetime.now(UTC).date()
    return today, today + timedelta(days=300)


def stays_put(desk: Review, untouched: Shown) -> None:
    """Check that what nobody decided on is as it was."""
    seen = desk.shown()
    assert {key: seen.get(key) for key in untouched} == untouched
