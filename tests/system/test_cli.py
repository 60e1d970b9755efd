"""The command line, run as its users run it, on one data folder with a database of its own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


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
