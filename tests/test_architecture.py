"""The house rules that no linter knows: import contracts, where SQL stands, names and sizes of files.

Each check is shown to fail on a planted fault.
"""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ("app", "solver", "migrations", "benchmarks", "tests")
MOST_LINES = 400
NAMES_THAT_SAY_NOTHING = frozenset({"utils", "helpers", "common", "manager", "base", "misc"})
RUNS_SQL = frozenset({"execute", "scalars", "scalar", "query", "stream"})

FAULTS = {
    "solver-apart": ("solver/limits.py", "import app.settings"),
    "solver-pure": ("solver/limits.py", "import logging"),
    "solver-clock": ("solver/ranking.py", "import time"),
    "specification-without-or-tools": ("solver/ranking.py", "import ortools"),
    "front-door": ("app/assignments/rules.py", "import solver.problem"),
    "domains": ("app/kit/clock.py", "import app.city.rules"),
    "inside-a-domain": ("app/city/rules.py", "import app.city.queries"),
    "http": ("app/city/service.py", "import fastapi"),
    "sql": ("app/city/rules.py", "import sqlalchemy"),
}
"""Per contract: a file, and a line behind it that breaks this contract and no other."""

UNPLACED = {"domains": "app/leftovers/__init__.py", "inside-a-domain": "app/city/leftovers.py"}
"""Per exhaustive contract: a new file that nobody gave a place."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the code in which a fault may be planted."""
    for folder in ("app", "solver"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def contracts() -> dict[str, str]:
    """Return the name of every import contract by its identifier."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract["name"] for contract in configuration["tool"]["importlinter"]["contracts"]}


def broken_contracts(folder: Path) -> set[str]:
    """Return the identifiers of the contracts that the code in a folder breaks."""
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run(
        [linter, "--no-logo", "--no-cache"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in run.stdout.splitlines()}
    judged = {key: verdicts.get(name) for key, name in contracts().items()}
    assert set(judged.values()) <= {"KEPT", "BROKEN"}, run.stdout + run.stderr
    broken = {key for key, verdict in judged.items() if verdict == "BROKEN"}
    assert run.returncode == (1 if broken else 0)
    return broken


def test_the_code_keeps_every_import_contract(copy: Path) -> None:
    assert broken_contracts(copy) == set()


def test_every_import_contract_has_a_planted_fault() -> None:
    assert FAULTS.keys() == contracts().keys()


@pytest.mark.parametrize("contract", FAULTS)
def test_a_planted_fault_breaks_its_import_contract_and_no_other(contract: str, copy: Path) -> None:
    path, line = FAULTS[contract]
    with (copy / path).open("a") as file:
        file.write(f"\n{line}\n")

    assert broken_contracts(copy) == {contract}


@pytest.mark.parametrize("contract", UNPLACED)
def test_a_new_file_must_be_given_its_place(contract: str, copy: Path) -> None:
    new = copy / UNPLACED[contract]
    new.parent.mkdir(exist_ok=True)
    new.touch()

    assert broken_contracts(copy) == {contract}


def sources(*folders: str) -> Iterator[Path]:
    """Yield every Python file that people wrote in some folders, relative to the project."""
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            if path.parent.name != "versions":
                yield path.relative_to(ROOT)


def may_hold_sql(path: Path) -> bool:
    """Say whether a file of the application is one in which SQL belongs."""
    return path.parts[1] == "kit" or not {"queries", "models"}.isdisjoint(path.with_suffix("").parts)


def sql_in(source: str) -> list[str]:
    """Return what of a source makes or runs SQL; anybody may name the type ``Session`` and the errors."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="sqlalchemy.exc"):
                pass
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] == "sqlalchemy":
                found += [f"{node.lineno}: {alias.name}" for alias in names if alias.name != "Session"]
            case ast.Import(names=names):
                found += [f"{node.lineno}: {a.name}" for a in names if a.name.split(".")[0] == "sqlalchemy"]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="session"), attr=attr)) if attr in RUNS_SQL:
                found.append(f"{node.lineno}: session.{attr}()")
            case _:
                pass
    return found


def test_sql_stands_only_in_queries_models_and_the_kit() -> None:
    elsewhere = [path for path in sources("app") if not may_hold_sql(path)]

    assert {
        str(path): sql_in((ROOT / path).read_text()) for path in elsewhere if sql_in((ROOT / path).read_text())
    } == {}
    assert Path("app/city/service.py") in elsewhere
    assert Path("app/city/queries.py") not in elsewhere


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from sqlalchemy.orm import Session", []),
        ("from sqlalchemy import select, update", ["1: select", "1: update"]),
        ("from sqlalchemy.orm import Session, joinedload", ["1: joinedload"]),
        ("import sqlalchemy.sql", ["1: sqlalchemy.sql"]),
        ("def count(session):\n    return session.scalar('SELECT 1')", ["2: session.scalar()"]),
    ],
)
def test_sql_outside_queries_is_noticed(source: str, found: list[str]) -> None:
    assert sql_in(source) == found


def too_long(lengths: dict[str, int]) -> list[str]:
    """Return the files that no longer fit on a walk through the house."""
    return sorted(path for path, lines in lengths.items() if lines >= MOST_LINES)


def test_every_file_is_shorter_than_400_lines() -> None:
    assert too_long({str(path): len((ROOT / path).read_text().splitlines()) for path in sources(*CODE)}) == []


@pytest.mark.parametrize(("lines", "named"), [(399, []), (400, ["app/long.py"])])
def test_a_file_of_400_lines_is_too_long(lines: int, named: list[str]) -> None:
    assert too_long({"app/long.py": lines}) == named


def nameless(paths: list[Path]) -> list[Path]:
    """Return the files and folders whose name does not say what is in them."""
    return [path for path in paths if not NAMES_THAT_SAY_NOTHING.isdisjoint(path.with_suffix("").parts)]


def test_every_file_is_named_after_what_is_in_it() -> None:
    assert nameless(list(sources(*CODE))) == []


@pytest.mark.parametrize("path", ["app/city/utils.py", "solver/common.py", "tests/helpers/dates.py"])
def test_a_name_that_says_nothing_is_noticed(path: str) -> None:
    assert nameless([Path("app/city/rules.py"), Path(path)]) == [Path(path)]
