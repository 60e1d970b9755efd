"""What every process of the service does before it works: settings, key, database, tables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from app.kit import clock, crypto, db, logs, migrations
from app.kit.embedded_postgres import running
from app.settings import Settings

DEMO_KEY_FILE = "demo-encryption.key"
"""In the data folder of a demo; it holds a secret, and only the demo reads it."""


@contextmanager
def database(settings: Settings, *, migrate: bool = True) -> Iterator[str]:
    """Have the database ready and bound for every transaction of this process; yield its address.

    With no address set, the data folder's own PostgreSQL is started, or shared when it runs already.

    Parameters
    ----------
    migrate
        Bring the tables up to date first; of several processes at once, one does and the others wait.

    Raises
    ------
    DataFolderError
        When the data folder can't be used.
    """
    if settings.database_url is None:
        with running(settings.data_dir) as url, _bound(settings, url, migrate=migrate):
            yield url
    else:
        url = settings.database_url.get_secret_value()
        with _bound(settings, url, migrate=migrate):
            yield url


@contextmanager
def _bound(settings: Settings, url: str, *, migrate: bool) -> Iterator[Engine]:
    engine = db.engine_for(
        url, connections=settings.database_connections, lock_timeout_ms=settings.lock_timeout_ms
    )
    try:
        if migrate:
            migrations.upgrade(engine)
        db.bind(engine)
        yield engine
    finally:
        engine.dispose()


def prepare(settings: Settings) -> None:
    """Set what the process shares: logs, the city's time zone, the encryption key.

    Raises
    ------
    UnsafeConfiguration
        When there is no encryption key: nothing private may ever be stored in clear.
    """
    logs.configure(settings.log_level)
    clock.use_zone(settings.time_zone)
    crypto.use_key(settings.encryption_key_bytes)


def with_demo_key(settings: Settings, *, make: bool = False) -> Settings:
    """Return the settings with the key of the demo that lives in this data folder, where none is set.

    Parameters
    ----------
    make
        Make a key when the folder has none: for ``stadsbreed demo`` only.
    """
    if settings.encryption_key is not None or settings.database_url is not None:
        return settings
    file = settings.data_dir / DEMO_KEY_FILE
    if make and not file.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_secret(file, crypto.new_key_text())
    if not file.exists():
        return settings
    return Settings.model_validate(settings.model_dump() | {"encryption_key": file.read_text().strip()})


def _write_secret(file: Path, secret: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secret + "\n")
