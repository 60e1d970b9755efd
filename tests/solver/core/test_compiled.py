"""Machine code of older sources does not pile up, and nobody loses what they still use."""

import os
from pathlib import Path

import pytest

from solver.core import compiled

HOUR_SECONDS = 3_600


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a folder with machine code of three older sources, and what Python keeps beside it."""
    for name, hours in (("0" * 16, 0), ("1" * 16, 23), ("2" * 16, 25), ("notes", 1_000)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "loop.nbc").touch()
        then = (tmp_path.stat().st_mtime_ns // 10**9) - hours * HOUR_SECONDS
        os.utime(folder, (then, then))
    (tmp_path / "loop.cpython-311.pyc").touch()
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_new_machine_code_takes_the_place_of_what_nobody_used_for_a_day(kept: Path) -> None:
    before = names(kept)
    compiled.make(kept / ("a" * 16))

    assert names(kept) == before - {"2" * 16} | {"a" * 16}


def test_machine_code_that_is_used_again_counts_as_used_today(kept: Path) -> None:
    before = names(kept)
    compiled.make(kept / ("2" * 16))
    assert names(kept) == before
    compiled.make(kept / ("a" * 16))

    assert "2" * 16 in names(kept)
    assert (kept / ("2" * 16) / "loop.nbc").exists()
