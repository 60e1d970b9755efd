"""Reading public instances: what the files say becomes the model, and a malformed file is one clear error."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.public_files import FileError, best_known, read_assignment, read_gap
from solver.core.model import checked

GAP = """ 2 3
 4 5 6
 7 8 9
 10 20 30
 40 50 60
 35 65
"""


def write(folder: Path, text: str) -> str:
    path = folder / "instance"
    path.write_text(text)
    return str(path)


def test_a_gap_file_becomes_a_model_in_which_every_job_should_have_an_agent(tmp_path: Path):
    model = checked(read_gap(write(tmp_path, GAP)))

    assert (model.jobs, model.agents, model.arcs) == (3, 2, 6)
    assert model.agent.tolist() == [0, 1, 0, 1, 0, 1]
    assert model.cost.tolist() == [4, 7, 5, 8, 6, 9]
    assert model.effort.tolist() == [10, 40, 20, 50, 30, 60]
    assert model.free.tolist() == [35, 65]
    assert model.waiting.tolist() == [[1, 1, 1], [0, 0, 0]]
    assert not model.ordinary_effort.any()
    assert not model.piece_slope.any()


def test_line_breaks_in_a_gap_file_mean_nothing(tmp_path: Path):
    torn = read_gap(write(tmp_path, "\n".join(GAP.split())))

    assert np.array_equal(torn.cost, read_gap(write(tmp_path, GAP)).cost)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: the file ends; the number of agents was expected"),
        ("2", "line 1: the file ends; the number of jobs was expected"),
        ("two 3", "line 1: 'two' stands where the number of agents was expected, a whole number"),
        ("0 3", "line 1: the number of agents is 0; it must be 1 to 100000"),
        ("2 -3", "line 1: the number of jobs is -3; it must be 1 to 1000000"),
        ("99999999999999999999 3", "the number of agents is 99999999999999999999; it must be"),
        (GAP.replace(" 8 ", " 8.5 "), "line 3: '8.5' stands where the cost of agent, job 2, 2 was expected"),
        (GAP.replace(" 50 ", " -50 "), "line 5: the resource of agent, job 2, 2 is -50; it must be 0 to"),
        (GAP.replace("65", ""), "line 6: the file ends; the capacity of agent 2 was expected"),
        (GAP + "7\n", "line 7: '7' stands where the file should end"),
    ],
)
def test_a_malformed_gap_file_is_one_error_with_its_line(text: str, fault: str, tmp_path: Path):
    path = write(tmp_path, text)

    with pytest.raises(FileError) as raised:
        read_gap(path)

    assert str(raised.value).startswith(path)
    assert fault in str(raised.value)


def test_a_file_that_is_not_there_or_no_text_says_so(tmp_path: Path):
    with pytest.raises(FileError, match="cannot be read"):
        read_gap(str(tmp_path / "nowhere"))
    with pytest.raises(FileError, match="cannot be read"):
        read_gap(str(tmp_path))
    (tmp_path / "picture").write_bytes(b"2 3\n\xff\xfe")
    with pytest.raises(FileError, match="byte 4: it is no plain text"):
        read_gap(str(tmp_path / "picture"))


def test_numbers_whose_sum_would_blur_are_refused(tmp_path: Path):
    numbers = " ".join(["9007199254740"] * 40 * 30)

    with pytest.raises(FileError, match=r"instance: the sum of cost may pass 2\*\*53"):
        read_gap(write(tmp_path, f"40 30 {numbers} {'1 ' * (40 * 30 + 40)}"))


def test_a_dense_assignment_file_has_an_arc_for_every_pair(tmp_path: Path):
    model = checked(read_assignment(write(tmp_path, "2\n5 6\n7 8\n")))

    assert model.agent.tolist() == [0, 1, 0, 1]
    assert model.cost.tolist() == [5, 6, 7, 8]
    assert model.free.tolist() == model.effort.tolist()[:2] == [1, 1]


def test_a_sparse_assignment_file_has_the_arcs_that_it_names(tmp_path: Path):
    model = checked(read_assignment(write(tmp_path, "3\n1 2 9\n3 3 4\n3 1 5\n2 2 1\n1 1 1\n")))

    assert model.row_start.tolist() == [0, 2, 3, 5]
    assert model.agent.tolist() == [0, 1, 1, 0, 2]
    assert model.cost.tolist() == [1, 9, 1, 5, 4]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("3\n1 2\n", "line 2: the file ends; the cost of row 1, column 2 was expected"),
        ("3\n1 4 9\n", "line 2: a column is 4; it must be 1 to 3"),
        ("3\n1 2 9\n1 2 8\n", "line 3: row 1, column 2 is there more than once"),
        ("2\n1 2 3 x\n", "'x' stands where the cost of row, column 2, 2 was expected"),
    ],
)
def test_a_malformed_assignment_file_is_one_error_with_its_line(text: str, fault: str, tmp_path: Path):
    with pytest.raises(FileError) as raised:
        read_assignment(write(tmp_path, text))

    assert fault in str(raised.value)


def test_the_best_known_costs_are_read_by_the_names_of_the_columns(tmp_path: Path):
    table = tmp_path / "best_known.csv"
    table.write_text("jobs,instance,best_known\n3,a,12\n3,b,\n3,c,7\n")

    assert best_known(table) == {"a": 12, "c": 7}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: the columns"),
        ("name,best_known\n", "line 1: the columns"),
        ("instance,best_known\na,x\n", "line 2: 'x'"),
    ],
)
def test_a_malformed_table_of_best_known_costs_says_what_is_wrong(text: str, fault: str, tmp_path: Path):
    table = tmp_path / "best_known.csv"
    table.write_text(text)

    with pytest.raises(FileError, match=fault):
        best_known(table)
