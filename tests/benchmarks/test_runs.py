"""A solve in a process of its own: measured, judged, and killed when it takes too long."""

import os
import time
from multiprocessing.connection import Connection

import numpy as np
import psutil
import pytest

from benchmarks.instances import city
from benchmarks.judge import judge
from benchmarks.measured import Cost, Stopwatch
from benchmarks.runs import Run, listen, run

CITY = city(1, requests=20, caseworkers=8, ratio=1.0)
FOUND = np.array([3, -1], dtype=np.int64)


def never_ends(pipe: Connection) -> None:
    """Tell one choice and then work for ever."""
    pipe.send(("began",))
    pipe.send(("better", 0.1, FOUND, (0, 0, 0)))
    while True:
        pass


def tells_for_ever(pipe: Connection) -> None:
    """Tell choices without end."""
    pipe.send(("began",))
    while True:
        pipe.send(("better", 0.1, FOUND, (0, 0, 0)))


def falls_over(pipe: Connection) -> None:
    """End without a word, as a fault in native code does."""
    pipe.send(("began",))
    os._exit(3)


def fails(pipe: Connection) -> None:
    """Say what went wrong."""
    pipe.send(("began",))
    pipe.send(("failed", "ValueError: no"))


def a_run(**fields: object) -> Run:
    given = {
        "contestant": "ours",
        "instance": "i",
        "about": {},
        "limit": 10.0,
        "ended": "done",
        "choice": FOUND,
        "costs": (0, 5, 9),
        "bounds": (0, 5, 9),
        "faults": (),
        "cost": Cost(1.0, 1.0, 100.0),
    }
    return Run(**given | fields)  # type: ignore[arg-type]


def test_a_solve_is_measured_and_judged():
    found = run(CITY, "ours", seconds=10.0, threads=1)

    assert found.ended == "done"
    assert found.proven
    assert judge(CITY.make(), found.choice.tolist()).costs == found.costs
    assert 0 < found.cost.seconds < 10
    assert found.cost.cpu_seconds > 0
    assert 10 < found.cost.peak_megabytes < 2_000
    assert found.points[-1].costs == found.costs
    assert found.as_json()["seed"] == 1


@pytest.mark.parametrize("child", [never_ends, tells_for_ever])
def test_who_overruns_is_killed_and_leaves_behind_what_was_told(child):
    before = psutil.Process().children()
    began = time.monotonic()

    heard = listen(child, (), seconds=0.2, grace=0.2)

    assert heard.ended == "killed"
    assert heard.answers[0][1].tolist() == FOUND.tolist()
    assert time.monotonic() - began < 10
    assert set(psutil.Process().children()) <= {*before, *_helpers()}


def _helpers() -> list[psutil.Process]:
    """Return the process of the standard library that clears up after others."""
    return [child for child in psutil.Process().children() if "resource_tracker" in " ".join(child.cmdline())]


@pytest.mark.parametrize(
    ("child", "ended"),
    [(falls_over, "failed: the process ended without an answer"), (fails, "failed: ValueError: no")],
)
def test_a_child_that_fails_is_told_as_failed(child, ended: str):
    assert listen(child, (), seconds=5.0).ended == ended


def test_a_contestant_that_cannot_solve_an_instance_leaves_everything_waiting():
    found = run(CITY, "hungarian", seconds=5.0, threads=1)

    assert found.ended.startswith("failed: NotForThis")
    assert not found.points
    assert (found.choice == -1).all()
    assert not found.proven


@pytest.mark.parametrize(
    ("fields", "right", "proven"),
    [
        ({}, True, True),
        ({"bounds": (0, 5, 8)}, True, False),
        ({"faults": ("agent 1",)}, False, False),
        ({"bounds": (0, 5, 10)}, False, False),
        ({"bounds": (1, 0, 0)}, False, False),
        ({"bounds": (0, 4, 10)}, True, False),
    ],
)
def test_a_run_is_right_without_faults_and_with_bounds_that_can_be_true(fields, right: bool, proven: bool):
    assert (a_run(**fields).right, a_run(**fields).proven) == (right, proven)


def test_the_stopwatch_sees_the_memory_that_was_held_meanwhile():
    watch = Stopwatch()
    watch.start()
    empty = watch.stop().peak_megabytes
    held = np.ones(25_000_000)

    assert watch.stop().peak_megabytes >= empty + held.nbytes / 1e6 - 50
