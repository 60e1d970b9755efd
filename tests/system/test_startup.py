"""Starting up: settings that are refused, and many processes that migrate at once."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.kit import migrations
from app.settings import Settings, UnsafeConfiguration
from app.tables import metadata


def run_cli(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STADSBREED_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_fault_of_the_settings_is_named_at_once():
    with pytest.raises(UnsafeConfiguration) as refusal:
        Settings.from_environment(
            {
                "STADSBREED_DATABASE_URL": "sqlite:///x",
                "STADSBREED_ENCRYPTION_KEY": "short",
                "STADSBREED_LOGLEVEL": "INFO",
            }
        )

    message = str(refusal.value)
    assert "STADSBREED_DATABASE_URL" in message
    assert "STADSBREED_ENCRYPTION_KEY" in message
    assert "STADSBREED_LOGLEVEL: is not a setting" in message
    assert "short" not in message


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_without_an_encryption_key_nothing_starts(command: str, tmp_path: Any):
    refused = run_cli(command, STADSBREED_DATA_DIR=str(tmp_path))

    assert refused.returncode == 2
    assert "STADSBREED_ENCRYPTION_KEY is not set" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_does_not_answer_is_one_clear_line():
    failed = run_cli("migrate", STADSBREED_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert failed.returncode == 1
    assert failed.stderr.startswith("Error: The database does not answer")
    assert "Traceback" not in failed.stderr


def test_four_processes_that_migrate_at_once_all_end_well(server: Any):
    name = f"fresh_{os.getpid()}"
    maintenance = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = maintenance.url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    try:
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda _: run_cli("migrate", STADSBREED_DATABASE_URL=url), range(4)))
        assert [process.returncode for process in done] == [0] * 4, [process.stderr for process in done]
    finally:
        with maintenance.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        maintenance.dispose()


def test_tables_and_models_agree(engine: Any):
    with engine.connect() as connection:
        assert migrations.differences(connection, metadata) == []


def test_a_column_that_a_model_has_and_the_database_has_not_is_found(engine: Any):
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("ALTER TABLE topics DROP COLUMN position"))
        assert "position" in str(migrations.differences(connection, metadata))
        transaction.rollback()
