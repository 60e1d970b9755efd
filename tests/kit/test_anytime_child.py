"""The child that reports: what it had so far outlives it, and it can be asked to stop."""

import operator
import time
from collections.abc import Iterator

import pytest

from app.kit.child_process import STOP_SECONDS, ChildFailed, ChildProcess, ChildStopped
from tests.kit import anytime_work as work

MEMORY_MEGABYTES = 256


@pytest.fixture(scope="module")
def child() -> Iterator[ChildProcess]:
    child = ChildProcess(memory_megabytes=MEMORY_MEGABYTES)
    yield child
    child.close()


def test_work_that_is_killed_leaves_what_it_reported_last(child: ChildProcess) -> None:
    with pytest.raises(ChildStopped, match="within 1 s") as stopped:
        child.run_anytime(work.reports_and_hangs, "first", "second", seconds=1)

    assert stopped.value.last == "second"
    assert child.run(operator.add, 2, 3, seconds=30).value == 5


def test_work_that_dies_leaves_what_it_reported_last(child: ChildProcess) -> None:
    with pytest.raises(ChildStopped) as stopped:
        child.run_anytime(work.reports_and_dies, "first", seconds=30)

    assert stopped.value.last == "first"


def test_work_that_fails_leaves_what_it_reported_last(child: ChildProcess) -> None:
    with pytest.raises(ChildFailed, match="ZeroDivisionError") as failed:
        child.run_anytime(work.reports_and_fails, "first", seconds=30)

    assert failed.value.last == "first"


def test_work_that_fills_its_memory_leaves_what_it_reported_last(child: ChildProcess) -> None:
    with pytest.raises(ChildStopped, match="256 MB of memory") as stopped:
        child.run_anytime(work.reports_and_fills_memory, "first", 2 * MEMORY_MEGABYTES, seconds=30)

    assert stopped.value.last == "first"
    assert child.run(operator.add, 2, 3, seconds=30).value == 5


def test_work_below_its_memory_is_not_disturbed(child: ChildProcess) -> None:
    half = MEMORY_MEGABYTES // 2

    assert child.run_anytime(work.reports_and_fills_memory, None, half, seconds=30).value == half


def test_work_that_reports_nothing_leaves_nothing(child: ChildProcess) -> None:
    with pytest.raises(ChildStopped) as stopped:
        child.run_anytime(work.reports_and_hangs, seconds=0.2)

    assert stopped.value.last is None


def test_each_report_is_told_while_the_work_runs(child: ChildProcess) -> None:
    told: list[object] = []
    with pytest.raises(ChildStopped):
        child.run_anytime(work.reports_and_hangs, 1, 2, 3, seconds=1, report=told.append)

    assert told == [1, 2, 3]


def test_work_that_is_asked_to_stop_answers_with_what_it_has(child: ChildProcess) -> None:
    asked_at = []

    def stop(_: object) -> None:
        asked_at.append(time.monotonic())
        child.stop()

    answer = child.run_anytime(work.counts_until_stopped, 7, seconds=30, report=stop)

    assert answer.value >= 7
    assert time.monotonic() - asked_at[0] < 2  # within 0.1 s on a machine that does nothing else


def test_work_that_does_not_end_when_it_is_asked_to_is_ended_and_leaves_what_it_reported_last(
    child: ChildProcess,
) -> None:
    asked_at = []

    def stop(_: object) -> None:
        asked_at.append(time.monotonic())
        child.stop()

    with pytest.raises(ChildStopped, match=r"within 0\.1 s") as stopped:
        child.run_anytime(work.reports_and_hangs, "first", seconds=30, report=stop)

    assert time.monotonic() - asked_at[0] < 2  # within 0.15 s on a machine that does nothing else
    assert stopped.value.last == "first"
    assert child.run(operator.add, 2, 3, seconds=30).value == 5


def test_a_stop_of_work_that_is_done_ends_no_work_that_comes_later(child: ChildProcess) -> None:
    child.run(operator.add, 2, 3, seconds=30)
    child.stop()

    assert child.run_anytime(work.takes, 4 * STOP_SECONDS, seconds=30).value is False


def test_a_stop_is_for_the_work_that_runs_and_not_for_the_next(child: ChildProcess) -> None:
    child.run_anytime(work.counts_until_stopped, 1, seconds=30, report=lambda _: child.stop())
    child.stop()

    assert child.run_anytime(work.is_asked_to_stop, seconds=30).value is False


def test_a_stop_before_there_is_a_child_does_nothing() -> None:
    ChildProcess().stop()


def test_a_listener_that_fails_ends_the_child_so_that_no_answer_goes_to_the_wrong_question(
    child: ChildProcess,
) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("not now")

    with pytest.raises(RuntimeError, match="not now"):
        child.run_anytime(work.is_asked_to_stop, seconds=30, report=refuse)

    assert child.run(operator.add, 2, 3, seconds=30).value == 5
