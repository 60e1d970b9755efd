"""Arrays that are no model are refused with the name of the array, whatever is wrong with them."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from solver.core.model import LARGEST_SUM, Model, ModelError, checked
from solver.limits import Limits, start
from tests.solver.core.models import a_small_model, everything, ints

SOAK = int(os.environ.get("STADSBREED_SOAK", "0"))
COUNT = 10_000 if SOAK else 500
NAMES = tuple(field.name for field in fields(Model))


def spoiled(seed: int) -> Model:
    """Return a small model of which one or two arrays are changed at random."""
    rng, model = default_rng(seed), a_small_model(seed)
    for position in rng.permutation(len(NAMES))[: int(rng.integers(1, 3))].tolist():
        array = getattr(model, NAMES[position])
        if rng.random() < 0.4:
            other: Any = OF_FORM[int(rng.integers(len(OF_FORM)))](array)
        else:
            other = OF_CONTENT[int(rng.integers(len(OF_CONTENT)))](array, rng)
        model = replace(model, **{NAMES[position]: other})
    return model


def _with_value(array: Any, rng: Generator, value: object) -> Any:
    changed = np.array(array)
    if changed.size:
        changed.flat[int(rng.integers(changed.size))] = value
    return changed


OF_FORM = (
    lambda array: array[..., ::-1],
    lambda array: array.reshape(1, -1),
    lambda array: array[0] if array.size else 5,
    lambda array: array.sum(),
    lambda array: array.tolist(),
    lambda array: str(array) if array.size else None,
    lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    lambda array: _read_only(np.array(array)),
    lambda array: np.asfortranarray(array),
)
OF_CONTENT = (
    lambda array, rng: array.astype(rng.choice(("int32", "uint64", "float64", "bool", "object", "U5"))),
    lambda array, rng: _with_value(array.astype(np.float64), rng, rng.choice((np.nan, np.inf, 0.5))),
    lambda array, rng: _with_value(array, rng, -int(rng.integers(1, 2**62))),
    lambda array, rng: _with_value(array, rng, int(rng.choice((2**31, 2**52, 2**53, 2**62, 2**63 - 1)))),
    lambda array, rng: _with_value(array, rng, int(rng.integers(0, 9))),
    lambda array, rng: array[..., : int(rng.integers(0, 3))],
    lambda array, rng: np.concatenate((array.ravel(), [int(rng.integers(5))])),
    lambda array, rng: rng.permutation(array, axis=-1),
)
"""What may be wrong with an array, or only looks so."""


def _read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


def judged(model: Model) -> str:
    """Return the first fault of a model by the array's name, or "right" when it can be solved as it stands."""
    from solver.core import routes

    try:
        right = checked(model)
    except ModelError as error:
        return named(error.faults)
    if int(right.free.max(initial=0)) < 2**31:
        assert routes.solve(right, start(Limits(effort=5))).costs == everything(right).least
    return "right"


def named(faults: list[str]) -> str:
    """Return the array that the first fault names; every fault must name one."""
    names = [next((name for name in NAMES if name in fault.split()), None) for fault in faults]
    assert None not in names, faults
    return str(names[0])


def test_malformed_arrays_are_refused_by_name_or_are_right_and_never_end_the_process() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"from tests.solver.core.test_malformed import fuzz; fuzz({COUNT})"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.startswith(f"{COUNT} ")


def fuzz(count: int) -> None:
    """Judge so many spoiled models; the seed of the first that is judged wrongly stands in the error."""
    seen: Counter[str] = Counter()
    for seed in range(count):
        try:
            seen[judged(spoiled(seed))] += 1
        except BaseException as error:
            raise AssertionError(f"seed {seed}") from error
    sys.stdout.write(f"{sum(seen.values())} models: {dict(seen)}\n")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("row_start", [0, 2, 1]),
        ("row_start", [1, 1, 2]),
        ("agent", [0, 2]),
        ("agent", [-1, 1]),
        ("cost", [1.0, 2.0]),
        ("cost", [LARGEST_SUM, 0]),
        ("effort", [LARGEST_SUM, 0]),
        ("ordinary_effort", [61, 0]),
        ("count", [0, 1]),
        ("count", [LARGEST_SUM, 1]),
        ("waiting", [1, 2]),
        ("ordinary_free", [1]),
        ("pace", ["1", "2"]),
        ("piece_start", [0, 2, 1]),
        ("piece_width", [2**62, 2**62]),
        ("piece_slope", [2, 1]),
    ],
)
def test_each_array_is_judged_by_its_own_name(name: str, values: list[object]) -> None:
    right = Model(
        row_start=ints([0, 1, 2]),
        agent=ints([0, 1]),
        cost=ints([3, 4]),
        effort=ints([60, 60]),
        ordinary_effort=ints([0, 60]),
        count=ints([1, 1]),
        waiting=ints([[1, 2], [0, 0]]),
        free=ints([60, 90]),
        ordinary_free=ints([60, 90]),
        pace=ints([1, 1]),
        piece_start=ints([0, 2, 2]),
        piece_width=ints([10, 20]),
        piece_slope=ints([0, 1]),
    )
    checked(right)
    with pytest.raises(ModelError) as refused:
        checked(replace(right, **{name: np.array(values)}))
    assert all(name in fault for fault in refused.value.faults)
