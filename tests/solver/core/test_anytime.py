"""A solve tells every better choice as it goes, ends when it is told to, and repeats exactly by effort."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng

from app.kit.child_process import ChildProcess, ChildStopped
from solver.arrays import arrays_of
from solver.core import dual, generation, glop, greedy, routes, unpriced
from solver.core.answer import Answer
from solver.core.model import Model, fits, tier_costs
from solver.core.stage import alive
from solver.limits import Budget, Limits, Progress, start
from tests.solver.core import long_steps
from tests.solver.core.models import a_gap_model, a_model, everything, ints
from tests.solver.problems import a_city

LATENCY_SECONDS = 1.0
"""Measured on two busy cores: 0.03. The rest is for machines that are busier still."""
STEP_LATENCY_SECONDS = 0.5
"""Measured while another library is at work: 0.03, and 0.1 for what must be killed. Each such step would go on
for seconds."""


def told_of(model: Model, effort: float, seed: int = 0) -> tuple[Answer, list[Progress], dict[str, float]]:
    """Return the answer, all that was told on the way, and what was used."""
    told: list[Progress] = []
    budget = start(Limits(effort=effort, seed=seed), report=told.append)
    return routes.solve(model, budget), told, budget.used


def beside_each_other(first: Model, second: Model) -> Model:
    """Return two models as one, which share no agent: it has components."""
    arrays = {
        "row_start": [*first.row_start, *(second.row_start[1:] + first.arcs)],
        "agent": [*first.agent, *(second.agent + first.agents)],
        "piece_start": [*first.piece_start, *(second.piece_start[1:] + len(first.piece_width))],
        "waiting": np.hstack((first.waiting, second.waiting)),
    }
    names = (
        "cost",
        "effort",
        "ordinary_effort",
        "count",
        "free",
        "ordinary_free",
        "pace",
        "piece_width",
        "piece_slope",
    )
    arrays |= {name: [*getattr(first, name), *getattr(second, name)] for name in names}
    return replace(first, **{name: ints(values) for name, values in arrays.items()})


MODELS = {
    "city": lambda: arrays_of(a_city(4, requests=60, caseworkers=15, ratio=1.2)).model,
    "equal": lambda: a_model(default_rng(1), 40, 12, kind="equal"),
    "zero": lambda: a_model(default_rng(1), 20, 6, kind="zero"),
    "fine": lambda: a_model(default_rng(3), 40, 12, kind="fine", ratio=1.2),
    "few-agents": lambda: a_gap_model(1, 30),
    "components": lambda: beside_each_other(a_gap_model(1, 20), a_model(default_rng(2), 40, 12, kind="coarse")),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_report_fits_and_none_is_worse_than_the_one_before(name: str) -> None:
    model = MODELS[name]()
    answer, told, _ = told_of(model, 0.3)
    for progress in told:
        assert fits(model, progress.choice)
        assert progress.costs == tier_costs(model, progress.choice)
        assert all(bound <= paid for bound, paid in zip(progress.bounds, progress.costs, strict=True))
    costs = [progress.costs for progress in told]
    assert costs == sorted(costs, reverse=True)
    assert (told[-1].costs, told[-1].bounds) == (answer.costs, answer.bounds)


@pytest.mark.parametrize("seed", range(40))
def test_every_reported_bound_of_the_first_tier_holds(seed: int) -> None:
    model = a_model(default_rng(seed), 6, 3, kind=("coarse", "fine", "zero")[seed % 3], ratio=1.5)
    least = everything(model).least
    _, told, _ = told_of(model, 2.0)
    assert all(progress.bounds[0] <= least[0] for progress in told)
    assert all(progress.bounds[1] <= least[1] for progress in told if progress.costs[0] == least[0])
    assert all(progress.bounds[2] <= least[2] for progress in told if progress.costs[:2] == least[:2])


def stopped(model: Model, search_effort: float) -> tuple[Answer, float, list[float]]:
    """Return the answer of a solve that is stopped while it searches.

    With it: the seconds from the stop to the answer, and those between two looks while it searched.
    """
    asked, searched = list[float](), list[float]()

    def stop() -> bool:
        searched.append(budget.used.get("search", 0.0))
        asked.append(time.perf_counter())
        return searched[-1] > search_effort

    budget = start(Limits(effort=1_000), stop=stop)
    answer = routes.solve(model, budget)
    latency = time.perf_counter() - asked[-1]
    assert budget.cut_short
    return answer, latency, np.diff(asked)[np.diff(searched) > 0].tolist()


def test_a_stop_is_honoured_at_once_while_it_searches() -> None:
    model = arrays_of(a_city(1, ratio=1.3)).model
    stopped(model, 0.01)  # compiles what is not compiled yet
    answer, latency, between = stopped(model, 0.15)
    assert fits(model, answer.choice)
    assert len(between) > 2
    assert max(latency, *between) < LATENCY_SECONDS


def budget_stopped_after(seconds: float, told: list[Progress] | None = None) -> tuple[Budget, Callable[[], float]]:
    """Return a budget that is stopped so many seconds from now, and what says how long ago that was."""
    moment = time.perf_counter() + seconds
    report = told.append if told is not None else None
    budget = start(Limits(effort=5), report=report, stop=lambda: time.perf_counter() >= moment)
    return budget, lambda: time.perf_counter() - moment


def test_a_stop_interrupts_cp_sat_which_leaves_its_best_choice_and_bound() -> None:
    model, told = a_gap_model(1, jobs=100, agents=20), list[Progress]()
    budget, latency = budget_stopped_after(1.0, told)
    answer = unpriced.solve(model, budget)
    assert 0 < latency() < STEP_LATENCY_SECONDS
    assert budget.cut_short
    assert fits(model, answer.choice)
    assert answer.costs < told[0].costs
    assert 0 < answer.bounds[2] < answer.costs[2]


def test_a_stop_interrupts_glop() -> None:
    programme = long_steps.a_programme_that_takes_seconds(long_steps.a_stage_of_many_jobs())
    budget, latency = budget_stopped_after(0.3)
    is_solved = glop.solve(programme.glop, budget)
    assert 0 < latency() < STEP_LATENCY_SECONDS
    assert not is_solved
    assert budget.cut_short


def test_the_clock_ends_glop() -> None:
    programme = long_steps.a_programme_that_takes_seconds(long_steps.a_stage_of_many_jobs())
    budget = start(Limits(seconds=0.3))
    since = time.perf_counter()
    is_solved = glop.solve(programme.glop, budget)
    assert time.perf_counter() - since < 0.3 + STEP_LATENCY_SECONDS
    assert not is_solved
    assert budget.is_over()
    assert budget.cut_short


def test_stopped_column_generation_leaves_its_best_prices() -> None:
    stage, jobs = long_steps.a_stage_of_many_jobs(), 900
    prices, nothing = np.full(jobs, 50 * stage.scale), np.full(jobs, -1)
    first = dual.bound_at(stage, prices, alive(stage))
    budget, latency = budget_stopped_after(1.0)
    made = generation.generate(stage, prices, nothing, alive(stage), target=10**6, budget=budget)
    assert 0 < latency() < STEP_LATENCY_SECONDS
    assert made.bound >= first
    assert dual.bound_at(stage, made.prices, alive(stage)) == made.bound


def test_highs_which_nothing_interrupts_is_ended_with_its_process_and_the_best_choice_stays() -> None:
    asked_at, model = list[float](), a_gap_model(1, jobs=200, agents=20)
    with closing(ChildProcess((greedy.choose, model))) as child:

        def stop() -> None:
            asked_at.append(time.perf_counter())
            child.stop()

        in_highs = threading.Timer(1.0, stop)
        with pytest.raises(ChildStopped) as stopped:
            child.run_anytime(long_steps.search_by_highs, seconds=60, report=lambda _: in_highs.start())
        assert time.perf_counter() - asked_at[0] < STEP_LATENCY_SECONDS
    assert fits(model, stopped.value.last)


@pytest.mark.parametrize("name", ["zero", "few-agents"])
def test_who_could_stop_a_solve_but_does_not_changes_nothing(name: str) -> None:
    model = MODELS[name]()
    alone, watched = start(Limits(effort=1)), start(Limits(effort=1), stop=lambda: False)
    first, second = routes.solve(model, alone), routes.solve(model, watched)
    assert (second.choice == first.choice).all()
    assert (second.costs, second.bounds, watched.used) == (first.costs, first.bounds, alone.used)


def test_no_thread_watches_a_step_that_nobody_can_stop_and_none_is_left_behind() -> None:
    threads = threading.active_count()
    with start(Limits()).interrupting(lambda: None):
        assert threading.active_count() == threads
    with start(Limits(), stop=lambda: False).interrupting(lambda: None):
        assert threading.active_count() == threads + 1
    assert threading.active_count() == threads


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep so many other processes busy."""
    with ExitStack() as stack:
        for _ in range(processes):
            other = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(other.kill)
        yield


@pytest.mark.parametrize("name", ["city", "few-agents", "components"])
def test_effort_alone_gives_the_same_again_also_beside_busy_processes(name: str) -> None:
    model = MODELS[name]()
    first, told, used = told_of(model, 0.25, seed=7)
    with busy(2):
        second, told_again, used_again = told_of(model, 0.25, seed=7)
    assert (second.choice == first.choice).all()
    assert (second.costs, second.bounds, used_again) == (first.costs, first.bounds, used)
    assert [(p.step, p.costs, p.bounds) for p in told_again] == [(p.step, p.costs, p.bounds) for p in told]
