"""Nothing lost: what was answered with 201 is there, whole and once, whatever is killed and whenever.

A process that is killed proves nothing about a machine that loses power: what a server handed to the
system survives the one and not the other. So the syncs to disk are counted, too.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Condition, Event
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.demo.city import add_city
from app.identity import service as identity
from app.identity.rules import Role
from app.kit import clock, db, migrations
from app.kit.embedded_postgres import running
from app.main import create_app
from app.policy import service as policies
from app.settings import Settings
from tests.system.processes import PATIENCE_SECONDS, SOAK, TEST_KEY, free_port, program, wait_until_serving

KILLS = 200 if SOAK else 10
KILLS_WITH_THE_DATABASE = 20 if SOAK else 2
SENDERS = 4
INTAKES_COUNTED = 20
SEED = 9

WHOLE = """
    SELECT request.external_reference, request.id
    FROM help_requests request
    JOIN events event ON event.subject_id = request.id
        AND event.type = 'help-request.received' AND event.sequence = 1
    JOIN audit_lines line ON line.object_id = request.id AND line.action = 'receive'
        AND line.xmin = event.transaction_id::xid
    JOIN procrastinate_events deferred ON deferred.type = 'deferred'
        AND deferred.xmin = event.transaction_id::xid
    JOIN procrastinate_jobs job ON job.id = deferred.job_id AND job.task_name = 'app.rounds.jobs.consider'
"""
"""Requests with their event, audit line and job: all three written by the one transaction."""


class Desk:
    """The intake desk: some threads that send requests, each again and again until it is answered.

    Attributes
    ----------
    acknowledged
        The id that was answered for each reference, with 201.
    interrupted
        How many calls were cut off while they were under way.
    """

    def __init__(self, port: int, key: str) -> None:
        self.acknowledged: dict[str, str] = {}
        self.interrupted = 0
        self._address = f"http://127.0.0.1:{port}"
        self._key = key
        self._senders: list[Future[None]] = []
        self._answered = Condition()
        self._serving = Event()
        self._closed = Event()
        self._given_up = Event()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send all the time that a service runs, until `close`."""
        with ThreadPoolExecutor(SENDERS) as threads:
            self._senders = [threads.submit(self._send, number) for number in range(SENDERS)]
            try:
                yield
            finally:
                self._given_up.set()
                self._serving.set()

    def close(self) -> None:
        """Return when every request that was begun is answered; no other follows."""
        self._closed.set()
        for sender in self._senders:
            sender.result(PATIENCE_SECONDS)

    def hear(self, *, service_runs: bool) -> None:
        """Be told whether a service runs."""
        (self._serving.set if service_runs else self._serving.clear)()

    def wait_for_more(self, many: int) -> None:
        """Return when so many more requests were acknowledged."""
        with self._answered:
            enough = len(self.acknowledged) + many
            assert self._answered.wait_for(lambda: len(self.acknowledged) >= enough, PATIENCE_SECONDS)

    def _send(self, sender: int) -> None:
        headers = {"Authorization": f"Bearer {self._key}"}
        with httpx2.Client(base_url=self._address, headers=headers, timeout=PATIENCE_SECONDS) as client:
            for number in count():
                if self._closed.is_set():
                    return
                self._send_until_answered(client, f"sender {sender}, request {number}")

    def _send_until_answered(self, client: httpx2.Client, reference: str) -> None:
        body = {"topic": "finances", "adult": True, "externalReference": reference}
        while not self._given_up.is_set():
            assert self._serving.wait(PATIENCE_SECONDS)
            try:
                answer = client.post("/v1/help-requests", json=body, headers={"Idempotency-Key": reference})
            except httpx2.ConnectError:
                continue
            except httpx2.TransportError:
                with self._answered:
                    self.interrupted += 1
                continue
            if answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
                continue
            assert answer.status_code == httpx2.codes.CREATED, answer.text
            with self._answered:
                self.acknowledged[reference] = answer.json()["id"]
                self._answered.notify_all()
            return


@contextmanager
def service_and_worker(port: int, log: Path, **settings: str) -> Iterator[list[Any]]:
    """Both, from when the service answers; killed at the end."""
    with program("serve", "--port", str(port), log=log, **settings) as service:
        wait_until_serving(port, service.sentinel, log)
        with program("worker", log=log, **settings) as worker:
            yield [service, worker]


