"""What stands around the code: the tasks, the locks, the container files and the documents agree with it."""

import re
import subprocess
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Group

from app.assignments.rules import EndReason, Kind, Phase, Purpose
from app.cli import main
from app.help_requests import rules as help_requests
from app.identity.rules import Role
from app.rounds.rules import DecisionKind, OverrideReason, ProposalState, RejectReason, RoundState, Trigger
from app.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SECRETS = ("POSTGRES_PASSWORD", "STADSBREED_ENCRYPTION_KEY")
SPOKEN_OF: tuple[type[StrEnum], ...] = (
    help_requests.Channel,
    help_requests.ClockName,
    help_requests.Concerns,
    help_requests.ContactKind,
    help_requests.LegalReport,
    help_requests.Outcome,
    help_requests.Status,
    help_requests.Threat,
    help_requests.Urgency,
    help_requests.Weight,
    DecisionKind,
    EndReason,
    Kind,
    OverrideReason,
    Phase,
    ProposalState,
    Purpose,
    RejectReason,
    Role,
    RoundState,
    Trigger,
)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_hash_and_no_lock_names_a_host(lock: str) -> None:
    entries = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    packages = [line for line in entries if line and not line.lstrip().startswith("#")]

    assert len(packages) > 20
    assert [line for line in packages if "==" not in line or "--hash=sha256:" not in line] == []
    assert "://" not in "\n".join(entries)


def test_both_locks_pin_the_same_versions() -> None:
    pins = [
        set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    ]

    assert pins[0] <= pins[1]


def test_every_package_that_the_project_names_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [
        name for extra in project["optional-dependencies"].values() for name in extra
    ]
    names = {re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in wanted}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE))

    assert names <= locked


def test_make_lists_every_task_in_one_line() -> None:
    makefile = (ROOT / "Makefile").read_text()
    tasks = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    shown = subprocess.run(["make", "--silent"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert tasks is not None
    assert [line.split()[1] for line in shown.splitlines()] == tasks[1].split()


@pytest.mark.parametrize("python", ["/nowhere/python3", "false"])
def test_make_says_what_to_do_without_a_python_that_will_do(python: str, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())

    run = subprocess.run(
        ["make", "test", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert run.returncode != 0
    assert f"{python} is not Python 3.11 or later. Name another: make test PYTHON=" in run.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("service", COMPOSE)
def test_every_service_that_stays_up_has_a_health_check(service: str) -> None:
    stays_up = COMPOSE[service].get("restart") != "no"
    own = COMPOSE[service].get("healthcheck", {})
    of_the_image = COMPOSE[service].get("image", "").startswith("stadsbreed") and not own.get("disable")

    assert stays_up == bool("test" in own or of_the_image)


def test_compose_refuses_to_start_without_its_secrets_and_holds_none() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    uses = re.findall(r"\$\{(\w+)([^}]*)\}", text)

    assert {name for name, _ in uses} == {*SECRETS, "LISTEN"}
    assert all(rest.startswith(":?") for name, rest in uses if name in SECRETS)
    assert not re.search(r"(PASSWORD|ENCRYPTION_KEY): (?!\$\{)", text)


def test_compose_sets_only_settings_that_exist() -> None:
    given = {name for service in COMPOSE.values() for name in service.get("environment", {})}

    assert {
        name.removeprefix(PREFIX).lower() for name in given if name.startswith(PREFIX)
    } <= Settings.model_fields.keys()


def test_the_containers_run_commands_that_exist() -> None:
    assert isinstance(main, Group)
    assert {
        command for service in COMPOSE.values() for command in service.get("command", [])
    } <= main.commands.keys()


def test_the_proxy_lets_through_what_the_service_takes_and_no_more() -> None:
    proxy = (ROOT / "deploy" / "nginx.conf").read_text()

    assert "client_max_body_size 1m;" in proxy
    assert Settings().largest_body_bytes <= 1024 * 1024
    assert "client_header_timeout 10s;" in proxy
    assert "client_body_timeout 10s;" in proxy


def glossary() -> set[str]:
    """Return every code that the glossary explains."""
    return set(re.findall(r"`([a-z_-]+)`", (ROOT / "docs" / "glossary.md").read_text()))


@pytest.mark.parametrize("codes", SPOKEN_OF, ids=lambda codes: codes.__name__)
def test_the_glossary_has_every_code(codes: type[StrEnum]) -> None:
    assert {str(code) for code in codes} - glossary() == set()


def test_every_decision_is_listed_and_every_link_in_the_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = {
        (page, target)
        for page in documents
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text())
        if "://" not in target
    }
    listed = {target for page, target in links if page.parent.name == "decisions" and page.stem == "README"}

    assert [(page.name, target) for page, target in links if not (page.parent / target).exists()] == []
    assert listed == {path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")}


def test_publiccode_names_the_version_and_licence_of_the_project() -> None:
    public = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert public["publiccodeYmlVersion"] == "0.7"
    assert public["softwareVersion"] == project["version"]
    assert public["legal"]["license"] == project["license"]
    assert public["organisation"]["uri"]
    assert all(len(words["shortDescription"]) <= 150 for words in public["description"].values())


def test_every_command_that_the_documents_name_exists() -> None:
    tasks = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert isinstance(main, Group)
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = page.read_text()
        assert set(re.findall(r"(?:`|    )make ([a-z-]+)", text)) <= tasks, page
        assert set(re.findall(r"`stadsbreed ([a-z]+)", text)) <= main.commands.keys(), page
