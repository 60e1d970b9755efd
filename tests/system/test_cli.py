"""The command line, run as its users run it, on one data folder with a database of its own."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

import solver
from app import worker
from app.cli import main
from app.kit import db, startup
from app.rounds import service as rounds
from app.settings import Settings

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
NO_ROUND = "01a200d2-3ed0-7002-a345-036ccfe9a8a6"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        "STADSBREED_DATA_DIR": str(tmp_path_factory.mktemp("data") / "folder"),
        "STADSBREED_ENCRYPTION_KEY": KEY,
    }


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment, prog_name="stadsbreed")


def test_a_key_is_printed_once_alone_on_standard_output(folder: dict[str, str]):
    made = run("client", "create", "Intake desk “Zuid”", "--role", "intake", **folder)
    assert made.exit_code == 0, made.stderr
    assert made.stdout.startswith("sb_")
    assert len(made.stdout.splitlines()) == 1

    again = run("client", "create", "Intake desk “Zuid”", "--role", "intake", **folder)
    assert (again.exit_code, again.stdout) == (1, "")

    revoked = run("client", "revoke", "Intake desk “Zuid”", **folder)
    assert revoked.exit_code == 0, revoked.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["client", "create", "x", "--role", "boss"], "boss"),
        (["client", "create", "x", "--role", "intake", "--locations", "GRO,MARS"], "MARS"),
        (["client", "create", "x", "--role", "caseworker"], "--caseworker"),
        (["client", "create", "x\x07", "--role", "intake"], "printable"),
        (["round", "run", "--seconds", "0"], "--seconds"),
        (["round", "check", "the-last-one"], "the-last-one"),
        (["round", "check", NO_ROUND], NO_ROUND),
        (["round", "replay", NO_ROUND], NO_ROUND),
        (["dance"], "dance"),
    ],
)
def test_wrong_use_says_what_is_wrong_and_exits_with_2(folder: dict[str, str], arguments: list[str], says: str):
    refused = run(*arguments, **folder)

    assert refused.exit_code == 2
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


def test_doctor_lists_every_setting_and_hides_secrets(folder: dict[str, str]):
    told = run("doctor", **folder)

    assert told.exit_code == 0, told.stderr
    assert "STADSBREED_ENCRYPTION_KEY=(hidden)  [environment]" in told.stdout
    assert "STADSBREED_LOG_LEVEL=INFO  [default]" in told.stdout
    assert KEY not in told.stdout


def test_the_openapi_document_is_json_on_standard_output(folder: dict[str, str]):
    printed = run("openapi", **folder)

    assert printed.stderr == ""
    document: dict[str, Any] = json.loads(printed.stdout)
    assert document["openapi"].startswith("3.")


def test_tables_are_checked_against_the_models(folder: dict[str, str]):
    assert run("migrate", **folder).exit_code == 0
    checked = run("migrate", "--check", **folder)
    assert checked.exit_code == 0, checked.stderr


def test_seeding_twice_changes_nothing(folder: dict[str, str]):
    first = run("seed", "demo", "--caseworkers", "6", "--requests", "5", **folder)
    assert first.exit_code == 0, first.stderr

    again = run("seed", "demo", "--caseworkers", "6", "--requests", "5", **folder)
    assert (again.exit_code, "already" in again.stderr) == (0, True)


@pytest.fixture(scope="module")
def round_id(folder: dict[str, str]) -> str:
    """A round of the seeded city, asked for by one command and done by a worker."""
    assert run("seed", "demo", "--caseworkers", "6", "--requests", "5", **folder).exit_code == 0
    asked = run("round", "run", **folder)
    assert asked.exit_code == 0, asked.stderr
    settings = Settings.from_environment(os.environ | folder)
    with startup.database(settings) as url:
        worker.run(settings, url, until_idle=True)
    return asked.stdout.strip()


def test_a_stored_round_is_checked_and_replayed(folder: dict[str, str], round_id: str):
    checked = run("round", "check", round_id, **folder)
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "In order."), checked.stderr
    assert [line.partition(":")[0] for line in checked.stdout.splitlines()[:3]] == ["overdue", "waiting", "points"]

    replayed = run("round", "replay", round_id, **folder)
    assert (replayed.exit_code, replayed.stdout) == (0, "The same plan.\n"), replayed.stderr


def test_a_stored_round_that_was_tampered_with_is_found_out(folder: dict[str, str], round_id: str):
    settings = Settings.from_environment(os.environ | folder)
    with startup.database(settings), db.transaction() as session:
        row = rounds.get_round(session, UUID(round_id))
        plan = solver.Plan.from_json(row.plan or "")
        as_it_was = row.plan
        row.plan = replace(plan, placed=plan.placed[1:]).to_json()

    checked = run("round", "check", round_id, **folder)
    replayed = run("round", "replay", round_id, **folder)

    assert (checked.exit_code, "the specification says" in checked.stderr) == (1, True)
    assert (replayed.exit_code, f"request {plan.placed[0].request}: was with nobody" in replayed.stderr) == (
        1,
        True,
    )
    assert "Nothing explains it" in replayed.stderr
    with startup.database(settings), db.transaction() as session:
        rounds.get_round(session, UUID(round_id)).plan = as_it_was


CITY = {
    "locations": [{"code": "A", "name": "Place A", "latitude": 51.9, "longitude": 4.4}],
    "districts": [{"code": "A1", "name": "Area 1", "location": "A"}],
    "topics": [{"code": "finances", "labelNl": "Geldzaken", "labelEn": "Finances"}],
}


def test_an_installation_loads_its_own_city(tmp_path: Path):
    own, file = {"STADSBREED_DATA_DIR": str(tmp_path / "own")}, tmp_path / "city.json"
    file.write_text(json.dumps(CITY))
    loaded = run("seed", "city", str(file), **own)

    assert (loaded.exit_code, loaded.stdout) == (0, "1 locations, 1 districts, 1 topics.\n"), loaded.stderr
    assert run("client", "create", "Lead", "--role", "team_lead", "--locations", "A", **own).exit_code == 0


def test_every_fault_of_a_city_is_named_at_once(tmp_path: Path):
    file = tmp_path / "city.json"
    file.write_text(json.dumps(CITY | {"districts": [{"code": "A1", "name": "x", "location": "B"}], "topics": []}))
    refused = run("seed", "city", str(file))

    assert refused.exit_code == 2
    assert "districts" in refused.stderr
    assert "topics" in refused.stderr
