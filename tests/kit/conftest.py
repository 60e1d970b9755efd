"""Data folders for tests of the embedded PostgreSQL."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.kit.embedded_postgres import running
from tests.kit.servers import ROOT, tell


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database, stopped; it holds a note. For tests that leave it whole."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with running(folder, durable=False) as address:
        tell(address, "CREATE TABLE note (line text PRIMARY KEY)")
        tell(address, "INSERT INTO note VALUES ('kept')")
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A copy of that data folder, to spoil; it belongs to whoever runs the test."""
    shutil.copytree(made / "postgresql", tmp_path / "data" / "postgresql")
    return tmp_path / "data"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter, which pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="stadsbreed-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A small disk that can be filled."""
    place = tmp_path / "disk"
    place.mkdir()

    def small_disk(options: str) -> Path:
        if not ROOT:
            pytest.skip("only root can mount a small disk to fill")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(place)], capture_output=True)
        if done.returncode != 0:
            pytest.skip(f"this machine lets nobody mount a small disk: {done.stderr.decode().strip()}")
        return place

    yield small_disk
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)
