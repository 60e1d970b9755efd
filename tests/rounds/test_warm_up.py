"""A solver's first work leaves nothing to be compiled for the rounds after it."""

import os
from contextlib import closing

import pytest

from app.kit.child_process import ChildProcess
from app.rounds.service.warm_up import a_telling_city
from solver import Problem
from solver.arrays import arrays_of
from solver.core.components import components
from tests.rounds import machine_code
from tests.solver.problems import a_city

SECONDS = 180.0
CITIES = {
    "few": a_city(3, requests=150, caseworkers=40),
    "many": a_city(4, requests=200, caseworkers=10),
    "small": a_city(5, requests=30, caseworkers=9),
    "roomy": a_city(6, requests=60, caseworkers=20, ratio=0.5),
}


@pytest.mark.parametrize("city", CITIES.values(), ids=CITIES.keys())
def test_after_the_first_work_no_machine_code_is_missing_for_a_round(child: ChildProcess, city: Problem) -> None:
    assert child.run(machine_code.new_for, city, seconds=SECONDS).value == []


def test_without_the_first_work_machine_code_is_missing() -> None:
    with closing(ChildProcess((os.getpid,))) as cold:
        assert cold.run(machine_code.new_for, CITIES["few"], seconds=SECONDS).value


def test_the_telling_city_falls_apart_into_one_part_of_few_requests_each_and_one_of_many() -> None:
    few, many = sorted(
        part.model.jobs / part.model.agents for part in components(arrays_of(a_telling_city()).model)
    )

    assert few < 9 < many
