"""The command for public files, from its arguments to its lines, in a process as people run it."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
SMALL = "2 4\n 3 1 4 1\n 5 9 2 6\n 5 3 5 8\n 9 7 9 3\n 13 12\n"
LEAST, BEST = 12, 11
IMPOSSIBLE = SMALL.replace("13 12", "4 5")


def gap(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks", "gap", *map(str, arguments)]


def outcome(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(gap(*arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def an_instance(folder: Path, name: str, text: str = SMALL) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_holds_the_assignment_and_what_it_costs(tmp_path: Path):
    (tmp_path / "best_known.csv").write_text(f"instance,best_known\nfirst,{BEST}\n")

    run = outcome(an_instance(tmp_path, "first"), an_instance(tmp_path, "second"), "--seconds", "10", "--json")

    assert run.returncode == 0, run.stderr
    first, second = lines(run.stdout)
    assert (first["instance"], first["jobs"], first["agents"]) == ("first", 4, 2)
    costs = [[3, 1, 4, 1], [5, 9, 2, 6]]
    assert first["cost"] == sum(costs[agent][job] for job, agent in enumerate(first["assignment"])) == LEAST
    assert (first["bound"], first["optimal"], first["feasible"]) == (LEAST, True, True)
    assert (first["bestKnown"], first["gapToBest"]) == (BEST, round((LEAST - BEST) / BEST, 6))
    assert 0 <= first["seconds"] < 10
    assert "bestKnown" not in second


def test_an_unreadable_file_is_one_error_and_the_others_are_solved_all_the_same(tmp_path: Path):
    bad = an_instance(tmp_path, "bad", SMALL.replace("9 2", "9 x"))

    run = outcome(an_instance(tmp_path, "first"), bad, an_instance(tmp_path, "last"), "--seconds", "5", "--json")

    assert run.returncode == 2
    assert [line["instance"] for line in lines(run.stdout)] == ["first", "last"]
    assert run.stderr.strip() == (
        f"{bad}, line 3: 'x' stands where the cost of agent, job 2, 3 was expected, a whole number"
    )


def test_an_instance_that_cannot_be_has_no_cost(tmp_path: Path):
    run = outcome(an_instance(tmp_path, "tight", IMPOSSIBLE), "--seconds", "5", "--json")

    (line,) = lines(run.stdout)
    assert (line["cost"], line["feasible"], line["optimal"]) == (None, False, False)
    assert None in line["assignment"]


def test_without_json_the_result_is_a_table(tmp_path: Path):
    known = tmp_path / "known.csv"
    known.write_text(f"instance,best_known\nfirst,{LEAST}\n")

    run = outcome(an_instance(tmp_path, "first"), "--seconds", "5", "--best-known", known)

    header, _, row = run.stdout.splitlines()
    assert header.count("|") == row.count("|")
    assert f"| first | 4 | 2 | {LEAST} | {LEAST} | yes |" in row
    assert row.endswith(f"| {LEAST} | 0.000% |")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_the_lines_before_it(number: signal.Signals, tmp_path: Path):
    files = [an_instance(tmp_path, f"i{count}") for count in range(50)]

    with subprocess.Popen(gap(*files, "--json"), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(number)
        rest = process.stdout.read()

    assert process.returncode == 130
    assert [line["cost"] for line in lines(first + rest)] == [LEAST] * (1 + rest.count("\n"))
    assert rest.count("\n") < 49


@pytest.mark.parametrize("wrong", [["--seconds", "0"], ["--seconds", "soon"], ["--threads", "0"], []])
def test_wrong_use_ends_with_2(wrong: list[str], tmp_path: Path):
    files = [an_instance(tmp_path, "first")] if wrong else []

    assert outcome(*files, *wrong).returncode == 2
