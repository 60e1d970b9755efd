"""What every test shares: a real PostgreSQL, a stopped clock, and HTTP clients with a key.

One server for the whole run, one database per xdist worker, made from a migrated template. A test
runs in a transaction that is rolled back; the marker ``committed`` gives it a database of its own.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.city import service as city
from app.demo.city import add_city
from app.identity import service as identity
from app.identity.rules import Role
from app.kit import clock, crypto, db, migrations
from app.main import create_app
from app.settings import Settings
from tests.builders import NOW

SETTINGS = Settings()
_server = ExitStack()


class Server(NamedTuple):
    """Address of the server's maintenance database, and the name of the migrated template."""

    url: str
    template: str


SERVER = pytest.StashKey[Server]()


def pytest_configure(config: pytest.Config) -> None:
    """Start one server, and make the template, before the workers start."""
    if hasattr(config, "workerinput"):
        config.stash[SERVER] = Server(*config.workerinput["server"])
        return
    url = os.environ.get("STADSBREED_TEST_SERVER_URL")
    if url is None:
        from app.kit.embedded_postgres import running

        folder = _server.enter_context(_temporary_folder())
        url = _server.enter_context(running(folder / "data", durable=False))
    config.stash[SERVER] = Server(url, f"template_{uuid4().hex}")
    _make_template(config.stash[SERVER])


def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker where the server is."""
    node.workerinput["server"] = tuple(node.config.stash[SERVER])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop the template and stop the server."""
    if not hasattr(config, "workerinput") and SERVER in config.stash:
        server = config.stash[SERVER]
        _run(server.url, f"DROP DATABASE IF EXISTS {server.template} WITH (FORCE)")
    _server.close()


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    """The server of this run."""
    return pytestconfig.stash[SERVER]


@pytest.fixture(scope="session")
def _shared_engine(server: Server) -> Iterator[Engine]:
    with _database(server) as url:
        engine = db.engine_for(url, connections=10)
        yield engine
        engine.dispose()


@pytest.fixture(autouse=True)
def _stopped_clock() -> Iterator[None]:
    crypto.use_key(b"a key of the tests, of 32 bytes!")
    clock.use_zone(SETTINGS.time_zone)
    with clock.stopped(NOW):
        yield


@pytest.fixture
def engine(_shared_engine: Engine, server: Server, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The database of this test: rolled back afterwards, or one of its own when marked ``committed``."""
    city.forget_codes()
    if request.node.get_closest_marker("committed"):
        alone = request.node.get_closest_marker("alone") is not None
        with _server_for(server, alone=alone) as used, _database(used) as url:
            own = db.engine_for(url, connections=20)
            db.bind(own)
            yield own
            own.dispose()
        return
    with _shared_engine.connect() as connection, connection.begin() as transaction:
        db.bind(connection)
        yield _shared_engine
        transaction.rollback()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session in the test's transaction; with ``committed``, one that commits at the end of the block."""
    with db.transaction() as session:
        yield session


ClientMaker = Callable[..., TestClient]


@pytest.fixture
def as_role(engine: Engine) -> Iterator[ClientMaker]:
    """Return a function that makes an HTTP client with a key: ``as_role("team_lead", locations=["GRO"])``."""
    with ExitStack() as clients:

        def client(role: str, **of_client: object) -> TestClient:
            with db.transaction() as session:
                key = identity.create_client(session, f"{role} {uuid4()}", Role(role), now=NOW, **of_client)  # type: ignore[arg-type]
            return clients.enter_context(
                TestClient(
                    create_app(SETTINGS),
                    base_url="http://localhost",
                    headers={"Authorization": f"Bearer {key}"},
                    raise_server_exceptions=False,
                )
            )

        yield client


def _run(url: str, statement: str) -> None:
    maintenance = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(statement))
    maintenance.dispose()


def _address(server: Server, database: str) -> str:
    return make_url(server.url).set(database=database).render_as_string(hide_password=False)


def _make_template(server: Server) -> None:
    _run(server.url, f"CREATE DATABASE {server.template}")
    engine = db.engine_for(_address(server, server.template))
    migrations.upgrade(engine)
    with Session(engine) as session, session.begin():
        add_city(session, NOW.date())
    engine.dispose()


@contextmanager
def _server_for(shared: Server, *, alone: bool) -> Iterator[Server]:
    """Yield the shared server; or one of the test's own, where no other test has a transaction open."""
    if not alone:
        yield shared
        return
    from app.kit.embedded_postgres import running

    with _temporary_folder() as folder, running(folder / "data", durable=False) as url:
        own = Server(url, f"template_{uuid4().hex}")
        _make_template(own)
        yield own


@contextmanager
def _database(server: Server) -> Iterator[str]:
    """Make a database from the template; yield its address; drop it."""
    name = f"test_{uuid4().hex}"
    _run(server.url, f"CREATE DATABASE {name} TEMPLATE {server.template} STRATEGY wal_log")
    yield _address(server, name)
    _run(server.url, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="stadsbreed-tests-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
