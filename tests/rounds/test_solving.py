"""A solve that is ended leaves its best plan; what the solver says counts only when the specification agrees."""

import operator
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from threading import Thread

import psutil
import pytest

import solver
from app.kit.child_process import ChildProcess
from app.kit.errors import Unavailable
from app.rounds.service import solving
from tests.solver.problems import a_city

SECONDS = 30.0
ABOUT = {"round_id": "test"}


@pytest.fixture(scope="module")
def problem() -> solver.Problem:
    return a_city(7, requests=60, caseworkers=20)


@pytest.fixture(scope="module")
def interim(problem: solver.Problem) -> solver.Interim:
    told: list[solver.Interim] = []
    solver.solve(problem, solver.Limits(effort=5.0), report=told.append)
    return told[-1]


@pytest.fixture
def web_solver() -> Iterator[None]:
    yield
    solving.end_solver()


def test_a_solver_that_is_killed_leaves_its_best_plan(child: ChildProcess, problem: solver.Problem) -> None:
    pid = child.run(os.getpid, seconds=SECONDS).value

    def kill(_: solver.Interim) -> None:
        os.kill(pid, signal.SIGKILL)

    plan = solving.solve(child, problem, SECONDS, about=ABOUT, report=kill).plan

    assert (plan.route, plan.fallback, plan.reproducible) == ("interrupted", False, False)
    assert solver.violations(problem, plan.assignments) == []
    assert solver.cost(problem, plan.assignments) == tuple(tier.cost for tier in plan.tiers)
    assert plan.placed


def test_a_solver_that_fills_its_memory_leaves_a_plan_all_the_same(child: ChildProcess) -> None:
    warm_bytes = psutil.Process(child.run(os.getpid, seconds=SECONDS).value).memory_info().data
    large = a_city(7, requests=400, caseworkers=200)

    with closing(ChildProcess(solving.FIRST_WORK, memory_megabytes=warm_bytes // 2**20 + 20)) as tight:
        plan = solving.solve(tight, large, SECONDS, about=ABOUT).plan
        assert tight.run(operator.add, 2, 3, seconds=SECONDS).value == 5

    assert plan.route in ("interrupted", "ranking")
    assert solver.violations(large, plan.assignments) == []


def test_a_solver_that_is_asked_to_stop_answers_with_its_best_plan(
    child: ChildProcess, problem: solver.Problem
) -> None:
    plan = solving.solve(child, problem, SECONDS, about=ABOUT, report=lambda _: child.stop()).plan

    assert not plan.fallback
    assert solver.violations(problem, plan.assignments) == []


def test_a_solver_that_dies_before_it_reports_is_replaced_by_the_ranking(problem: solver.Problem) -> None:
    with closing(ChildProcess((os.abort,))) as dies:
        assert solving.solve(dies, problem, SECONDS, about=ABOUT).plan.fallback


def test_what_was_reported_is_trusted_when_the_specification_agrees(
    problem: solver.Problem, interim: solver.Interim
) -> None:
    plan = solving._completed(problem, interim, about=ABOUT)

    assert plan is not None
    assert plan.assignments == dict(interim.assignments)


@pytest.mark.parametrize("lie", ["costs", "bounds", "assignments"])
def test_what_was_reported_is_not_trusted_when_it_lies(
    problem: solver.Problem, interim: solver.Interim, lie: str
) -> None:
    first = problem.caseworkers[0].key
    lies = {
        "costs": replace(interim, costs=(0, 0, 0)),
        "bounds": replace(interim, bounds=(interim.costs[0] + 1, *interim.costs[1:])),
        "assignments": replace(interim, assignments={request.key: first for request in problem.requests}),
    }

    assert solving._completed(problem, lies[lie], about=ABOUT) is None


@pytest.mark.usefixtures("web_solver")
def test_a_web_process_asks_its_solver_one_question_at_a_time() -> None:
    refused: list[str] = []

    def another() -> None:
        try:
            solving.ask(operator.add, 1, 1, seconds=SECONDS)
        except Unavailable as error:
            refused.append(error.code)

    with solving.turn() as child:
        thread = Thread(target=another)
        thread.start()
        thread.join()
        assert child.run(operator.add, 1, 2, seconds=SECONDS).value == 3

    assert refused == ["unavailable"]
    assert solving.ask(operator.add, 2, 2, seconds=SECONDS) == 4


@pytest.mark.usefixtures("web_solver")
@pytest.mark.parametrize("function", [os.abort, solver.Problem.from_json])
def test_a_question_without_an_answer_is_said_to_be_unavailable(function: object) -> None:
    with pytest.raises(Unavailable, match="could not be worked out"):
        solving.ask(function, seconds=SECONDS)  # type: ignore[arg-type]