def kill_again_and_again(desk: Desk, port: int, log: Path, *, kills: int, **settings: str) -> None:
    """Kill service and worker at random moments while requests come in, in random order, and start them again."""
    chance = random.Random(SEED)
    with desk.sending():
        for _ in range(kills):
            with service_and_worker(port, log, **settings) as processes:
                desk.hear(service_runs=True)
                desk.wait_for_more(chance.randrange(1, 20))
                for process in chance.sample(processes, 2):
                    process.join(chance.uniform(0, 0.02))
                    process.kill()
                desk.hear(service_runs=False)
        with service_and_worker(port, log, **settings):
            desk.hear(service_runs=True)
            desk.wait_for_more(SENDERS)
            desk.close()


def prepare(engine: Engine) -> str:
    """Fill a new database with what the service needs, and return the key of an intake desk."""
    migrations.upgrade(engine)
    db.bind(engine)
    now = datetime.now(UTC)
    with db.transaction() as session:
        add_city(session, now.date())
        policies.in_force(session, now.date())
        return an_intake_key()


def an_intake_key() -> str:
    with db.transaction() as session:
        return identity.create_client(session, f"intake {uuid4()}", Role.INTAKE, now=datetime.now(UTC))


def whole_requests(rows: Sequence[Any]) -> dict[str, str]:
    """References with ids; a request that is there twice would be missed by a mapping alone."""
    found = {str(reference): str(key) for reference, key in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.committed
def test_every_acknowledged_request_survives_kills_with_its_event_audit_line_and_job(
    engine: Engine, tmp_path: Path
) -> None:
    port = free_port()
    desk = Desk(port, an_intake_key())
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    kill_again_and_again(
        desk,
        port,
        tmp_path / "log",
        kills=KILLS,
        database_url=url,
        encryption_key=TEST_KEY,
        round_delay_seconds="0.1",
    )

    with engine.connect() as connection:
        assert whole_requests(connection.execute(text(WHOLE)).all()) == desk.acknowledged
    assert desk.interrupted > 0


def test_every_acknowledged_request_survives_kills_of_the_embedded_database(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    with running(folder) as url:
        engine = db.engine_for(url)
        desk = Desk(port, prepare(engine))
        engine.dispose()

    kill_again_and_again(
        desk, port, tmp_path / "log", kills=KILLS_WITH_THE_DATABASE, data_dir=str(folder), encryption_key=TEST_KEY
    )

    with running(folder) as url, closing(psycopg.connect(url.replace("+psycopg", ""))) as connection:
        assert whole_requests(connection.execute(WHOLE).fetchall()) == desk.acknowledged


def test_every_intake_was_synced_to_disk_when_it_was_answered(tmp_path: Path) -> None:
    with running(tmp_path / "data") as url:
        everything = db.engine_for(url)
        key = prepare(everything)
        everything.dispose()
        engine = db.engine_for(url, connections=1)
        db.bind(engine)
        with (
            clock.stopped(datetime.now(UTC)),
            TestClient(create_app(Settings()), base_url="http://localhost") as client,
        ):
            assert [shown(name) for name in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3
            synced = [syncs_of_an_intake(client, key) for _ in range(INTAKES_COUNTED)]
            with db.transaction() as session:
                session.execute(text("SET synchronous_commit = off"))
            forgotten = [syncs_of_an_intake(client, key) for _ in range(INTAKES_COUNTED)]
        engine.dispose()
    assert min(synced) >= 1
    assert sum(forgotten) < INTAKES_COUNTED / 2  # the same count tells when an answer comes without a sync


def shown(setting: str) -> str:
    with db.transaction() as session:
        return str(session.execute(text(f"SHOW {setting}")).scalar_one())


def syncs_of_an_intake(client: TestClient, key: str) -> int:
    """How often the one connection of the service synced the log of the database while it took a request in."""
    before = syncs_so_far()
    answer = client.post(
        "/v1/help-requests", json={"topic": "finances", "adult": True}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == httpx2.codes.CREATED
    return syncs_so_far() - before


def syncs_so_far() -> int:
    with db.transaction() as session:
        session.execute(text("SELECT pg_stat_force_next_flush()"))
    with db.transaction() as session:
        own = "SELECT sum(fsyncs) FROM pg_stat_get_backend_io(pg_backend_pid()) WHERE object = 'wal'"
        return int(session.execute(text(own)).scalar_one())
