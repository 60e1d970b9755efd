"""What the table leaves behind: Markdown, JSON with everything, a plot for each row with runs."""

import argparse
import json
import re
from pathlib import Path

import pytest

from benchmarks import solver_table
from benchmarks.report import HEADER, line_of, store
from benchmarks.runs import Point
from benchmarks.table.rows import Options, Row, left_out
from tests.benchmarks.test_runs import a_run

OPTIONS = Options(seeds=(1001, 1002), threads=2)


def rows() -> list[Row]:
    runs = [
        a_run(points=[Point(0.1, (0, 9, 0), (0, 0, 0)), Point(1.0, (0, 5, 9), (0, 5, 9))]),
        a_run(contestant="highs", bounds=(0, 5, 3), points=[Point(2.0, (0, 5, 9), (0, 5, 3))]),
    ]
    return [
        Row(
            name="small",
            what="200 × 60",
            target="proven",
            ours="yes | no",
            ratio="3 ×",
            checks={"proven": True},
            runs=runs,
        ),
        *left_out("gap", "public instances", "no folder"),
    ]


def test_a_line_of_the_table_has_the_columns_of_its_heading():
    columns = HEADER.splitlines()[0].count("|")

    assert [line_of(row).count("|") for row in rows()] == [columns, columns]
    assert "| 3 × | yes |" in line_of(rows()[0])
    assert "left out: no folder" in line_of(rows()[1])


@pytest.mark.parametrize(
    ("checks", "met", "said"),
    [
        ({"proven": True, "≤ 2 s": True}, True, "| yes |"),
        ({"proven": True, "≤ 2 s": False, "small": False}, False, "| NO: ≤ 2 s; small |"),
        ({}, None, "|  |"),
    ],
)
def test_the_last_column_says_which_parts_of_the_target_were_missed(
    checks: dict[str, bool], met: bool | None, said: str
):
    row = Row(name="n", what="w", checks=checks)

    assert row.met is met
    assert line_of(row).endswith(said)


def test_everything_about_a_run_is_stored_but_its_choice(tmp_path: Path):
    store(tmp_path / "out", OPTIONS, rows())

    content = json.loads((tmp_path / "out" / "results.json").read_text())
    first = content["rows"][0]
    assert content["seeds"] == [1001, 1002]
    assert {"processors", "memoryGigabytes", "python", "ortools"} <= content["machine"].keys()
    assert (first["name"], first["target"], first["met"]) == ("small", "proven", True)
    assert [one["contestant"] for one in first["runs"]] == ["ours", "highs"]
    assert first["runs"][0]["points"][-1] == [1.0, [0, 5, 9], [0, 5, 9]]
    assert "choice" not in first["runs"][0]


def test_the_markdown_says_which_seeds_were_used_and_a_row_with_runs_gets_its_plot(tmp_path: Path):
    written = store(tmp_path, OPTIONS, rows())

    text = (tmp_path / "results.md").read_text()
    assert "Seeds 1001 to 1002 (1 to 99 were used while developing)" in text
    assert HEADER in text
    plots = [path for path in written if path.suffix == ".svg"]
    assert [path.name for path in plots] == ["small-200-60.svg"]
    assert re.search("<svg", plots[0].read_text())


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    solver_table.add_options(parser)
    return parser.parse_args(arguments)


def test_the_seeds_are_unseen_ones_three_or_in_full_counts_ten():
    assert solver_table.options_of(parsed()).seeds == (3001, 3002, 3003)
    assert len(solver_table.options_of(parsed("--full")).seeds) == 10
    assert solver_table.options_of(parsed("--seeds", "2", "--first-seed", "5")).seeds == (5, 6)


def test_one_command_measures_rows_and_stores_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code = solver_table.command(parsed("--rows", "gap", "assignment", "--out", str(tmp_path)))

    assert code == 0
    assert "| gap | public GAP instances |" in capsys.readouterr().out
    assert [row["name"] for row in json.loads((tmp_path / "results.json").read_text())["rows"]] == [
        "gap",
        "assignment",
    ]
