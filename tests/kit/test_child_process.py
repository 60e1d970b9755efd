"""The warm child: answers, is killed in time, and never outlives its parent."""

import operator
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.kit.child_process import ChildFailed, ChildProcess, ChildStopped

PARENT = """
import os, time
from app.kit.child_process import ChildProcess
child = ChildProcess()
print(child.run(os.getpid, seconds=30).value, flush=True)
child.run(time.sleep, 600, seconds=600)
"""


@pytest.fixture
def child() -> Iterator[ChildProcess]:
    child = ChildProcess((operator.add, 1, 2))
    yield child
    child.close()


def test_the_child_answers_in_a_process_of_its_own_and_stays_warm(child: ChildProcess) -> None:
    first = child.run(os.getpid, seconds=30)
    second = child.run(os.getpid, seconds=30)

    assert first.value == second.value != os.getpid()
    assert 0 <= second.milliseconds < 30_000


def test_work_that_takes_too_long_is_killed_and_the_next_has_a_new_child(child: ChildProcess) -> None:
    old = child.run(os.getpid, seconds=30).value
    started = time.monotonic()

    with pytest.raises(ChildStopped, match=r"0\.2 s"):
        child.run(time.sleep, 600, seconds=0.2)

    assert time.monotonic() - started < 5
    assert not psutil.pid_exists(old)
    assert child.run(operator.add, 2, 3, seconds=30).value == 5


def test_a_child_that_dies_by_itself_is_said_to_have_stopped(child: ChildProcess) -> None:
    with pytest.raises(ChildStopped):
        child.run(os.abort, seconds=30)

    assert child.run(operator.add, 2, 3, seconds=30).value == 5


def test_an_error_of_the_work_is_told_and_the_child_lives_on(child: ChildProcess) -> None:
    pid = child.run(os.getpid, seconds=30).value

    with pytest.raises(ChildFailed, match="ZeroDivisionError"):
        child.run(operator.truediv, 1, 0, seconds=30)

    assert child.run(os.getpid, seconds=30).value == pid


def test_an_answer_that_can_not_be_sent_is_an_error_of_the_work(child: ChildProcess) -> None:
    with pytest.raises(ChildFailed, match="TypeError"):
        child.run(threading.Lock, seconds=30)

    assert child.run(operator.add, 2, 3, seconds=30).value == 5


def test_what_the_work_prints_does_not_mix_with_its_answer(child: ChildProcess) -> None:
    assert child.run(os.write, 1, b"noise\n", seconds=30).value == 6
    assert child.run(operator.add, 2, 3, seconds=30).value == 5


def test_the_child_ends_with_its_parent_also_in_the_middle_of_work() -> None:
    here = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=here) as parent:
        assert parent.stdout is not None
        orphan = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)

    assert psutil.wait_procs([orphan], timeout=10) == ([orphan], [])


def test_first_work_does_not_count_for_the_limit_of_what_waits_for_it() -> None:
    child = ChildProcess((time.sleep, 0.5))
    child.warm_up()

    assert child.run(operator.add, 2, 3, seconds=0.4).value == 5
    child.close()


def test_the_child_knows_none_of_the_services_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADSBREED_ENCRYPTION_KEY", "secret")
    child = ChildProcess()

    assert child.run(os.getenv, "STADSBREED_ENCRYPTION_KEY", seconds=30).value is None
    child.close()
